/**
 * What a plan answers when it cannot be made: which field of which message is at fault, and what to do.
 */
import { MfcError } from '../errors';
import { type At, fieldName } from './invalid';
import { describeFault, type LinkFault, noMatch } from './link-faults';
import { MEMBERS } from './options';
import type { DelRequest } from './request';
import { formatRoute, isOpenEnded, type Route } from './route';
import type { PlanLink } from './world';

export function unusable(fault: LinkFault, link: PlanLink | undefined, name: string, field: string): MfcError {
  const code = link === undefined ? 'ERR_MFC_NO_INTERFACE' : 'ERR_MFC_NOT_MULTICAST';
  const what = `Invalid argument: ${describeFault(fault, name)}`;
  return new MfcError(code, what, { field, value: name, hint: linkHint(link, name, field) });
}

function linkHint(link: PlanLink | undefined, name: string, field: string): string {
  if (link === undefined) {
    // An interface may have that name, but hardly any has.
    const isMeant = name === MEMBERS && /\boifs$/.test(field);
    return isMeant
      ? 'Write "oifs": "members" as text, if hosts are to open the outputs.'
      : "See 'ip link' for the names.";
  }
  return link.loopback ? 'Use the interface of a network.' : `Switch it on with 'ip link set ${name} multicast on'.`;
}

/** No interface can be used that a pattern means. */
export function unmatched(pattern: string, field: string): MfcError {
  return new MfcError('ERR_MFC_NO_INTERFACE', `Invalid argument: ${noMatch(pattern)}`, {
    field,
    value: pattern,
    hint: 'A pattern is the beginning of names and a plus, as "eth+". See \'ip link\' for the names.',
  });
}

/** Why an interface is not used. */
export function noVif(name: string): string {
  return `No VIF number is left for interface '${name}': the kernel has 32 per table.`;
}

/** @param isHeld the route itself has the number that it needs, for the input that it is to leave */
export function exhausted(route: Route, name: string, field: string, isHeld: boolean): MfcError {
  return new MfcError('ERR_MFC_VIFS_EXHAUSTED', noVif(name), {
    field,
    value: name,
    hint: exhaustedHint(route, isHeld),
  });
}

function exhaustedHint(route: Route, isHeld: boolean): string {
  if (isOpenEnded(route)) {
    return 'Let the route mean fewer interfaces: name the iif, or a pattern such as "eth+", and the members.among.';
  }
  const gap = `delete ${formatRoute(route)} first, in a message of its own, and send this again: its packets stop in between.`;
  return isHeld
    ? `The number of its input is free only when it has gone: ${gap}`
    : 'Delete the routes of an interface that is no longer needed, or use a second controller with another table.';
}

export function renamedJustNow(name: string, field: string): MfcError {
  return new MfcError('ERR_MFC_NO_INTERFACE', `Interface '${name}' has got its name this moment.`, {
    field,
    value: name,
    hint: 'Send it again.',
  });
}

export function noRoute(request: DelRequest, at: At): MfcError {
  return new MfcError('ERR_MFC_NO_ROUTE', `MFC entry for ${formatRoute(request)} not found.`, {
    field: fieldName(at, 'group'),
    value: request.group,
    hint: "See 'mfc state' for the routes that are there.",
  });
}

export function otherInput(request: DelRequest, route: Route, at: At): MfcError {
  return new MfcError(
    'ERR_MFC_NO_ROUTE',
    `MFC entry for ${formatRoute(request)} comes in on '${route.iif}', not '${request.iif}'.`,
    {
      field: fieldName(at, 'iif'),
      value: request.iif,
      hint: 'Leave iif out to delete the route all the same.',
    },
  );
}

export function contradiction(route: Route, at: At): MfcError {
  return new MfcError(
    'ERR_MFC_INVALID',
    `Invalid argument: ${formatRoute(route)} is in the message twice, with different interfaces.`,
    {
      field: fieldName(at, 'group'),
      value: route.group,
      hint: 'Name each source and group once.',
    },
  );
}

export function noOutput(name: string, route: Route, at: At): MfcError {
  return new MfcError('ERR_MFC_NO_ROUTE', `MFC entry for ${formatRoute(route)} has no output '${name}'.`, {
    field: fieldName(at, 'oifs'),
    value: name,
    hint: `Its outputs are ${route.outputs.map((output) => output.name).join(', ') || 'none'}.`,
  });
}
