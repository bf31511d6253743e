/**
 * The interfaces that a message names, from its text or list to outputs with thresholds.
 */
import type { IpVersion } from '../abi/address';
import { type At, invalid } from './invalid';
import type { Output } from './route';
import { type AddShape, INTERFACE_NAME, MAX_OUTPUTS } from './schema';

const encoder = new TextEncoder();

/** The schema counts characters; the kernel counts bytes, of which a UTF-16 unit has at most three. */
export function isTooLong(name: string): boolean {
  return name.length > 5 && encoder.encode(name).length > 15;
}

export function tooLong(name: string, field: string, at: At): Error {
  return invalid(at, field, name, 'is not an interface name.', 'The kernel takes at most 15 bytes.');
}

/** The outputs as a list, whichever way they were written. */
export function listOutputs(
  oifs: AddShape['oifs'],
  at: At,
): readonly (string | { name: string; threshold?: number })[] {
  return typeof oifs === 'string' ? listNames(oifs, 'oifs', at) : oifs;
}

/** Interface names as a list, whichever way they were written. */
export function listNames(list: string | readonly string[], field: string, at: At): string[] {
  if (typeof list !== 'string') return [...list];
  const names = list.split(',', MAX_OUTPUTS + 1).map((name) => name.trim());
  if (names.length > MAX_OUTPUTS) {
    const hint = 'A table has 32 VIFs, one of them the input.';
    throw invalid(at, field, list, `names more than ${MAX_OUTPUTS} outputs.`, hint);
  }
  for (const name of names) {
    if (!INTERFACE_NAME.test(name)) {
      throw invalid(at, field, list, `has '${name}', which is not an interface name.`, "Write it as 'eth2, eth3'.");
    }
  }
  return names;
}

/** The names and patterns in a setting; undefined if it is blank. Throws ERR_MFC_INVALID. */
export function parsePatterns(value: string | undefined, field: string): string[] | undefined {
  const text = String(value ?? '').trim();
  if (text === '') return undefined;
  const names = listNames(text, field, undefined);
  const long = names.find(isTooLong);
  if (long !== undefined) throw tooLong(long, field, undefined);
  return names;
}

export function checkNames(outputs: readonly { name: string }[], oifs: AddShape['oifs'], at: At): void {
  for (let i = 0; i < outputs.length; i++) {
    const name = outputs[i]?.name ?? '';
    if (isTooLong(name)) throw tooLong(name, typeof oifs === 'string' ? 'oifs' : `oifs[${i}]`, at);
    for (let j = 0; j < i; j++) {
      if (outputs[j]?.name === name)
        throw invalid(at, 'oifs', oifs, `names '${name}' twice.`, 'Name each output once.');
    }
  }
}

/** One object per interface name instead of one per route: a table of thousands of routes has few interfaces. */
const plainOutputs = new Map<string, Output>();
const MAX_PLAIN_OUTPUTS = 1000;

export function plainOutput(name: string): Output {
  let output = plainOutputs.get(name);
  if (output === undefined) {
    if (plainOutputs.size >= MAX_PLAIN_OUTPUTS) plainOutputs.clear();
    output = { name, threshold: 1 };
    plainOutputs.set(name, output);
  }
  return output;
}

export function parseOutputs(message: AddShape, version: IpVersion, at: At): Output[] {
  const outputs = listOutputs(message.oifs, at).map((oif, i) => {
    const name = typeof oif === 'string' ? oif : oif.name;
    const own = typeof oif === 'string' ? undefined : oif.threshold;
    const threshold = own ?? message.threshold ?? 1;
    if (threshold !== 1 && version === 6) {
      throw noThreshold(threshold, own === undefined ? 'threshold' : `oifs[${i}].threshold`, at);
    }
    return threshold === 1 ? plainOutput(name) : { name, threshold };
  });
  checkNames(outputs, message.oifs, at);
  return outputs;
}

function noThreshold(threshold: number, field: string, at: At): Error {
  return invalid(
    at,
    field,
    threshold,
    'is set, but the kernel has no thresholds for IPv6.',
    'Leave it out, or limit the scope with the group (ff05:: is one site).',
  );
}
