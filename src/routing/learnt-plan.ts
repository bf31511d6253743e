/**
 * What becomes of learnt entries in a plan. They follow at its end and once, when it is known which routes learn then
 * (test/routing/order-learning.test.ts): else a stream would go for a moment where no message wants it.
 */
import { ANY_SOURCE } from '../abi/family';
import { isNative, learn, relearn, Templates, templateOf } from './learning';
import { type Route, routeKey, sameForwarding, sameOptions } from './route';
import type { Entry, RouteTable } from './table';
import type { World } from './world';

/** The plan as it is so far. */
export interface Draft {
  /** The entry as it will be. */
  find(key: string): Entry | undefined;
  /** Keys of what is different. */
  changed(): Iterable<string>;
  /** Gives a learnt entry another form, or takes it out. */
  change(key: string, entry: Entry | undefined): void;
}

export class LearntPlan {
  /** Routes that learn are changed, or what they have learnt: nothing may be learnt while the plan is carried out. */
  isTouched = false;
  private isUnsettled = false;

  constructor(
    private readonly table: RouteTable,
    private readonly world: World,
    private readonly draft: Draft,
  ) {}

  /** A route becomes another. Answers whether what was learnt may have to follow. */
  note(before: Route | undefined, after: Route | undefined): boolean {
    const isNew = isLearningNew(before, after) || (this.table.learntSize > 0 && isNativeNew(before, after));
    if (isNew) this.isTouched = this.isUnsettled = true;
    return isNew;
  }

  /** Interfaces have other names: what was learnt on one may be another route's now, or none's. */
  reconsider(): void {
    this.isTouched = this.isUnsettled = true;
  }

  /** All is decided: what was learnt follows the routes that learn, and gives way to routes of any source. */
  settle(): void {
    if (!this.isUnsettled) return;
    this.isUnsettled = false;
    const learnt: [string, Entry][] = [];
    for (const [key] of Array.from(this.table.listLearnt())) {
      const entry = this.draft.find(key);
      if (entry?.learnt === undefined) continue;
      const any = this.draft.find(routeKey(ANY_SOURCE, entry.route.group));
      if (isNative(any, entry.route.iif)) this.draft.change(key, undefined);
      else learnt.push([key, entry]);
    }
    if (learnt.length === 0) return;
    for (const [key, entry] of relearn(learnt, this.templates(), this.world)) this.draft.change(key, entry);
  }

  /** Hosts have joined or left: the outputs of learnt entries open and close. */
  reopen(keys: Iterable<string>): void {
    for (const key of keys) {
      const entry = this.draft.find(key);
      const template = entry?.learnt === undefined ? undefined : this.draft.find(entry.learnt)?.installed;
      if (entry === undefined || template === undefined) continue;
      const route = learn({ route: template }, entry.route, this.world);
      if (route === undefined || sameForwarding(route, entry.route)) continue;
      this.isTouched = true;
      this.draft.change(key, { ...entry, route, installed: route });
    }
  }

  private templates(): Templates {
    const keys = new Set([...this.table.learning, ...this.draft.changed()]);
    return new Templates(
      Array.from(keys).flatMap((key) => {
        const installed = this.draft.find(key)?.installed;
        const template = installed && templateOf(key, installed);
        return template === undefined ? [] : [template];
      }),
    );
  }
}

/** Whether what was learnt may have to follow a route that learns. */
function isLearningNew(before: Route | undefined, after: Route | undefined): boolean {
  if (before?.learning === undefined && after?.learning === undefined) return false;
  if (before === undefined || after === undefined) return true;
  return !sameForwarding(before, after) || !sameOptions(before, after);
}

/** Whether a route of any source takes streams that it did not take, which may have been learnt. */
function isNativeNew(before: Route | undefined, after: Route | undefined): boolean {
  return after?.source === ANY_SOURCE && before?.iif !== after.iif;
}
