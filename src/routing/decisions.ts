/**
 * What a plan has decided so far: the entries as they will be, over those that the table has.
 */
import { ownRoute } from './entry';
import type { Route } from './route';
import { type Changes, type Entry, type RouteTable, rivalKey } from './table';

export class Decisions {
  private readonly changes_ = new Map<string, Entry | undefined>();
  /** Keys of routes that were decided on and are to be as they are. */
  private readonly kept = new Set<string>();
  /** Whether a route that learns is among the changes, be it in the kernel or not. */
  private hasLearning = false;

  constructor(private readonly table: RouteTable) {}

  get changes(): Changes {
    return this.changes_;
  }

  /** Most tables have no route that learns: thousands of routes need not be compared with any. */
  get canLearn(): boolean {
    return this.hasLearning || this.table.learning.size > 0;
  }

  /** The entry as it will be. */
  find(key: string): Entry | undefined {
    return this.changes_.has(key) ? this.changes_.get(key) : this.table.get(key);
  }

  /** An entry is to be this, or to go. */
  change(key: string, entry: Entry | undefined): void {
    this.changes_.set(key, entry);
    if (entry?.route.learning !== undefined) this.hasLearning = true;
  }

  /** An entry is to be as it is. */
  keep(key: string): void {
    this.kept.add(key);
  }

  /** What is decided on the stream of a route: another route for it may have its input open. */
  on(route: Route, key: string): Entry | undefined {
    const decided = this.by(key);
    return decided === undefined && this.mayHaveRival(route) ? this.by(rivalKey(route)) : decided;
  }

  /** The other route for the same stream, of which the input is open if that of this one is not, and the other way round. */
  rivalOf(route: Route, key: string): Route | undefined {
    if (!this.mayHaveRival(route) || rivalKey(route) === key) return undefined;
    return ownRoute(this.find(rivalKey(route)));
  }

  private mayHaveRival({ learning }: Route): boolean {
    return learning !== undefined || this.canLearn;
  }

  private by(key: string): Entry | undefined {
    const change = this.changes_.get(key);
    // A route that has only made room is still to be decided on.
    const isDecided = change !== undefined && change.route !== this.table.get(key)?.route;
    return isDecided || this.kept.has(key) ? this.find(key) : undefined;
  }
}
