/**
 * Controllers between the end of one config node and the start of the next: a deploy makes nodes anew, and no stream may notice.
 *
 * A parked controller goes on in full: its sockets are open, its messages are done. Who comes with the same options gets it back as
 * it is. Who comes with the same file, or with the same table where nobody else is expected, and is otherwise another, takes over
 * from it. If nobody comes, it is closed.
 *
 * There is one namespace to a process, so tables need no other name than their number.
 */
import { Controller, type ControllerOptions } from './controller';

/** So long flows may take to start again. */
export const GRACE_SECONDS = 30;

interface Parked {
  readonly controller: Controller;
  readonly options: ControllerOptions;
  /** Who had it is back, and may want it. */
  isExpected: boolean;
  timer?: NodeJS.Timeout;
  /** Resolves when it is closed, if nobody has come for it. */
  closed?: Promise<void>;
}

const parked = new Set<Parked>();
/** Nobody gets these back: they are closed, or followed. But until they have ended, the table and the file are theirs. */
const ending = new Set<Parked>();

function unpark(place: Parked): void {
  clearTimeout(place.timer);
  parked.delete(place);
}

/** From now on it is about to end. */
function leave(place: Parked): void {
  unpark(place);
  ending.add(place);
}

/** It has ended. */
function forget(place: Parked): void {
  ending.delete(place);
}

/** What a user has set. */
function settings({ kernel: _, predecessors: __, ...options }: ControllerOptions): string {
  return JSON.stringify(options);
}

function isSame(a: ControllerOptions, b: ControllerOptions): boolean {
  return settings(a) === settings(b) && a.kernel === b.kernel;
}

type WithTable = Pick<ControllerOptions, 'table'>;

/** By their text: no number is the default table of both families (test/kernel/contract-family.ts). */
export function isSameTable(a: WithTable, b: WithTable): boolean {
  return String(a.table ?? '').trim() === String(b.table ?? '').trim();
}

/** Nobody has this controller any more. It is closed if nobody comes for it within that time. */
export function park(controller: Controller, options: ControllerOptions, seconds = GRACE_SECONDS): void {
  const place: Parked = { controller, options, isExpected: false };
  place.timer = setTimeout(() => end(place), seconds * 1_000).unref();
  parked.add(place);
}

/** Who had the controller of this file is back: it may come for it, and no other one with the same table is to have it. */
export function expect({ stateFile }: ControllerOptions): void {
  for (const place of parked) if (place.options.stateFile === stateFile) place.isExpected = true;
}

/** Whether the controller of this file waits with this table open. */
export function isParked(options: Pick<ControllerOptions, 'stateFile' | 'table'>): boolean {
  return Array.from(parked).some(({ controller, options: own }) => {
    const isIt = own.stateFile === options.stateFile && isSameTable(own, options);
    return isIt && controller.status.state === 'open';
  });
}

/** The controller for these options, which may be open already. */
export function claim(options: ControllerOptions): Controller {
  const same = Array.from(parked).find((place) => isSame(place.options, options));
  if (same !== undefined) {
    unpark(same);
    return same.controller;
  }
  const followed = [...ending, ...parked].filter((place) => {
    return place.options.stateFile === options.stateFile || (isSameTable(place.options, options) && !place.isExpected);
  });
  for (const place of followed) {
    leave(place);
    place.controller.once('closed', () => forget(place));
  }
  return new Controller({ ...options, predecessors: followed.map(({ controller }) => controller) });
}

/** Nobody comes any more: what is parked is closed. Resolves when it is. */
export async function sweep(): Promise<void> {
  parked.forEach(end);
  await Promise.all(Array.from(ending, ({ closed }) => closed));
}

function end(place: Parked): void {
  leave(place);
  place.closed = place.controller.close().then(() => forget(place));
}
