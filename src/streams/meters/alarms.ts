/**
 * Tells when streams begin, fail and are back.
 *
 * The meter notices packets at its interval only. So the last packet came somewhat before it was noticed, and an alarm's time runs from
 * then: when it is over, the counters are read once more. A stream is lost between its idle time and one interval more after its last
 * packet, however the two fall together.
 */
import { Pace } from '../../pace';
import { type Route, sameForwarding, toRule } from '../../routing/route';
import type { Change, Entry, RouteTable } from '../../routing/table';
import { type Clock, Timer } from '../clock';
import type { Events } from '../events/events';

/** waiting: no packet yet, but it is early. lost: no packet for the idle time. */
export type AlarmState = 'waiting' | 'ok' | 'lost';

interface Watched {
  route: Route;
  state: AlarmState;
  /** When packets were last noticed, or the route came or was changed. */
  since: number;
}

/** So long nothing is looked at again. */
const PAUSE_MS = 20;
/** If the counters cannot be read. */
const AGAIN_MS = 1_000;

export class Alarms {
  private readonly watched = new Map<string, Watched>();
  private readonly timer: Timer;
  private isStopped = false;

  /** @param check reads the counters of a route: `flows` is called if there were packets */
  constructor(
    table: RouteTable,
    private readonly events: Events,
    private readonly check: (key: string) => void,
    private readonly clock: Clock,
  ) {
    this.timer = new Timer(clock, () => this.wake(), PAUSE_MS);
    table.follow((change) => this.follow(change));
  }

  /** How many routes have an alarm. */
  get size(): number {
    return this.watched.size;
  }

  /** Undefined for a route without an alarm. */
  stateOf(key: string): AlarmState | undefined {
    return this.watched.get(key)?.state;
  }

  stop(): void {
    this.isStopped = true;
    this.timer.close();
  }

  /** Packets of a stream came in. */
  flows(key: string, route: Route, isFirst: boolean): void {
    if (isFirst) this.tell('stream_started', route);
    const watched = this.watched.get(key);
    if (watched === undefined) return;
    const now = this.clock.now();
    const gap = now - watched.since;
    const wasLost = watched.state === 'lost';
    watched.state = 'ok';
    watched.since = now;
    this.timer.wakeBy(endOf(watched));
    if (wasLost) this.tell('stream_restored', route, { gap: Math.round(gap) / 1000 });
  }

  private follow({ key, before, now }: Change): void {
    if (now === undefined || !hasAlarm(now) || this.isStopped) {
      this.watched.delete(key);
      return;
    }
    const { route } = now;
    const watched = this.watched.get(key);
    if (watched === undefined) this.watched.set(key, this.watch(route));
    else this.change(watched, route, before);
  }

  private watch(route: Route): Watched {
    const watched: Watched = { route, state: 'waiting', since: this.clock.now() };
    this.timer.wakeBy(endOf(watched));
    return watched;
  }

  /** What is lost stays lost, and what is not has its whole time again: the stream may come from elsewhere now. */
  private change(watched: Watched, route: Route, before: Entry | undefined): void {
    watched.route = route;
    const { alarm } = before?.route ?? {};
    if (before !== undefined && alarm?.idle === route.alarm?.idle && sameForwarding(before.route, route)) return;
    if (watched.state !== 'lost') watched.since = this.clock.now();
    this.timer.wakeBy(endOf(watched));
  }

  private wake(): number {
    this.checkDue().catch(() => this.timer.wakeBy(this.clock.now() + AGAIN_MS)); // the meter tells why
    return Infinity;
  }

  private async checkDue(): Promise<void> {
    const pace = new Pace();
    let next = Infinity;
    for (const [key, watched] of this.watched) {
      if (endOf(watched) <= this.clock.now()) this.check(key);
      if (endOf(watched) <= this.clock.now()) this.lose(watched);
      next = Math.min(next, endOf(watched));
      if (pace.isDue()) await pace.rest();
      if (this.isStopped) return;
    }
    this.timer.wakeBy(next);
  }

  private lose(watched: Watched): void {
    watched.state = 'lost';
    this.tell('stream_lost', watched.route);
  }

  private tell(kind: 'stream_started' | 'stream_lost' | 'stream_restored', route: Route, more: object = {}): void {
    if (this.events.wants(kind)) this.events.emit(kind, { ...toRule(route), ...more });
  }
}

/** When the alarm goes off if nothing comes. */
function endOf({ route, state, since }: Watched): number {
  return state === 'lost' ? Infinity : since + 1000 * (route.alarm?.idle ?? Infinity);
}

/** A route that learns has one for each of its streams instead. */
function hasAlarm({ route }: Entry): boolean {
  return route.alarm !== undefined && route.learning === undefined;
}
