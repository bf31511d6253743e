/**
 * `mode: "merge"`: a message adds outputs to the route that is there, and changes of it only what it names.
 */

import { type At, invalid } from './invalid';
import { isForMembers } from './options';
import { type Output, type Route, toSavedRule } from './route';
import type { AddShape } from './schema';

/**
 * The message that asks for both: what is there, and over it what a message says. Throws ERR_MFC_INVALID if they do not go together.
 *
 * @param wanted what the message alone asks for
 */
export function mergedShape(before: Route, shape: AddShape, wanted: Route, at: At): AddShape {
  const hint = 'Send the whole route with "mode": "replace".';
  if (shape.iif !== undefined && shape.iif !== before.iif) {
    throw invalid(at, 'iif', shape.iif, `is not '${before.iif}', which the route has.`, `Leave it out, or: ${hint}`);
  }
  if (isForMembers(shape) !== (before.members !== undefined)) {
    const who = before.members === undefined ? 'the route names its outputs' : 'hosts open the outputs of the route';
    throw invalid(at, 'oifs', shape.oifs, `cannot be merged: ${who}.`, hint);
  }
  const { stop_filter, expires_at, ...rule } = toSavedRule(before);
  const { threshold, ...said } = shape;
  const isEnding = said.expires_in !== undefined || said.expires_at !== undefined;
  return {
    ...rule,
    ...(isEnding || expires_at === undefined ? {} : { expires_at }),
    ...said,
    ...(rule.members === undefined ? {} : { members: { ...rule.members, ...said.members } }),
    iif: before.iif,
    oifs: united(before.outputs, wanted.outputs),
  };
}

/** Those of both; where both name one, with the threshold of the newer. */
function united(before: readonly Output[], wanted: readonly Output[]): Output[] {
  const kept = before.filter(({ name }) => !wanted.some((output) => output.name === name));
  return [...kept, ...wanted];
}
