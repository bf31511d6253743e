// A controller on the fake kernel, and all that may happen to it, at random: messages, refusals, a broken disk, interfaces that go, come
// and change names, other programs, events that are late or lost, successors, and processes that die.

import { deepEqual, equal } from 'node:assert/strict';
import type { IpVersion } from '../../../src/abi/address';
import type { MrouteSocket } from '../../../src/kernel/kernel';
import type { Rule } from '../../../src/routing/route';
import { visible } from '../../fake/table';
import type { Random } from '../../lab/random';
import { until } from '../../lab/until';
import type { Bench } from '../bench';
import { checkConsistent } from '../consistent';
import { die } from './death';
import { Links } from './links';
import { type Model, send, sorted } from './model';
import { Others } from './others';
import { Things } from './things';

/** Every one makes the next repair wait longer. */
const MAX_DRIFTS = 4;

export class Chaos {
  /** What may happen, and how many messages were answered and failed. */
  readonly things: Things;
  private readonly links: Links;
  private readonly others: Others;
  private drifts = 0;
  /** Something was refused that is tried again after a pause. */
  private isLate = false;

  constructor(
    private readonly bench: Bench,
    private readonly model: Model,
    private readonly random: Random,
  ) {
    this.links = new Links(bench.kernel, random);
    this.others = new Others(bench.kernel, random);
    this.things = new Things(random, [
      [30, 'message', () => this.send()],
      [15, 'refused message', () => this.refused()],
      [5, 'broken disk', () => this.broken()],
      [6, 'rename', () => this.rename()],
      [12, 'deletion', () => this.links.delete()],
      [12, 'return', () => this.links.return()],
      [4, 'new link of the same name', () => this.links.remake()],
      [3, 'drift', () => this.drift()],
      [5, 'foreign entry', () => this.writeForeign()],
      [4, 'taken over', () => this.takeOver()],
      [4, 'lost events', () => this.bench.kernel.loseEvents()],
      [4, 'late events', () => this.bench.kernel.holdEvents()],
      [3, 'successor', () => this.succeed()],
      [3, 'death', () => this.die()],
    ]);
  }

  /** Some things happen; then all agrees. */
  async step(): Promise<void> {
    for (let n = 1 + this.random.below(3); n > 0; n--) await this.happen();
    await this.check();
  }

  /** Other programs clean up. */
  end(): void {
    this.others.end();
  }

  private async happen(): Promise<void> {
    await this.things.pick().happen();
  }

  private async send(): Promise<void> {
    const { bench, model, random } = this;
    const answer = await send(bench.controller, model, random, this.links.all);
    this.things.count(answer === undefined ? 'failed' : 'answered');
  }

  private async refused(): Promise<void> {
    this.bench.kernel.failAt(1 + this.random.below(8));
    await this.send();
    this.bench.kernel.recover();
    this.isLate = true;
  }

  private async broken(): Promise<void> {
    await this.check();
    await this.untilSaved();
    await this.bench.breakDisk();
    await this.send();
    await this.bench.mendDisk();
  }

  /** A new name is saved without a message. A route that is there already changes nothing, and its answer waits for that. */
  private async untilSaved(): Promise<void> {
    const [rule] = this.model.rules.values();
    if (rule !== undefined) equal((await this.bench.controller.add(rule, { allow_absent: true })).changed, false);
  }

  private async rename(): Promise<void> {
    await this.check(); // what happened before it decides which routes follow
    const there = new Set(this.links.present);
    const { from, to } = this.links.rename();
    this.model.rename(from, to, (name) => there.has(name));
    await this.check();
  }

  private drift(): void {
    if (this.drifts === MAX_DRIFTS) return;
    this.drifts++;
    this.others.meddle(this.model.rules.values());
    this.isLate = true;
  }

  /** Not in the moment in which a VIF goes that the entry uses. */
  private async writeForeign(): Promise<void> {
    await this.check();
    this.others.write();
    await this.check();
  }

  /** A route for a stream that another program may have an entry for; and that route goes again. */
  private async takeOver(): Promise<void> {
    const { source, group } = this.others.stream();
    const [iif = '', ...oifs] = this.links.present;
    const rule: Rule = { source, group, iif, oifs };
    await this.bench.controller.add(rule);
    this.others.lose(rule);
    this.model.rules.set('taken over', rule);
    await this.check();
    await this.bench.controller.del({ source, group });
    this.model.rules.delete('taken over');
  }

  /** Another controller takes over from this one, after a while in which nobody cares, nor sees that an interface is renamed. */
  private async succeed(): Promise<void> {
    const before = this.bench.controller;
    const { sockets } = await before.handOver(undefined);
    this.links.anything();
    await this.openAfter(sockets);
  }

  /** The process dies; somebody holds its sockets, and gives them to the next one. */
  private async die(): Promise<void> {
    await this.check(); // what was not saved yet would be saved by the old one here, which is not dead in truth
    const sockets = await die(this.bench, () => this.links.anything());
    for (const [version, socket] of sockets) this.leaveUnsaved(version, socket);
    await this.openAfter(sockets);
  }

  /** The last thing that the process did it did not live to save. */
  private leaveUnsaved(version: IpVersion, socket: MrouteSocket): void {
    if (this.random.chance(50)) return;
    const free = Array.from({ length: 32 }, (_, vifi) => vifi).find((vifi) => !socket.vifIndices().has(vifi)) ?? 0;
    const ifindex = this.bench.kernel.findLink(this.random.pick(this.links.present))?.ifindex ?? -1;
    if (!Array.from(socket.vifIndices().values()).includes(ifindex)) socket.addVif(free, ifindex);
    socket.addMfc(
      this.others.entry(version, version === 4 ? '10.0.0.77' : 'fd00::77', version === 4 ? '239.7.7.7' : 'ff3e::7'),
    );
  }

  private async openAfter(sockets: ReadonlyMap<IpVersion, MrouteSocket>): Promise<void> {
    this.bench.replace([
      { handOver: async () => ({ sockets, joins: [], unsent: new Map() }), close: async () => undefined },
    ]);
    this.drifts = 0;
    await this.bench.controller.open();
  }

  /** What was refused is there after a pause; everything else is there already. */
  async check(): Promise<void> {
    if (this.isLate) await until(() => this.agrees(), 'all should agree').catch(() => this.checkNow());
    else await this.checkNow();
    this.isLate = false;
  }

  private agrees(): Promise<boolean> {
    return this.checkNow().then(
      () => true,
      () => false,
    );
  }

  private async checkNow(): Promise<void> {
    const { bench, links, model } = this;
    bench.kernel.releaseEvents();
    const { state } = await bench.observe();
    checkConsistent(
      state,
      (version) => {
        const table = bench.kernel.table(version);
        return table && visible(table);
      },
      (name) => links.isGone(name),
    );
    this.others.check(state.mfc_rules.filter((rule) => rule.state === 'foreign'));
    const wanted = sorted(model.rules.values());
    deepEqual(sorted(state.mfc_rules.filter((rule) => rule.state !== 'foreign')), wanted);
    await until(async () => JSON.stringify(sorted(await bench.savedRules())) === JSON.stringify(wanted), 'saved').catch(
      async () => deepEqual(sorted(await bench.savedRules()), wanted),
    );
    const odd = bench.warnings.filter(({ message }) => !message.startsWith('Another program deleted or changed'));
    deepEqual(odd, []);
  }
}
