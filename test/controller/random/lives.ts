// Config nodes that come and go in any order, as deploys that overtake each other make them, and what is asked of their controllers.

import { deepEqual } from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { Controller, ControllerOptions } from '../../../src/controller/controller';
import { claim, expect, park, sweep } from '../../../src/controller/parking';
import type { Kernel } from '../../../src/kernel/kernel';
import type { Random } from '../../lab/random';
import { until } from '../../lab/until';
import { SlowDisk } from './slow-disk';

const ROUTE = { source: '10.0.0.1', iif: 'in1', oifs: ['out1'] };
const TABLES = ['', '100'];
/** What a route may have that somebody has to remember, seconds. */
const OPTIONS = [{}, {}, { expires_in: 600 }, { alarm: { idle: 600 } }];
/** Seconds: at once, soon, and not before it is swept. */
const GRACES = [0, 0.02, 30];
const LONGEST_REST_MS = 40;

/** A config node, which has a file of its own. */
interface Life {
  readonly name: string;
  options: ControllerOptions;
  controller?: Controller | undefined;
}

/** A message that asks for a route. */
interface Asked {
  readonly life: Life;
  readonly group: string;
  answer?: string;
}

export interface LivesOptions {
  readonly kernel: Kernel;
  /** Whether sockets may be kept by another process. */
  readonly keeps: boolean;
}

export class Lives {
  readonly asked: Asked[] = [];
  private readonly disk: SlowDisk;
  private readonly lives: Life[];

  private constructor(
    private readonly folder: string,
    private readonly random: Random,
    private readonly options: LivesOptions,
  ) {
    this.disk = new SlowDisk(random);
    this.lives = ['a', 'b'].map((name) => ({ name, options: this.optionsFor(name) }));
  }

  static async open(random: Random, options: LivesOptions): Promise<Lives> {
    return new Lives(await mkdtemp(join(tmpdir(), 'mfc-lives-')), random, options);
  }

  /** Nothing of this waits for what it begins. */
  async step(): Promise<void> {
    const { random } = this;
    const life = random.pick(this.lives);
    switch (random.pick(['begin', 'begin', 'leave', 'deploy', 'ask', 'ask', 'ask', 'sweep', 'disk', 'rest', 'turn'])) {
      case 'begin':
        expect(life.options);
        this.begin(life);
        break;
      case 'leave':
        this.leave(life);
        break;
      case 'deploy':
        await this.deploy();
        break;
      case 'ask':
        this.ask(life);
        break;
      case 'sweep':
        void sweep();
        break;
      case 'disk':
        this.disk.failures = random.pick([0, 0, 10]);
        break;
      case 'rest':
        await pause(random.below(LONGEST_REST_MS));
        break;
      case 'turn':
        await nextTurn();
        break;
    }
  }

  /** One is left, and has what it has answered. */
  async settle(): Promise<void> {
    this.disk.failures = 0;
    for (const life of this.lives) this.leave(life);
    const last = this.random.pick(this.lives);
    last.options = this.optionsFor(last.name);
    this.begin(last);
    const controller = last.controller;
    void sweep();
    await until(
      () => controller?.status.state === 'open',
      () => `A controller should open: ${JSON.stringify(controller?.status)}`,
    );
    const late = (): Asked[] => this.asked.filter(({ answer }) => answer === undefined);
    await until(
      () => late().length === 0,
      () => `${late().length} messages should be answered.`,
    );
    const groups = ({ group }: { group: string }): string => group;
    const added = this.asked.filter(({ life, answer }) => life === last && answer === 'success').map(groups);
    deepEqual((await controller?.state({}))?.mfc_rules.map(groups).sort(), added.sort());
    deepEqual(controller?.status.pending, 0);
    await until(this.end(), 'All controllers should close.');
  }

  async close(): Promise<void> {
    this.end();
    this.disk.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Nobody is wanted any more. Answers whether nobody is left. */
  private end(): () => boolean {
    for (const life of this.lives) this.leave(life);
    let isOver = false;
    void sweep().then(() => {
      isOver = true;
    });
    return () => isOver;
  }

  private optionsFor(name: string): ControllerOptions {
    const { random, folder } = this;
    const { kernel, keeps } = this.options;
    const stateFile = join(folder, `${name}.json`);
    const options = { kernel, stateFile, table: random.pick(TABLES), meterInterval: random.pick(['', '2']) };
    if (!keeps) return options;
    return { ...options, keepForwarding: random.chance(50), keeping: { id: name, directory: folder, seconds: 20 } };
  }

  private begin(life: Life): void {
    if (life.controller !== undefined) return;
    life.controller = claim(life.options);
    life.controller.open().catch(() => undefined); // it tries again
  }

  private leave(life: Life): void {
    if (life.controller === undefined) return;
    park(life.controller, life.options, this.random.pick(GRACES));
    life.controller = undefined;
  }

  /** As Node-RED does it: nodes go, config nodes come, others come that use some of them, and all is told when it has begun. */
  private async deploy(): Promise<void> {
    for (const life of this.random.some(this.lives)) {
      this.leave(life);
      if (this.random.chance(70) && life.controller === undefined) life.options = this.optionsFor(life.name);
    }
    if (this.random.chance(30)) await nextTurn();
    for (const { controller, options } of this.lives) if (controller === undefined) expect(options);
    for (const life of this.random.some(this.lives)) this.begin(life);
    void sweep();
  }

  private ask(life: Life): void {
    if (life.controller === undefined) return;
    const asked: Asked = { life, group: `239.1.1.${this.asked.length}` };
    this.asked.push(asked);
    const settle = (answer: string): void => {
      asked.answer = asked.answer === undefined ? answer : `${asked.answer} and ${answer}`;
    };
    life.controller.add({ ...ROUTE, ...this.random.pick(OPTIONS), group: asked.group }).then(
      ({ status }) => settle(status),
      ({ code }) => settle(String(code)),
    );
  }
}
