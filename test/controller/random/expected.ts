// A plain model of what a message leads to: the routes after it, or what is wrong with it.

import type { RouteState } from '../../../src/controller/answers';
import type { Output } from '../../../src/routing/route';
import {
  type Form,
  type Forms,
  formOf,
  isOneStream,
  isOwn,
  isPattern,
  isUsable,
  matches,
  namesOf,
  sameForm,
  streamOf,
} from './forms';
import type { Going, Message, Wish } from './wishes';

type Word = 'added' | 'replaced' | 'renewed' | 'unchanged' | 'deleted';

/** What becomes of one route of a message. */
export interface Deed {
  readonly word: Word;
  readonly form: Form;
}

export class Expected {
  readonly after: Forms;
  readonly deeds: Deed[] = [];
  /** Codes of what is wrong. If there is any, the message fails with one of them. */
  readonly faults = new Set<string>();
  /** What the message has decided on. */
  private readonly decided = new Map<string, Form>();
  private readonly rules = new Map<string, RouteState>();
  readonly before: Forms;

  /**
   * @param state before the message
   * @param links the interfaces that are there
   * @param isFixed whether no message may change a route
   */
  constructor(
    private readonly state: readonly RouteState[],
    private readonly links: readonly string[],
    private readonly isFixed: (form: Form) => boolean,
  ) {
    for (const rule of state.filter(isOwn)) this.rules.set(streamOf(rule), rule);
    this.before = new Map(Array.from(this.rules, ([stream, rule]) => [stream, formOf(rule)]));
    this.after = new Map(this.before);
  }

  take(message: Message): void {
    if (message.verb === 'add') for (const wish of message.payload) this.add(wish);
    else if (message.verb === 'del') for (const going of message.payload) this.del(going);
    else this.set(message.payload);
  }

  private add(wish: Wish): void {
    const before = wish.mode === 'merge' ? this.after.get(streamOf(wish)) : undefined;
    const form = formOf(wish);
    if (before === undefined) this.replace(form, wish.allow_absent === true);
    else this.merge(before, wish);
  }

  private merge(before: Form, wish: Wish): void {
    const form = formOf(wish);
    const merged = this.merged(before, wish);
    const waits = this.isWaiting(streamOf(wish));
    if (wish.allow_absent !== true) this.demand(waits ? { ...form, iif: '*' } : merged);
    this.put(merged, wish.expires_in !== undefined);
  }

  private merged(before: Form, wish: Wish): Form {
    const form = formOf(wish);
    if (wish.iif !== undefined && wish.iif !== before.iif) this.faults.add('ERR_MFC_INVALID');
    if ((form.outputs === 'members') !== (before.outputs === 'members')) this.faults.add('ERR_MFC_INVALID');
    const isStop = wish.stop_filter === true && before.outputs.length > 0;
    if (isStop) this.faults.add('ERR_MFC_INVALID');
    const merged = { ...before, ...form, iif: before.iif, outputs: united(before.outputs, form.outputs) };
    if (wish.exclude === undefined) merged.exclude = before.exclude;
    if (namesOf({ ...merged, iif: '*' }).includes(before.iif)) this.faults.add('ERR_MFC_INVALID');
    return { ...merged, isLeased: before.isLeased || form.isLeased };
  }

  private replace(form: Form, allowAbsent: boolean): void {
    const decided = this.decided.get(streamOf(form));
    if (decided !== undefined && !sameForm(asked(decided), asked(form))) this.faults.add('ERR_MFC_INVALID');
    if (!allowAbsent) this.demand(form);
    this.put(form);
  }

  private put(form: Form, isRenewal = form.isLeased): void {
    const stream = streamOf(form);
    this.deeds.push({ word: this.wordFor(form, isRenewal), form });
    this.after.set(stream, form);
    this.decided.set(stream, form);
  }

  private wordFor(form: Form, isRenewal: boolean): Word {
    const before = this.after.get(streamOf(form));
    if (before === undefined) return 'added';
    // Waiting, it was not there. One that has its input open or closed now is another, which takes its place.
    const isOther = isPattern(before.iif) !== isPattern(form.iif) && isOneStream(form);
    if (!isOther && !isUsable(before, this.links) && isUsable(form, this.links)) return 'added';
    if (!sameForm(before, form)) return 'replaced';
    return isRenewal ? 'renewed' : 'unchanged';
  }

  private demand(form: Form): void {
    const isThere = (name: string): boolean => this.links.includes(name);
    const isMet = namesOf(form).every(isThere);
    if (!isMet || (isPattern(form.iif) && !this.links.some((name) => matches(form.iif, name)))) {
      this.faults.add('ERR_MFC_NO_INTERFACE');
    }
  }

  private del({ source, group, iif, oifs }: Going): void {
    const stream = streamOf({ source, group });
    const form = this.after.get(stream);
    if (form === undefined) this.delLearnt(stream, iif, oifs);
    else this.delOwn(form, iif, oifs);
  }

  private delOwn(form: Form, iif: string | undefined, oifs: readonly string[] | undefined): void {
    const stream = streamOf(form);
    if (iif !== undefined && iif !== form.iif) this.faults.add('ERR_MFC_NO_ROUTE');
    const outputs = form.outputs === 'members' ? [] : form.outputs;
    if (oifs?.some((name) => !outputs.some((output) => output.name === name))) this.faults.add('ERR_MFC_NO_ROUTE');
    const left = outputs.filter(({ name }) => oifs?.includes(name) === false);
    if (left.length === 0) {
      this.after.delete(stream);
      this.deeds.push({ word: 'deleted', form });
    } else {
      this.after.set(stream, { ...form, outputs: left });
      this.deeds.push({ word: 'replaced', form: { ...form, outputs: left } });
    }
  }

  /** Its stream may make it anew with the next packet. */
  private delLearnt(stream: string, iif: string | undefined, oifs: readonly string[] | undefined): void {
    const learnt = this.state.find((rule) => rule.learnt === true && streamOf(rule) === stream);
    const isIt = learnt !== undefined && (iif === undefined || iif === learnt.iif) && oifs === undefined;
    if (isIt) this.deeds.push({ word: 'deleted', form: formOf(learnt) });
    else this.faults.add('ERR_MFC_NO_ROUTE');
  }

  private set({ mfc_rules, label, allow_absent }: Extract<Message, { verb: 'set' }>['payload']): void {
    const isMeant = (form: Form): boolean => (label === undefined || form.label === label) && !this.isFixed(form);
    const wanted = mfc_rules.map((rule) => ({
      rule,
      form: { ...formOf(rule), ...(label === undefined ? {} : { label }) },
    }));
    const streams = new Set(wanted.map(({ form }) => streamOf(form)));
    for (const { rule, form } of wanted) {
      const owner = this.before.get(streamOf(form));
      const isTaken = label !== undefined && owner !== undefined && owner.label !== label && !this.isFixed(owner);
      if (isTaken || ('mode' in rule && rule.mode === 'merge')) this.faults.add('ERR_MFC_INVALID');
      const isKept = owner !== undefined && this.isWaiting(streamOf(form)) && sameForm(asked(owner), asked(form));
      this.replace(form, allow_absent === true || rule.allow_absent === true || isKept);
    }
    for (const [stream, form] of this.before) {
      if (streams.has(stream) || !isMeant(form)) continue;
      this.after.delete(stream);
      this.deeds.push({ word: 'deleted', form });
    }
  }

  private isWaiting(stream: string): boolean {
    return this.rules.get(stream)?.allow_absent === true;
  }
}

/** What a message asks of the network. */
function asked({ source, group, iif, outputs, among, exclude }: Form): Form {
  return { source, group, iif, outputs, ...(among === undefined ? {} : { among }), exclude, isLeased: false };
}

/** Those of both; where both name one, with the threshold of the newer. */
function united(before: Form['outputs'], newer: Form['outputs']): Form['outputs'] {
  if (before === 'members' || newer === 'members') return before;
  const kept = before.filter(({ name }: Output) => !newer.some((output) => output.name === name));
  return [...kept, ...newer].sort((a, b) => (a.name < b.name ? -1 : 1));
}
