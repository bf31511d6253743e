/**
 * The answers that flows get, and the sentences in them.
 */
import type { MfcCounters, VifCounters } from '../abi/family';
import type { Decided } from '../routing/decide';
import { describe, type PlanStep } from '../routing/operation';
import type { Outcome, Plan } from '../routing/plan';
import { formatRoute, type Route, type Rule, toOif, toRule } from '../routing/route';
import { type Entry, keyOf, type RouteTable } from '../routing/table';
import type { RouteMeasures, VifMeasures } from '../streams/meters/measures';
import type { UnroutedStream } from '../streams/unrouted-streams';
import { linesOf } from './lines';

/** Answer of `mfc add` and `mfc del`. */
export interface ChangeAnswer {
  status: 'success';
  message: string;
  /** Whether anything is different now; in a dry run, whether it would be. */
  changed: boolean;
  mfc_rules: Rule[];
  /** What a reader should know, such as an interface that is down. */
  warnings?: string[];
  dry_run?: true;
  /** In a dry run: what the kernel would be asked. */
  plan?: PlanStep[];
  /** In a dry run: what would change, for people. */
  lines?: string[];
}

/** A table as `mfc set` takes it. */
export interface WantedTable {
  /** It is the whole of this label only. */
  label?: string;
  mfc_rules: Rule[];
}

/** Answer of `mfc set`. */
export interface SetAnswer extends ChangeAnswer, WantedTable {
  /** As it was before. To set it again undoes the message. */
  previous: WantedTable;
}

export interface VifState extends VifCounters, VifMeasures {
  vifi: number;
  ref_count: number;
  ifindex: number;
}

export interface RouteState extends Rule, MfcCounters, RouteMeasures {
  /**
   * active: in the kernel as it is wanted. pending: kept, but not in the kernel. degraded: an interface of it is absent or down.
   * missing: another program took it out of the kernel; it is being put back. foreign: another program's, which is left alone.
   */
  state: 'active' | 'pending' | 'degraded' | 'missing' | 'foreign';
  /** Why the state is not active. */
  reason?: string;
  /** A route that learns made it for a stream. */
  learnt?: true;
  /** The controller made it, and messages cannot change it. */
  reserved?: true;
  /** Of a route that learns: how many streams it has entries for. */
  streams?: number;
}

/** Answer of `mfc state`. */
export interface StateAnswer {
  status: 'success';
  /** VIFs of the IPv4 table by interface name. */
  vif_map: Record<string, VifState>;
  /** VIFs of the IPv6 table, which the kernel calls MIFs. */
  vif6_map: Record<string, VifState>;
  mfc_rules: RouteState[];
  /** If only a part was asked for: how many there are. Such an answer is no whole table, and `mfc set` refuses it. */
  total?: number;
  /** Streams that come in by interfaces with a VIF and that no route takes, the newest first. */
  unrouted: UnroutedStream[];
}

/** What the controller is doing, for a node's status. */
export interface Status {
  state: 'opening' | 'open' | 'closed';
  routes: number;
  /** Routes that are not in the kernel. */
  pending: number;
  /** Routes without some of their outputs. */
  degraded: number;
  /** Why it is closed. */
  error?: Error;
}

const SENTENCES: Record<Outcome, string> = {
  added: 'added',
  replaced: 'replaced',
  renewed: 'renewed',
  unchanged: 'is there already; nothing changed',
  deleted: 'deleted',
};

/** What became of one request. */
export interface Decision extends Decided {
  /** What is said of it, if it is not the sentence of the outcome. */
  readonly said?: string;
  /** What who sent it may not know. */
  readonly caution?: string;
}

/** What was decided of a message, in words and as the routes that it is about. */
export interface Verdict {
  readonly decisions: readonly Decision[];
  readonly message: string;
  readonly rules: Rule[];
}

export function changeAnswer(
  { decisions, message, rules }: Verdict,
  plan: Plan,
  table: RouteTable,
  dryRun: boolean,
): ChangeAnswer {
  const answer: ChangeAnswer = {
    status: 'success',
    message: dryRun ? `Dry run: ${message}` : message,
    changed: decisions.some(({ outcome }) => outcome !== 'unchanged'),
    mfc_rules: rules,
  };
  if (!dryRun) return answer;
  return { ...answer, dry_run: true, plan: plan.operations.map(describe), lines: linesOf(plan, table) };
}

/** Of `mfc add` and `mfc del`. Its words and rules are made when they are asked for, best when the kernel has the routes. */
export function changeVerdict(decisions: readonly Decision[], plan: Plan, table: RouteTable): Verdict {
  const { isWhole } = plan;
  // Few have routes that wait, or whose outputs hosts open. What goes is in the table only until the plan is carried out.
  const entries = decisions.map(({ route }) => {
    if (isWhole && route.members === undefined) return undefined;
    return plan.find(keyOf(route)) ?? table.get(keyOf(route));
  });
  return {
    decisions,
    get message() {
      return summary(decisions);
    },
    get rules() {
      return decisions.map(({ route }, i) => wantedRule(route, entries[i]));
    },
  };
}

/** Of `mfc set`: its routes are those that there are now. */
export class SetVerdict implements Verdict {
  readonly decisions: Decision[] = [];
  readonly rules: Rule[] = [];

  constructor(
    private readonly label: string | undefined,
    private readonly plan: Plan,
  ) {}

  get message(): string {
    const what = this.label === undefined ? 'Table' : `Routes with the label '${this.label}'`;
    return `${what} set: ${this.decisions.length === 0 ? 'none there, none wanted' : countsOf(this.decisions)}.`;
  }

  /** Whether routes give VIF numbers back, or may. */
  get givesBack(): boolean {
    return this.decisions.some(({ outcome }) => outcome === 'deleted' || outcome === 'replaced');
  }

  add(decision: Decision): void {
    const { outcome, route } = decision;
    this.decisions.push(decision);
    if (outcome !== 'deleted') this.rules.push(wantedRule(route, this.plan.find(keyOf(route))));
  }
}

/** The interface of an output as rules have it. */
export function oifName(oif: Rule['oifs'][number]): string {
  return typeof oif === 'string' ? oif : oif.name;
}

/** A route as it can be sent again, also while it waits for an interface. Of outputs that hosts open it has those that are open. */
export function wantedRule(route: Route, entry: Entry | undefined): Rule {
  const rule = toRule(route);
  if (route.members !== undefined && entry?.installed !== undefined) rule.oifs = entry.installed.outputs.map(toOif);
  if (entry?.reason !== undefined) rule.allow_absent = true;
  return rule;
}

/** `MFC entry for (10.1.1.5, 239.10.20.30) added.`, or for many `12 MFC entries: 10 added, 2 unchanged.` */
function summary(decisions: readonly Decision[]): string {
  const [first] = decisions;
  if (decisions.length === 1 && first !== undefined) {
    return `MFC entry for ${formatRoute(first.route)} ${first.said ?? SENTENCES[first.outcome]}.`;
  }
  return `${decisions.length} MFC entries: ${countsOf(decisions)}.`;
}

function countsOf(decisions: readonly Decision[]): string {
  const counts = new Map<Outcome, number>();
  for (const { outcome } of decisions) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return Array.from(counts, ([outcome, count]) => `${count} ${outcome}`).join(', ');
}
