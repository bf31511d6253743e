import type { Watch } from '../../src/kernel/kernel';

/** Has a watch tell all that has happened. */
export function drain(watch: Watch): void {
  let isMore = true;
  while (isMore) isMore = watch.drain();
}
