/**
 * Which events somebody asks for: their kinds, and what they are about. From unknown input to a filter.
 */
import { ANY_SOURCE } from '../../abi/family';
import { invalid } from '../../routing/invalid';
import { isTooLong, tooLong } from '../../routing/outputs';
import { covers, type Prefix, parsePrefix } from '../../routing/prefix';
import { matchesPattern, type Output } from '../../routing/route';
import { INTERFACE_NAME } from '../../routing/schema';
import { parseGroup, parseSource } from '../../routing/stream';
import { EVENT_KINDS, type EventKind, type MfcEvent } from './event';

/** As a user wrote it; what is blank lets all pass. */
export interface EventRequest {
  events?: unknown;
  /** An address or a prefix, `*` for routes of any source. */
  source?: unknown;
  /** An address or a prefix. */
  group?: unknown;
  /** A name, or a pattern as `eth+`. */
  interface?: unknown;
}

/** What a flow gets that does not choose: `rates` comes all the time. */
const DEFAULT_KINDS: readonly EventKind[] = EVENT_KINDS.filter((kind) => kind !== 'rates');

/** A stream or an interface, as events name them. */
interface Subject {
  readonly source?: unknown;
  readonly group?: unknown;
  readonly iif?: unknown;
  readonly oifs?: unknown;
  readonly interface?: unknown;
}

/** Whether a text of an event, an address or a prefix, is one of those that were asked for. */
type Test = (text: unknown) => boolean;

export class EventFilter {
  private readonly isAll: boolean;

  constructor(
    readonly kinds: ReadonlySet<EventKind>,
    private readonly source: Test | undefined,
    private readonly group: Test | undefined,
    private readonly interface_: string | undefined,
  ) {
    this.isAll = source === undefined && group === undefined && interface_ === undefined;
  }

  /** What of an event is asked for; undefined if nothing is. What concerns the controller as a whole concerns every route. */
  pass(event: MfcEvent): MfcEvent | undefined {
    if (!this.kinds.has(event.event)) return undefined;
    if (this.isAll || event.event.startsWith('controller_') || this.matches(event)) return event;
    if (event.event === 'rates') return this.ratesOf(event);
    const { event: kind, time, suppressed } = event;
    // How many others were left out concerns everybody: they could be of any stream.
    return suppressed === undefined ? undefined : { event: kind, time, suppressed };
  }

  private matches(subject: Subject): boolean {
    return (
      (this.source === undefined || this.source(subject.source)) &&
      (this.group === undefined || this.group(subject.group)) &&
      (this.interface_ === undefined || this.isAt(this.interface_, subject))
    );
  }

  private isAt(name: string, { interface: link, iif, oifs }: Subject): boolean {
    const outputs: readonly (string | Output)[] = Array.isArray(oifs) ? oifs : [];
    return (
      isLink(name, link) ||
      isLink(name, iif) ||
      outputs.some((output) => isLink(name, typeof output === 'string' ? output : output.name))
    );
  }

  private ratesOf(event: MfcEvent): MfcEvent {
    const { routes, interfaces } = event;
    const rates = { ...event };
    if (Array.isArray(routes)) rates.routes = routes.filter((route: Subject) => this.matches(route));
    const name = this.interface_;
    if (name !== undefined && typeof interfaces === 'object' && interfaces !== null) {
      rates.interfaces = Object.fromEntries(Object.entries(interfaces).filter(([link]) => isLink(name, link)));
    }
    return rates;
  }
}

/** Throws ERR_MFC_INVALID. */
export function parseEventFilter(request: EventRequest): EventFilter {
  const group = textOf(request.group, 'group');
  const source = textOf(request.source, 'source');
  const name = textOf(request.interface, 'interface');
  const groups = group === undefined ? undefined : parsePrefix(parseGroup(group, undefined));
  return new EventFilter(
    new Set(kindsOf(request.events)),
    source === undefined ? undefined : sourceTest(parseSource(source, groups?.version, undefined)),
    groups && within(groups),
    name === undefined ? undefined : checkedName(name),
  );
}

function kindsOf(events: unknown): readonly EventKind[] {
  if (events === undefined || events === null || events === '') return DEFAULT_KINDS;
  const hint = `Use some of ${EVENT_KINDS.join(', ')}.`;
  if (!Array.isArray(events)) throw invalid(undefined, 'events', events, 'must be an array.', hint);
  const kinds = events.map((kind: unknown, i) => {
    const known = EVENT_KINDS.find((one) => one === kind);
    if (known === undefined) throw invalid(undefined, `events[${i}]`, kind, 'is not a kind of event.', hint);
    return known;
  });
  return kinds.length === 0 ? DEFAULT_KINDS : kinds;
}

/** Undefined if it is blank. */
function textOf(value: unknown, field: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw invalid(undefined, field, value, 'must be a text.', 'Leave it blank for all.');
  return value.trim() === '' ? undefined : value.trim();
}

function checkedName(name: string): string {
  if (isTooLong(name)) throw tooLong(name, 'interface', undefined);
  if (INTERFACE_NAME.test(name)) return name;
  throw invalid(undefined, 'interface', name, 'is not an interface name.', "Use one that 'ip link' shows.");
}

function sourceTest(source: string): Test {
  const prefix = source === ANY_SOURCE ? undefined : parsePrefix(source);
  return prefix === undefined ? (text) => text === ANY_SOURCE : within(prefix);
}

function within(outer: Prefix): Test {
  return (text) => {
    const inner = typeof text === 'string' ? parsePrefix(text) : undefined;
    return inner !== undefined && covers(outer, inner);
  };
}

/** A pattern means the interfaces that match, and routes that have that very pattern. */
function isLink(wanted: string, name: unknown): boolean {
  return typeof name === 'string' && (name === wanted || matchesPattern(wanted, name));
}
