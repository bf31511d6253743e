// A controller on the fake kernel whose routes learn, open outputs for hosts and end by themselves, and all that may happen meanwhile, at
// random. There is no model of what should come of it: kernel, registry, state and file have to agree, and each learnt entry has to be
// that of the route that wins.

import { deepEqual, equal } from 'node:assert/strict';
import type { IpVersion } from '../../../src/abi/address';
import type { RouteState, StateAnswer } from '../../../src/controller/answers';
import { oifName } from '../../../src/controller/answers';
import { visible } from '../../fake/table';
import type { Random } from '../../lab/random';
import { until } from '../../lab/until';
import type { Bench } from '../bench';
import { checkLearnt } from './learnt';
import { Links } from './links';
import { Things } from './things';
import { SENDERS, Traffic, versionOf } from './traffic';

const GROUPS = ['239.1.0.0/16', '239.1.1.0/24', '239.1.1.1', '239.1.2.2', 'ff3e::/16', 'ff3e::/120', 'ff3e::1'];
const PREFIXES = { 4: '10.0.0.0/24', 6: 'fd00::/64' };
/** Each makes the next repair wait longer. */
const MAX_DRIFTS = 3;

const isOwn = (rule: RouteState): boolean => rule.learnt !== true && rule.state !== 'foreign';

export class StreamChaos {
  /** What may happen, and how many messages were answered and failed. */
  readonly things: Things;
  private readonly links: Links;
  private readonly traffic: Traffic;
  private drifts = 0;
  private succession = Promise.resolve();

  constructor(
    private readonly bench: Bench,
    private readonly random: Random,
  ) {
    this.links = new Links(bench.kernel, random);
    this.traffic = new Traffic(bench.kernel, random, () => this.links.present);
    this.things = new Things(random, [
      [30, 'message', () => this.send()],
      [8, 'refused message', () => this.refused()],
      [60, 'packet', () => this.traffic.receive()],
      [15, 'host', () => this.traffic.report()],
      [8, 'deletion', () => this.links.delete()],
      [8, 'return', () => this.links.return()],
      [4, 'rename', () => this.links.rename()],
      [3, 'new link of the same name', () => this.links.remake()],
      [2, 'drift', () => this.drift()],
      [3, 'lost events', () => this.bench.kernel.loseEvents()],
      [3, 'successor', () => this.succeed()],
      [20, 'turn', () => new Promise(setImmediate)],
    ]);
  }

  /** Some things happen, one after the other or all at once; then all agrees. */
  async step(): Promise<void> {
    const isAtOnce = this.random.chance(30);
    const all: Promise<void>[] = [];
    for (let n = 1 + this.random.below(6); n > 0; n--) {
      all.push(this.happen());
      if (!isAtOnce) await Promise.all(all);
    }
    await Promise.all(all);
    await this.check();
  }

  private async happen(): Promise<void> {
    await this.things.pick().happen();
  }

  private async send(): Promise<void> {
    const { controller } = this.bench;
    const { random } = this;
    const groups = random.some(GROUPS).slice(0, 1 + random.below(3));
    const task = random.chance(65)
      ? controller.add(groups.map((group) => this.route(group)))
      : controller.del(groups.map((group) => ({ group, source: this.source(group) })));
    await task.then(
      () => this.things.count('answered'),
      () => this.things.count('failed'),
    );
  }

  private source(group: string): string {
    const { random } = this;
    const version = versionOf(group);
    return random.pick(['*', '*', PREFIXES[version], random.pick(SENDERS[version])]);
  }

  private route(group: string): object {
    const { random, links } = this;
    const [iif = '', ...others] = random.some(links.present);
    const oifs = random.chance(25) || others.length === 0 ? 'members' : others;
    return {
      group,
      source: this.source(group),
      iif: random.pick([iif, '*', 'in+', 'link+']),
      oifs,
      allow_absent: random.chance(50),
      ...(random.chance(10) ? { expires_in: 0.001 * (1 + random.below(20)) } : {}),
      ...(random.chance(10) ? { label: 'label' } : {}),
      ...(random.chance(10) && group.includes('/') ? { exclude: [random.pick(SENDERS[versionOf(group)])] } : {}),
    };
  }

  private async refused(): Promise<void> {
    this.bench.kernel.failAt(1 + this.random.below(6));
    await this.send();
    this.bench.kernel.recover();
  }

  /** Another program deletes entries of ours. */
  private drift(): void {
    if (this.drifts++ >= MAX_DRIFTS) return;
    const { kernel } = this.bench;
    for (const version of [4, 6] as const) {
      for (const key of Object.keys(kernel.table(version)?.entries ?? {})) {
        const [source = '', group = ''] = key.slice(1, -1).split(', ');
        if (this.random.chance(50))
          kernel.otherProgram(version).delMfc({ version, source, group, parent: 0, outputs: [] });
      }
    }
  }

  /** One after the other: a controller has one successor. */
  private succeed(): Promise<void> {
    this.succession = this.succession.then(() => this.replace());
    return this.succession;
  }

  private async replace(): Promise<void> {
    const estate = await this.bench.controller.handOver(undefined);
    this.links.anything();
    this.bench.replace([{ handOver: async () => estate, close: async () => undefined }]);
    this.drifts = 0;
    await this.bench.controller.open();
  }

  async check(): Promise<void> {
    const agrees = (): Promise<boolean> =>
      this.checkNow().then(
        () => true,
        () => false,
      );
    await until(agrees, 'all should agree').catch(() => this.checkNow());
  }

  private async checkNow(): Promise<void> {
    const { bench } = this;
    const { state } = await bench.observe();
    for (const version of [4, 6] as const) this.checkTable(state, version);
    const learnt = state.mfc_rules.filter((rule) => rule.learnt === true);
    for (const rule of learnt) checkLearnt(bench.kernel, rule, state.mfc_rules);
    const saved = await bench.savedRules();
    const own = state.mfc_rules.filter(isOwn);
    deepEqual(
      saved.map(({ source, group, iif }) => `${source} ${group} ${iif}`).sort(),
      own.map(({ source, group, iif }) => `${source} ${group} ${iif}`).sort(),
    );
    const odd = bench.warnings.filter(({ cause }) => cause.errno !== 'ENOBUFS').map(({ message }) => message);
    deepEqual(
      odd.filter((message) => !message.startsWith('Another program deleted or changed')),
      [],
    );
  }

  /** Entry by entry and VIF by VIF. */
  private checkTable({ mfc_rules, ...maps }: StateAnswer, version: IpVersion): void {
    const { kernel } = this.bench;
    const vifs = version === 4 ? maps.vif_map : maps.vif6_map;
    const vifiOf = (name: string): number => vifs[name]?.vifi ?? -1;
    const table = kernel.table(version);
    const expected = mfc_rules.flatMap(({ source, group, iif, oifs, state, streams }) => {
      if (versionOf(group) !== version || streams !== undefined || state === 'pending') return [];
      const outputs = oifs.map(oifName).filter((name) => kernel.findLink(name) !== undefined);
      const ttls = [...outputs, ...(source === '*' ? [iif] : [])].map((name) => [vifiOf(name), 1]);
      return [[`(${source}, ${group})`, { parent: vifiOf(iif), outputs: Object.fromEntries(ttls) }]];
    });
    deepEqual((table && visible(table).entries) ?? {}, Object.fromEntries(expected));
    deepEqual(table?.vifs ?? {}, Object.fromEntries(Object.values(vifs).map(({ vifi, ifindex }) => [vifi, ifindex])));
    for (const [name, { ref_count }] of Object.entries(vifs)) equal(ref_count > 0, true, `${name} is used`);
  }
}
