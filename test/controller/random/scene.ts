// A controller with guard rails on the fake kernel, and what must hold of it whenever nothing is under way.

import { deepEqual, equal } from 'node:assert/strict';
import type { RouteState, StateAnswer } from '../../../src/controller/answers';
import type { Estate } from '../../../src/controller/succession';
import type { Random } from '../../lab/random';
import { until } from '../../lab/until';
import type { Bench } from '../bench';
import { die } from './death';
import { formOf, formsOf, isOwn, streamOf, written } from './forms';
import { KernelCheck } from './kernel-check';
import { checkLearnt } from './learnt';
import { Links } from './links';
import { Railed, randomRails } from './railed';
import { ToldRoutes, toldState } from './told-routes';
import { LEASE } from './wishes';
import { Witness } from './witness';

const IPV6 = { group: 'ff3e::1', iif: 'none', oifs: 'members', dry_run: true };
const turn = (): Promise<void> => new Promise(setImmediate);

/** What a message that is refused must leave as it was. */
export interface View {
  readonly rules: readonly RouteState[];
  /** Those that somebody asked for. */
  readonly own: readonly RouteState[];
  readonly all: object;
}

export class Scene {
  readonly links: Links;
  readonly witness: Witness;
  railed = new Railed({});
  private watched: string[] = [];
  private told: ToldRoutes | undefined;

  constructor(
    readonly bench: Bench,
    readonly random: Random,
  ) {
    this.links = new Links(bench.kernel, random);
    this.witness = new Witness(bench.kernel);
  }

  /** The table of IPv6 opens with the first message about it; from then on a dry run changes nothing. */
  async open(): Promise<void> {
    const { controller } = this.bench;
    await controller.add(IPV6).catch(() => undefined);
    this.told = new ToldRoutes(controller, (await controller.state({})).mfc_rules);
  }

  /** An interface gets another name. What is watched goes on being watched. */
  rename(): void {
    const { from, to } = this.links.rename();
    this.watched = this.watched.map((name) => (name === from ? to : name));
  }

  /** A cable is pulled out, or put in again. */
  plug(): void {
    const { kernel } = this.bench;
    const name = this.random.pick(this.links.present);
    kernel.setLink(name, { running: kernel.findLink(name)?.running === false });
  }

  /** With other guard rails. What messages have made stays, but where the controller itself makes a route now. */
  async restart(end: 'stop' | 'hand over' | 'die'): Promise<void> {
    const { bench, random } = this;
    const { own } = await this.look();
    const made = own.filter((rule) => !this.railed.isReserved(formOf(rule)));
    this.told?.end();
    this.railed = new Railed(randomRails(random));
    this.watched = random.pick([[], ['in+'], ['in1', 'out+']]);
    const estate = await this.end(end);
    const before = estate && { handOver: async () => estate, close: async () => undefined };
    bench.replace(before === undefined ? [] : [before], this.railed.settings, this.watched.join(', '));
    await bench.controller.open();
    await this.open();
    const expected = new Map([...formsOf(made), ...formsOf(this.railed.reserved)]);
    const now = await this.look();
    deepEqual(written(now.own.map(formOf)), written(expected.values()), 'what was saved, and what is reserved');
  }

  /** Answers what a successor gets. */
  private async end(how: 'stop' | 'hand over' | 'die'): Promise<Estate | undefined> {
    const { bench } = this;
    if (how === 'hand over') return bench.controller.handOver(undefined);
    if (how === 'die') return { sockets: await die(bench), joins: [], unsent: new Map() };
    await bench.stop();
    return undefined;
  }

  /** When all that was going on is done. */
  async look(): Promise<View> {
    const { bench } = this;
    for (let n = 0; n < 3; n++) {
      await bench.controller.state({});
      await turn();
    }
    await this.untilSaved();
    // Its answer waits for what is being saved.
    await bench.controller.set({ mfc_rules: [], label: 'nobody' }, { dry_run: true });
    const { kernel, file, state } = await bench.observe();
    const { mfc_rules, vif_map, vif6_map } = state;
    const rules = mfc_rules.map(({ expires_in, ...rule }) =>
      expires_in === undefined ? rule : { ...rule, expires_in: LEASE },
    );
    return { rules, own: rules.filter(isOwn), all: { kernel, file, rules, vif_map, vif6_map } };
  }

  /** What no message has changed, such as a new name, is saved a little later. */
  private async untilSaved(): Promise<void> {
    const { mfc_rules } = await this.bench.controller.state({});
    const wanted = written(mfc_rules.filter((rule) => isOwn(rule) && rule.reserved !== true).map(formOf));
    const saved = async (): Promise<string[]> => written((await this.bench.savedRules()).map(formOf));
    await until(async () => (await saved()).join() === wanted.join(), 'saved').catch(async () =>
      deepEqual(await saved(), wanted, 'the file'),
    );
  }

  /** State, registry, kernel, file, status and events say the same. */
  async check(): Promise<void> {
    const { bench, links, railed, watched, witness } = this;
    await this.look();
    const state = await bench.controller.state({});
    const own = state.mfc_rules.filter(isOwn);
    equal(new Set(own.map(streamOf)).size, own.length, 'no stream has two routes');
    new KernelCheck(bench.kernel, links.present, watched).check(state);
    for (const rule of state.mfc_rules) if (rule.learnt === true) checkLearnt(bench.kernel, rule, state.mfc_rules);
    witness.check();
    for (const rule of own) equal(rule.reserved === true, railed.isReserved(formOf(rule)), streamOf(rule));
    this.checkStatus(own);
    await this.told?.check(state.mfc_rules);
    const odd = bench.warnings.filter(({ cause }) => cause.errno !== 'ENOBUFS');
    deepEqual(
      odd.map(({ message }) => message),
      [],
    );
  }

  private checkStatus(own: StateAnswer['mfc_rules']): void {
    const { routes, pending, degraded } = this.bench.controller.status;
    const waiting = own.filter(({ state }) => state === 'pending').length;
    const partial = own.filter((rule) => toldState(rule) === 'degraded').length;
    deepEqual([routes, pending, degraded], [own.length, waiting, partial], 'the status');
  }
}
