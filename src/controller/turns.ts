/**
 * Controllers with the same table open one after the other, in the order in which they were told to: the first has the table, not the one
 * whose file is read faster.
 */
import type { Kernel } from '../kernel/kernel';

/** Does the task when all who came before have done theirs. Who has had its turn waits for nobody any more. */
export type Turn = <T>(task: () => Promise<T>) => Promise<T>;

const lines = new WeakMap<Kernel, Map<string, Promise<void>>>();

/**
 * The next place in the line for a table. Who has a place may be busy before the turn comes: to join the line only then would be
 * behind a successor, who waits for this one to end.
 */
export function joinLine(kernel: Kernel, table: string | number | undefined): Turn {
  const ofKernel = lines.get(kernel) ?? new Map<string, Promise<void>>();
  lines.set(kernel, ofKernel);
  const key = String(table ?? '').trim();
  const before = ofKernel.get(key) ?? Promise.resolve();
  let leave = (): void => undefined;
  const own = new Promise<void>((resolve) => {
    leave = resolve;
  });
  ofKernel.set(
    key,
    before.then(() => own),
  );
  return async (task) => {
    try {
      await before;
      return await task();
    } finally {
      leave();
    }
  };
}
