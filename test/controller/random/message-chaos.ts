// A controller on the fake kernel, with guard rails, and messages of all kinds at random. Meanwhile streams and hosts come, interfaces go,
// the kernel refuses, the disk is full, and other controllers take over.

import { deepEqual, equal } from 'node:assert/strict';
import { MfcError } from '../../../src/errors';
import type { Random } from '../../lab/random';
import type { Bench } from '../bench';
import { formOf, written } from './forms';
import { MessageJudge } from './message-judge';
import { Scene, type View } from './scene';
import { Things } from './things';
import { Traffic } from './traffic';
import { type Message, plain, Wishes } from './wishes';

export class MessageChaos {
  /** What may happen, and how many messages were answered, failed and recalled. */
  readonly things: Things;
  private readonly scene: Scene;
  private readonly judge: MessageJudge;
  private readonly traffic: Traffic;
  private readonly wishes: Wishes;
  /** For who reads a failure. */
  private last: Message | undefined;

  constructor(
    private readonly bench: Bench,
    private readonly random: Random,
    counts: Map<string, number>,
  ) {
    this.scene = new Scene(bench, random);
    this.judge = new MessageJudge(this.scene);
    const { links } = this.scene;
    this.traffic = new Traffic(bench.kernel, random, () => links.present);
    this.wishes = new Wishes(random, () => links.all);
    this.things = new Things(
      random,
      [
        [40, 'message', () => this.send()],
        [8, 'refusal', () => this.sendRefused()],
        [4, 'full disk', () => this.sendUnsaved()],
        [4, 'crowd', () => this.sendMany()],
        [6, 'echo', () => this.echo()],
        [30, 'packet', () => this.traffic.receive()],
        [12, 'host', () => this.traffic.report()],
        [6, 'deletion', () => this.scene.links.delete()],
        [7, 'return', () => this.scene.links.return()],
        [3, 'rename', () => this.scene.rename()],
        [3, 'new link of the same name', () => this.scene.links.remake()],
        [4, 'plug', () => this.scene.plug()],
        [3, 'lost events', () => this.bench.kernel.loseEvents()],
        [4, 'successor', () => this.scene.restart('hand over')],
        [4, 'death', () => this.scene.restart('die')],
        [4, 'restart', () => this.scene.restart('stop')],
      ],
      counts,
    );
  }

  open(): Promise<void> {
    return this.scene.open();
  }

  /** Something happens; then all agrees. */
  async step(): Promise<void> {
    const { name, happen } = this.things.pick();
    try {
      await happen();
      await this.scene.check();
    } catch (error) {
      throw new Error(`after ${name}, the last message was ${JSON.stringify(this.last)}`, { cause: error });
    }
  }

  private message({ own }: View): Message {
    this.last = this.wishes.message(own.map(plain));
    return this.last;
  }

  private async send(): Promise<void> {
    const before = await this.scene.look();
    const result = await this.judge.send(this.message(before));
    this.things.count(result instanceof MfcError ? 'failed' : 'answered');
    if (result instanceof MfcError || !('previous' in result) || this.random.chance(40)) return;
    if (await this.judge.recall(before, result)) this.things.count('recalled');
  }

  /** The kernel refuses something; what it took is undone. */
  private async sendRefused(): Promise<void> {
    const { scene } = this;
    const before = await scene.look();
    scene.witness.isForgiving = true;
    this.bench.kernel.failAt(1 + this.random.below(8));
    const result = await this.judge.do(this.message(before));
    this.bench.kernel.recover();
    const after = await scene.look();
    scene.witness.isForgiving = false;
    if (result instanceof MfcError) deepEqual(after.all, before.all, 'what fails changes nothing');
  }

  private async sendUnsaved(): Promise<void> {
    const before = await this.scene.look();
    await this.bench.breakDisk();
    const result = await this.judge.do(this.message(before));
    await this.bench.mendDisk();
    const after = await this.scene.look();
    deepEqual(written(after.own.map(formOf)), written(before.own.map(formOf)), 'what is not saved is taken back');
    if (!(result instanceof MfcError)) equal(result.changed, false, 'nothing is answered that is not saved');
    else if (result.code !== 'ERR_MFC_STORE') deepEqual(after.all, before.all);
  }

  private async sendMany(): Promise<void> {
    const before = await this.scene.look();
    await Promise.all(Array.from({ length: 3 }, () => this.judge.do(this.message(before))));
  }

  /** Answers can be sent as they are, and change nothing. */
  private async echo(): Promise<void> {
    const { scene } = this;
    const { controller } = this.bench;
    const before = await scene.look();
    const state = await controller.state({});
    if (state.mfc_rules.some(({ expires_in }) => expires_in !== undefined)) return; // each renewal has another end
    scene.witness.take();
    equal((await controller.set(state)).changed, false, 'the state, set');
    if (state.mfc_rules.length > 0) equal((await controller.add(state.mfc_rules)).changed, false, 'the state, added');
    deepEqual(scene.witness.take(), [], 'the kernel is asked nothing');
    deepEqual((await scene.look()).all, before.all);
  }
}
