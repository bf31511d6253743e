/**
 * Joins the groups of the routes that ask for it, for as long as they are there.
 */
import type { MfcError } from '../../errors';
import type { Kernel } from '../../kernel/kernel';
import type { Change, Entry, RouteTable } from '../../routing/table';
import { joinWishes } from './join-wishes';
import { Joins } from './joins';

export class RouteJoins {
  readonly joins: Joins;
  /** Keys of the joins of a route. */
  private readonly keys = new Map<string, readonly string[]>();

  constructor(kernel: Kernel, table: RouteTable) {
    this.joins = new Joins(kernel);
    table.follow((change) => this.follow(change));
  }

  /** Whether the kernel refused any. */
  get hasFailed(): boolean {
    return this.joins.failures.size > 0;
  }

  /** Why the kernel refused a join of a route; undefined if it did not. */
  failure(key: string): MfcError | undefined {
    if (!this.hasFailed) return undefined;
    for (const one of this.keys.get(key) ?? []) {
      const failure = this.joins.failures.get(one);
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  private follow({ key, before, now }: Change): void {
    if (!joins(before) && !joins(now)) return;
    const wishes = new Map(joinWishes(key, now));
    const gone = this.keys.get(key)?.filter((one) => !wishes.has(one)) ?? [];
    if (wishes.size > 0) this.keys.set(key, Array.from(wishes.keys()));
    else this.keys.delete(key);
    for (const [one, wish] of wishes) this.joins.set(one, wish); // a stream that both want goes on
    for (const one of gone) this.joins.set(one, undefined);
  }
}

function joins(entry: Entry | undefined): boolean {
  return entry?.route.join !== undefined;
}
