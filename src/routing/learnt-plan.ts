/**
 * What becomes of learnt entries in a plan, and of those that routes leave which go. They follow at its end and once, when it is known
 * which routes learn then (test/routing/order-learning.test.ts): else a stream would go for a moment where no message wants it.
 */
import { ANY_SOURCE } from '../abi/family';
import { isOwn } from './entry';
import { isNative, learn, relearn, streamOf, Templates, templateOf } from './learning';
import { type Route, routeKey, sameForwarding, sameOptions } from './route';
import type { Entry, RouteTable } from './table';
import type { World } from './world';

/** The plan as it is so far. */
export interface Draft {
  /** The entry as it will be. */
  find(key: string): Entry | undefined;
  /** Keys of what is different. */
  changed(): Iterable<string>;
  /** What the kernel has as `before` is a learnt entry now, or goes. */
  change(key: string, before: Route | undefined, entry: Entry | undefined): void;
}

/** A route of one stream that goes while the stream may flow. */
interface Leaving {
  readonly entry: Entry;
  /** As it is in the kernel. */
  readonly installed: Route;
  /** Milliseconds since the last packet. */
  readonly idle: number;
}

export class LearntPlan {
  /** Routes that learn are changed, or what they have learnt: nothing may be learnt while the plan is carried out. */
  isTouched = false;
  private isUnsettled = false;
  /** Routes that go, by key. Their entries stay until it is known whether another route takes their streams. */
  private readonly leaving = new Map<string, Leaving>();
  /** Routes whose VIFs entries use until they have followed. */
  private readonly left: Route[] = [];

  constructor(
    private readonly table: RouteTable,
    private readonly world: World,
    private readonly draft: Draft,
  ) {}

  /** A route becomes another. Answers whether what was learnt may have to follow, for which its VIFs are needed. */
  note(before: Route | undefined, after: Route | undefined): boolean {
    const isNew = isLearningNew(before, after) || (this.table.learntSize > 0 && isNativeNew(before, after));
    if (isNew) this.isTouched = this.isUnsettled = true;
    if (!isNew || before?.learning === undefined) return false;
    this.left.push(before);
    return true;
  }

  /**
   * A route goes. Answers whether its entry is left to `settle`, which gives it to the route that takes its stream now: deleted and learnt
   * anew, it would not be there for as long as this program has other things to do. What does not flow is deleted: nobody would learn it.
   */
  leave(key: string, entry: Entry): boolean {
    const { installed } = entry;
    if (installed === undefined || installed.learning !== undefined || installed.source === ANY_SOURCE) return false;
    const idle = isOwn(entry) ? this.world.idleTime(installed) : undefined;
    if (idle !== undefined) this.leaving.set(key, { entry, installed, idle });
    return idle !== undefined;
  }

  /** A route that was to go is put again: its entry is as it was. */
  comeBack(key: string): Entry | undefined {
    const entry = this.leaving.get(key)?.entry;
    if (entry !== undefined) this.leaving.delete(key);
    return entry;
  }

  /** Interfaces have other names: what was learnt on one may be another route's now, or none's. */
  reconsider(): void {
    this.isTouched = this.isUnsettled = true;
  }

  /** All is decided: entries follow the routes that learn. Answers the routes whose VIFs were needed until now. */
  settle(): Route[] {
    if (this.isUnsettled) this.follow();
    this.isUnsettled = false;
    if (this.leaving.size > 0) this.inherit();
    return this.left.splice(0);
  }

  /** What was learnt follows the routes that learn, and gives way to routes of any source. */
  private follow(): void {
    const learnt: [string, Entry][] = [];
    // Some may be new in this plan.
    const keys = new Set([...Array.from(this.table.listLearnt(), ([key]) => key), ...this.draft.changed()]);
    for (const key of keys) {
      const entry = this.draft.find(key);
      if (entry?.learnt === undefined) continue;
      if (this.isNative(entry.route)) this.change(key, undefined);
      else learnt.push([key, entry]);
    }
    if (learnt.length === 0) return;
    for (const [key, entry] of relearn(learnt, this.templates(), this.world)) this.change(key, entry);
  }

  /** What routes leave is learnt by those that take their streams. */
  private inherit(): void {
    const templates = this.templates();
    for (const [key, { installed, idle }] of this.leaving) {
      this.draft.change(key, installed, this.heirOf(installed, idle, templates));
      this.left.push(installed);
    }
    this.leaving.clear();
  }

  /** The entry as another route would have learnt it, and would still have it; undefined if none does. */
  private heirOf(installed: Route, idle: number, templates: Templates): Entry | undefined {
    const stream = this.isNative(installed) ? undefined : streamOf(installed);
    const template = stream && templates.find(stream);
    const timeout = 1000 * (template?.route.learning?.idleTimeout ?? 0);
    const route = template && idle < timeout ? learn(template, installed, this.world) : undefined;
    return template && route && { route, installed: route, learnt: template.key };
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
      this.change(key, { ...entry, route, installed: route });
    }
  }

  /** Gives a learnt entry another form, or takes it out. */
  private change(key: string, entry: Entry | undefined): void {
    this.draft.change(key, this.draft.find(key)?.installed, entry);
  }

  /** Whether the kernel forwards a stream by a route of any source where it has no entry of its own. */
  private isNative({ group, iif }: Route): boolean {
    return isNative(this.draft.find(routeKey(ANY_SOURCE, group)), iif);
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
