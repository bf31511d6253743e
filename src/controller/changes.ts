/**
 * What messages change: request → plan → guard rails → kernel → file → answer. All of a message or nothing; what cannot be saved is
 * taken back.
 */
import type { IpVersion } from '../abi/address';
import { MfcError } from '../errors';
import { Pace } from '../pace';
import { decideDel, decideMerge } from '../routing/decide';
import type { Guard } from '../routing/guard';
import { namedAfter } from '../routing/invalid';
import { Plan } from '../routing/plan';
import {
  type AddRequest,
  type DelRequest,
  type Fields,
  messagesIn,
  parseAdd,
  parseDel,
  wantsDryRun,
} from '../routing/request';
import { formatRoute, type Route, sameEntry, sameOptions } from '../routing/route';
import { keyOf, type TableState } from '../routing/table';
import { parseWanted, parseWholeTable, setWholeTable, type WholeTable } from '../routing/whole-table';
import type { RouteJoins } from '../streams/joins/route-joins';
import {
  type ChangeAnswer,
  changeAnswer,
  changeVerdict,
  type Decision,
  type SetAnswer,
  SetVerdict,
  type Verdict,
} from './answers';
import { compare, labelOf } from './difference';
import type { Installer } from './installer';
import { Journal } from './journal';
import type { StateFile } from './state-file';
import { takeBack } from './take-back';
import { warningsFor } from './warnings';

export interface ChangesListener {
  /** Runs a task when nothing else is under way. */
  run<T>(task: () => Promise<T>): Promise<T>;
  /** Sees to it that the tables of these families are open, any of none, and that what the kernel has told is worked off. */
  enter(versions: ReadonlySet<IpVersion>): Promise<void>;
  /** Works off what the kernel has told. Never throws. */
  tend(): Promise<void>;
  /** Routes may be less than their interfaces allow. */
  lookAtAll(): void;
  changed(): void;
  warn(warning: MfcError): void;
}

export class Changes {
  private readonly journal = new Journal<TableState>(
    () => this.file.save(this.guard().listMade()),
    (unsaved) => this.listener.run(() => this.takeBack(unsaved)),
  );

  constructor(
    private readonly installer: Installer,
    private readonly file: StateFile,
    private readonly joins: RouteJoins,
    private readonly guard: () => Guard,
    private readonly listener: ChangesListener,
  ) {}

  /** Resolves when all that has changed so far is on the disk; rejects if it was taken back. */
  get settled(): Promise<void> {
    return this.journal.settled;
  }

  /** Answers, and then tells when what it says is on the disk. */
  add(payload: unknown, fields: Fields): Promise<Carried<ChangeAnswer>> {
    return this.each(payload, fields, parseAdd, (plan, request, at) => {
      const { origin, route } = request;
      return origin === 'learnt' ? sentBack(plan, route) : decideMerge(plan, request, at);
    });
  }

  del(payload: unknown, fields: Fields): Promise<Carried<ChangeAnswer>> {
    return this.each(payload, fields, parseDel, decideDel);
  }

  async set(payload: unknown, fields: Fields): Promise<Carried<SetAnswer>> {
    const whole = parseWholeTable(payload, fields);
    try {
      return await this.setTable(whole, new Pace());
    } catch (error) {
      throw namedAfter(whole.name, error);
    }
  }

  private async setTable(whole: WholeTable, pace: Pace): Promise<Carried<SetAnswer>> {
    const requests = await pace.map(whole.rules, (_, i) => parseWanted(whole, i));
    await this.listener.enter(versionsOf(requests));
    const { difference, previous } = await compare(whole, requests, this.installer.table, this.guard(), pace);
    const decide = async (plan: Plan, isShort: boolean): Promise<Verdict> => {
      const verdict = new SetVerdict(whole.label, plan);
      for (const decision of setWholeTable(plan, this.installer.table, whole, difference, isShort)) {
        verdict.add(decision);
        if (pace.isDue()) await pace.rest();
      }
      if (plan.isShort && !isShort && verdict.givesBack) throw new Short();
      return verdict;
    };
    const carryOut = (isShort: boolean): Promise<Carried<ChangeAnswer>> =>
      this.carryOut((plan) => decide(plan, isShort), whole.dryRun, pace);
    const { answer, saved } = await carryOut(false).catch((error: unknown) => {
      const isShort = error instanceof MfcError && error.code === 'ERR_MFC_VIFS_EXHAUSTED';
      if (isShort || error instanceof Short) return carryOut(true);
      throw error;
    });
    return { answer: { ...answer, ...labelOf(whole), previous }, saved };
  }

  /** Saves what no message has changed. */
  save(): void {
    const before = { vifs: this.installer.table.vifs, changes: new Map() };
    this.journal.record(before).catch((error) => this.listener.warn(error));
  }

  private async each<R extends AddRequest | DelRequest>(
    payload: unknown,
    fields: Fields,
    parse: (message: unknown, fields: Fields, at?: number) => R,
    decide: (plan: Plan, request: R, at?: number) => Decision,
  ): Promise<Carried<ChangeAnswer>> {
    const pace = new Pace();
    const messages = messagesIn(payload, fields);
    const at = messages === payload ? (i: number) => i : () => undefined;
    const requests = await pace.map(messages, (message, i) => parse(message, fields, at(i)));
    await this.listener.enter(versionsOf(requests));
    const decideAll = async (plan: Plan): Promise<Verdict> => {
      const decisions = await pace.map(requests, (request, i) => decide(plan, request, at(i)));
      return changeVerdict(decisions, plan, this.installer.table);
    };
    return this.carryOut(decideAll, wantsDryRun(messages, fields), pace);
  }

  private carryOut(
    decide: (plan: Plan) => Promise<Verdict>,
    dryRun: boolean,
    pace: Pace,
  ): Promise<Carried<ChangeAnswer>> {
    return this.installer.knowing(async () => {
      const survey = this.installer.survey();
      const plan = new Plan(this.installer.table, survey);
      const verdict = await decide(plan);
      const { decisions } = verdict;
      const cautions = await this.guard().check(decisions, plan, pace);
      const { saved } = dryRun ? { saved: this.settled } : await this.apply(plan);
      await pace.restAfter(decisions.length);
      const answer = changeAnswer(verdict, plan, this.installer.table, dryRun);
      const warnings = warningsFor(decisions, plan, survey, this.installer, this.joins, dryRun).concat(
        cautions,
        decisions.flatMap(({ caution }) => caution ?? []),
      );
      if (warnings.length > 0) answer.warnings = warnings;
      return { answer, saved };
    });
  }

  /** `saved` resolves when what the plan leaves behind is on the disk. */
  private async apply(plan: Plan): Promise<{ saved: Promise<void> }> {
    // Even where nothing changes, what the answer says of the kernel may still be on its way to the disk.
    if (plan.next.changes.size === 0) return { saved: this.settled };
    const before = await this.installer.apply(plan);
    this.listener.changed();
    return { saved: this.journal.record(before) };
  }

  /** Undoes changes that could not be saved; the newest comes first. */
  private async takeBack(unsaved: () => readonly TableState[]): Promise<void> {
    await this.listener.tend(); // what is taken back now is for the interfaces as they are now
    let isWhole = true;
    for (const before of unsaved()) isWhole = (await this.takeOneBack(before)) && isWhole;
    if (!isWhole) this.listener.lookAtAll();
    this.listener.changed();
  }

  /** Never throws: the others are to be taken back as well, and all messages are to be told. */
  private async takeOneBack(before: TableState): Promise<boolean> {
    try {
      return await takeBack(this.installer, before);
    } catch (error) {
      this.installer.tellStuck(error);
      return false;
    }
  }
}

/** A route takes what it can, and that is not all: with the VIF numbers of routes that go it may be. */
class Short extends Error {}

/** The rule of a learnt entry, out of an answer, as it was or changed since: it is the route that learns that makes it. */
function sentBack(plan: Plan, route: Route): Decision {
  const entry = plan.find(keyOf(route));
  if (entry === undefined) return { outcome: 'unchanged', route, said: 'comes with its stream; nothing changed' };
  if (isSameRule(entry.route, route)) return { outcome: 'unchanged', route };
  const unchanged = { outcome: 'unchanged', route: entry.route } as const;
  const stream = formatRoute(route);
  const owner = entry.learnt === undefined ? undefined : plan.find(entry.learnt);
  if (owner === undefined)
    return { ...unchanged, caution: `${stream} is not learnt. Leave "learnt" out to change it.` };
  const what = `belongs to the route ${formatRoute(owner.route)}`;
  const hint = 'Change that one, or leave "learnt" out to make a route of its own.';
  return { ...unchanged, said: `${what}; nothing changed`, caution: `${stream} ${what}. ${hint}` };
}

/** Of outputs that hosts open, a rule has those that were open. */
function isSameRule(a: Route, b: Route): boolean {
  return sameOptions(a, b) && (a.members === undefined ? sameEntry(a, b) : a.iif === b.iif);
}

/** An answer, and when all that it says is on the disk. */
export interface Carried<Answer> {
  readonly answer: Answer;
  readonly saved: Promise<void>;
}

function versionsOf(requests: readonly (AddRequest | DelRequest)[]): Set<IpVersion> {
  return new Set(requests.map((request) => ('route' in request ? request.route.version : request.version)));
}
