/**
 * Reading from the kernel in slices, so that a flood of messages leaves turns of the event loop to others.
 */

/** How long one turn of the event loop may be held. */
const SLICE_MS = 4;
/** The clock is looked at after so many messages. */
const CLOCK_EVERY = 16;

/** Calls `readOne` as long as it answers that there may be more, but not for long. Answers whether there may be more. */
export function readSlice(readOne: () => boolean): boolean {
  const end = performance.now() + SLICE_MS;
  for (let n = 1; readOne(); n++) if (n % CLOCK_EVERY === 0 && performance.now() > end) return true;
  return false;
}
