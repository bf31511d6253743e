/**
 * The answers that flows get, and the sentences in them.
 */
import type { MfcCounters, VifCounters } from '../abi/family';
import { describe, type PlanStep } from '../routing/operation';
import type { Outcome, Plan } from '../routing/plan';
import { formatRoute, type Route, type Rule, toRule } from '../routing/route';
import type { RouteMeasures, VifMeasures } from '../streams/meters/measures';
import type { UnroutedStream } from '../streams/unrouted-streams';

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
  plan?: PlanStep[];
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
export interface Decision {
  readonly outcome: Outcome;
  /** The route, or what is left of it. */
  readonly route: Route;
}

export function changeAnswer(
  decisions: readonly Decision[],
  plan: Plan,
  warnings: string[],
  dryRun: boolean,
): ChangeAnswer {
  const answer: ChangeAnswer = {
    status: 'success',
    message: `${dryRun ? 'Dry run: ' : ''}${summary(decisions)}`,
    changed: decisions.some(({ outcome }) => outcome !== 'unchanged'),
    mfc_rules: decisions.map(({ route }) => toRule(route)),
  };
  if (warnings.length > 0) answer.warnings = warnings;
  if (dryRun) {
    answer.dry_run = true;
    answer.plan = plan.operations.map(describe);
  }
  return answer;
}

/** `MFC entry for (10.1.1.5, 239.10.20.30) added.`, or for many `12 MFC entries: 10 added, 2 unchanged.` */
function summary(decisions: readonly Decision[]): string {
  const [first] = decisions;
  if (decisions.length === 1 && first !== undefined) {
    return `MFC entry for ${formatRoute(first.route)} ${SENTENCES[first.outcome]}.`;
  }
  const counts = new Map<Outcome, number>();
  for (const { outcome } of decisions) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return `${decisions.length} MFC entries: ${Array.from(counts, ([outcome, count]) => `${count} ${outcome}`).join(', ')}.`;
}
