// A controller on the fake kernel, and all that may happen to it, at random: messages, refusals, a broken disk, interfaces that go, come
// and change names, other programs, events that are late or lost, successors, and processes that die.

import { deepEqual } from 'node:assert/strict';
import type { IpVersion } from '../../src/abi/address';
import type { MfcEntry } from '../../src/abi/family';
import type { MrouteSocket } from '../../src/kernel/kernel';
import type { Rule } from '../../src/routing/route';
import { visible } from '../fake/table';
import { until } from '../lab/until';
import { type Bench, LINKS } from './bench';
import { checkConsistent } from './consistent';
import { type Model, type Random, send, sorted } from './random';

const VERSIONS = [4, 6] as const;
const FOREIGN: [IpVersion, string, string][] = [
  [4, '10.9.9.1', '239.9.9.1'],
  [4, '*', '239.9.9.2'],
  [6, 'fd00::9', 'ff3e::9'],
];
/** Every one makes the next repair wait longer. */
const MAX_DRIFTS = 4;

export class Chaos {
  /** How often each thing has happened, and how many messages failed. */
  readonly counts = new Map<string, number>();
  private readonly there = new Set(LINKS);
  private readonly gone = new Set<string>();
  /** Entries of other programs, as they wrote them. */
  private readonly foreign = new Map<string, MfcEntry>();
  private names = 0;
  private drifts = 0;
  /** Something was refused that is tried again after a pause. */
  private isLate = false;

  private readonly things: [weight: number, name: string, thing: () => void | Promise<void>][] = [
    [30, 'message', () => this.send()],
    [15, 'refused message', () => this.refused()],
    [5, 'broken disk', () => this.broken()],
    [6, 'rename', () => this.rename()],
    [12, 'deletion', () => this.delLink()],
    [12, 'return', () => this.returnLink()],
    [4, 'new link of the same name', () => this.remake()],
    [3, 'drift', () => this.drift()],
    [5, 'foreign entry', () => this.writeForeign()],
    [2, 'taken over', () => this.takeOver()],
    [4, 'lost events', () => this.bench.kernel.loseEvents()],
    [4, 'late events', () => this.bench.kernel.holdEvents()],
    [3, 'successor', () => this.succeed()],
    [3, 'death', () => this.die()],
  ];

  constructor(
    private readonly bench: Bench,
    private readonly model: Model,
    private readonly random: Random,
  ) {}

  /** What has not happened once. */
  get missed(): string[] {
    return this.things.map(([, name]) => name).filter((name) => !this.counts.has(name));
  }

  /** Some things happen; then all agrees. */
  async step(): Promise<void> {
    for (let n = 1 + this.random.below(3); n > 0; n--) await this.happen();
    await this.check();
  }

  /** Other programs clean up. */
  end(): void {
    for (const entry of this.foreign.values()) this.bench.kernel.otherProgram(entry.version).delMfc(entry);
  }

  private async happen(): Promise<void> {
    const { random, things } = this;
    let at = random.below(things.reduce((sum, [weight]) => sum + weight, 0));
    const thing = things.find(([weight]) => {
      at -= weight;
      return at < 0;
    });
    if (thing === undefined) return;
    const [, name, action] = thing;
    this.count(name);
    await action();
  }

  private count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  private async send(): Promise<void> {
    const { bench, model, random } = this;
    const answer = await send(bench.controller, model, random, [...this.there, ...this.gone]);
    this.count(answer === undefined ? 'failed' : 'answered');
  }

  private async refused(): Promise<void> {
    this.bench.kernel.failAt(1 + this.random.below(8));
    await this.send();
    this.bench.kernel.recover();
    this.isLate = true;
  }

  private async broken(): Promise<void> {
    await this.check(); // a new name has to be saved before
    await this.bench.breakDisk();
    await this.send();
    await this.bench.mendDisk();
  }

  /** To a new name, or to that of one that is gone. */
  private async rename(): Promise<void> {
    await this.check(); // what happened before it decides which routes follow
    const { random, there, gone } = this;
    const from = random.pick([...there]);
    const to = gone.size > 0 && random.chance(30) ? random.pick([...gone]) : `link${++this.names}`;
    this.bench.kernel.renameLink(from, to);
    this.model.rename(from, to, (name) => there.has(name));
    gone.delete(to);
    gone.add(from);
    there.delete(from);
    there.add(to);
    await this.check();
  }

  private delLink(): void {
    if (this.there.size <= 2) return;
    const name = this.random.pick([...this.there]);
    this.bench.kernel.delLink(name);
    this.there.delete(name);
    this.gone.add(name);
  }

  private returnLink(): void {
    if (this.gone.size === 0) return;
    const name = this.random.pick([...this.gone]);
    this.bench.kernel.addLink(name);
    this.gone.delete(name);
    this.there.add(name);
  }

  private remake(): void {
    const names = this.random.some([...this.there]);
    for (const name of names) this.bench.kernel.delLink(name);
    for (const name of names.reverse()) this.bench.kernel.addLink(name);
  }

  /** Another program deletes or changes some of our entries. */
  private drift(): void {
    if (this.drifts === MAX_DRIFTS) return;
    this.drifts++;
    for (const { source, group } of this.model.rules.values()) {
      if (!this.random.chance(50)) continue;
      const entry = this.entry(group.includes(':') ? 6 : 4, source, group);
      const others = this.bench.kernel.otherProgram(entry.version);
      if (this.random.chance(50)) others.delMfc(entry);
      else if (this.has(entry)) others.addMfc(entry);
    }
    this.isLate = true;
  }

  /** Another program writes an entry of its own, or deletes it; not in the moment in which a VIF goes that it uses. */
  private async writeForeign(): Promise<void> {
    await this.check();
    const [version, source, group] = this.random.pick(FOREIGN);
    if (this.bench.kernel.ownerFd(version) === undefined) return; // it would be nobody's business
    const others = this.bench.kernel.otherProgram(version);
    const key = `(${source}, ${group})`;
    const before = this.foreign.get(key);
    if (before !== undefined) {
      this.foreign.delete(key);
      others.delMfc(before);
      return;
    }
    const entry = this.entry(version, source, group);
    this.foreign.set(key, entry);
    others.addMfc(entry);
    await this.check();
  }

  /** A route for a stream that another program may have an entry for; and that route goes again. */
  private async takeOver(): Promise<void> {
    const [, source, group] = this.random.pick(FOREIGN);
    const key = `(${source}, ${group})`;
    const [iif = '', ...oifs] = this.there;
    const rule: Rule = { source, group, iif, oifs };
    await this.bench.controller.add(rule);
    this.foreign.delete(key);
    this.model.rules.set(key, rule);
    await this.check();
    await this.bench.controller.del({ source, group });
    this.model.rules.delete(key);
  }

  /** Another controller takes over from this one, after a while in which nobody cares. */
  private async succeed(): Promise<void> {
    const before = this.bench.controller;
    const sockets = await before.handOver(undefined);
    this.outside();
    await this.openAfter(sockets);
  }

  /** The process dies; somebody holds its sockets, and gives them to the next one. */
  private async die(): Promise<void> {
    await this.check(); // what was not saved yet would be saved by the old one here, which is not dead in truth
    const { kernel, controller } = this.bench;
    const holders = VERSIONS.flatMap((version) => {
      const fd = kernel.ownerFd(version);
      return fd === undefined ? [] : [{ version, holder: kernel.hold(fd) }];
    });
    kernel.kill();
    await controller.close();
    this.outside();
    const sockets = new Map<IpVersion, MrouteSocket>();
    for (const { version, holder } of holders) {
      const socket = kernel.adoptMroute(version, undefined, holder.give());
      holder.letGo();
      this.leaveUnsaved(version, socket);
      sockets.set(version, socket);
    }
    await this.openAfter(sockets);
  }

  /** Interfaces come and go. One that is renamed is not followed by its routes: nobody sees what it was. */
  private outside(): void {
    if (this.random.chance(30)) this.delLink();
    if (this.random.chance(30)) this.returnLink();
    if (this.random.chance(30)) this.remake();
    if (!this.random.chance(30)) return;
    const from = this.random.pick([...this.there]);
    const to = `link${++this.names}`;
    this.bench.kernel.renameLink(from, to);
    this.there.delete(from);
    this.gone.add(from);
    this.there.add(to);
  }

  /** The last thing that the process did it did not live to save. */
  private leaveUnsaved(version: IpVersion, socket: MrouteSocket): void {
    if (this.random.chance(50)) return;
    const free = Array.from({ length: 32 }, (_, vifi) => vifi).find((vifi) => !socket.vifIndices().has(vifi)) ?? 0;
    const ifindex = this.bench.kernel.findLink(this.random.pick([...this.there]))?.ifindex ?? -1;
    if (!Array.from(socket.vifIndices().values()).includes(ifindex)) socket.addVif(free, ifindex);
    socket.addMfc(
      this.entry(version, version === 4 ? '10.0.0.77' : 'fd00::77', version === 4 ? '239.7.7.7' : 'ff3e::7'),
    );
  }

  private async openAfter(sockets: Map<IpVersion, MrouteSocket>): Promise<void> {
    this.bench.replace([{ handOver: async () => sockets, close: async () => undefined }]);
    this.drifts = 0;
    await this.bench.controller.open();
  }

  private entry(version: IpVersion, source: string, group: string): MfcEntry {
    const numbers = Object.keys(this.bench.kernel.table(version)?.vifs ?? {}).map(Number);
    const [parent = 0, ...outputs] = numbers.length > 0 ? this.random.some(numbers) : [];
    return { version, source, group, parent, outputs: outputs.map((vifi) => ({ vifi, threshold: 1 })) };
  }

  private has({ version, source, group }: MfcEntry): boolean {
    return this.bench.kernel.table(version)?.entries[`(${source}, ${group})`] !== undefined;
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
    const { bench, gone, model } = this;
    bench.kernel.releaseEvents();
    const { state } = await bench.observe();
    checkConsistent(
      state,
      (version) => {
        const table = bench.kernel.table(version);
        return table && visible(table);
      },
      (name) => gone.has(name),
    );
    this.checkForeign(state.mfc_rules.filter((rule) => rule.state === 'foreign'));
    const wanted = sorted(model.rules.values());
    deepEqual(sorted(state.mfc_rules.filter((rule) => rule.state !== 'foreign')), wanted);
    await until(async () => JSON.stringify(sorted(await bench.savedRules())) === JSON.stringify(wanted), 'saved').catch(
      async () => deepEqual(sorted(await bench.savedRules()), wanted),
    );
    const odd = bench.warnings.filter(({ message }) => !message.startsWith('Another program deleted or changed'));
    deepEqual(odd, []);
  }

  /** They are all shown, and as they were written. An output without a VIF was never written. */
  private checkForeign(shown: readonly { source: string; group: string }[]): void {
    const keys = shown.map(({ source, group }) => `(${source}, ${group})`);
    deepEqual(keys.sort(), Array.from(this.foreign.keys()).sort());
    for (const version of VERSIONS) {
      const entries = this.bench.kernel.table(version)?.entries ?? {};
      for (const [key, { parent, outputs, ...entry }] of this.foreign) {
        if (entry.version !== version) continue;
        const numbers = outputs.map(({ vifi, threshold }) => [vifi, threshold]);
        deepEqual(entries[key], { parent, outputs: Object.fromEntries(numbers) });
      }
    }
  }
}
