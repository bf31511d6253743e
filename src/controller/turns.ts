/**
 * Controllers with the same table open one after the other, in the order in which they were told to: the first has the table, not the one
 * whose file is read faster.
 */
import type { Kernel } from '../kernel/kernel';
import { Queue } from './queue';

const queues = new WeakMap<Kernel, Map<string, Queue>>();

export function inTurn<T>(kernel: Kernel, table: string | number | undefined, task: () => Promise<T>): Promise<T> {
  const ofKernel = queues.get(kernel) ?? new Map<string, Queue>();
  queues.set(kernel, ofKernel);
  const key = String(table ?? '').trim();
  const queue = ofKernel.get(key) ?? new Queue();
  ofKernel.set(key, queue);
  return queue.run(task);
}
