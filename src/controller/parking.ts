/**
 * Controllers between the end of one config node and the start of the next: a deploy makes nodes anew, and no stream may notice.
 *
 * A parked controller goes on in full: its sockets are open, its messages are done. Who comes with the same options gets it back as
 * it is. Who comes with the same table or the same file, and is otherwise another, takes over from it. If nobody comes, it is closed.
 *
 * There is one namespace to a process, so tables need no other name than their number.
 */
import { Controller, type ControllerOptions } from './controller';

/** So long flows may take to start again. */
const GRACE_MS = 30_000;

interface Parked {
  readonly controller: Controller;
  readonly options: ControllerOptions;
  readonly timer: NodeJS.Timeout;
}

const parked = new Set<Parked>();

function unpark(place: Parked): void {
  clearTimeout(place.timer);
  parked.delete(place);
}

function isSame(a: ControllerOptions, b: ControllerOptions): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function meet(a: ControllerOptions, b: ControllerOptions): boolean {
  return a.stateFile === b.stateFile || String(a.table ?? '').trim() === String(b.table ?? '').trim();
}

export function park(controller: Controller, options: ControllerOptions): void {
  const timer = setTimeout(() => void leave(place), GRACE_MS);
  timer.unref();
  const place: Parked = { controller, options, timer };
  parked.add(place);
}

/** The controller for these options, which may be open already. */
export function claim(options: ControllerOptions): Controller {
  const places = Array.from(parked).filter((place) => meet(place.options, options));
  const same = places.find((place) => isSame(place.options, options));
  if (same !== undefined) {
    unpark(same);
    return same.controller;
  }
  for (const place of places) unpark(place);
  return new Controller({ ...options, predecessors: places.map(({ controller }) => controller) });
}

/** Nobody comes any more: what is parked is closed. */
export async function sweep(): Promise<void> {
  await Promise.all(Array.from(parked, leave));
}

async function leave(place: Parked): Promise<void> {
  unpark(place);
  await place.controller.close();
}
