// A controller on the fake kernel with a state file of its own, and all that a failure must leave as it was.
//
//   const bench = await Bench.open();
//   const before = await bench.observe(); … deepEqual(await bench.observe(), before);
//   await bench.close();

import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StateAnswer } from '../../src/controller/answers';
import { Controller } from '../../src/controller/controller';
import type { MfcError } from '../../src/errors';
import type { RailSettings } from '../../src/routing/rails';
import type { Rule } from '../../src/routing/route';
import { FakeKernel, type Snapshot } from '../fake/kernel';

type Predecessor = Pick<Controller, 'close' | 'handOver'>;

export interface Observation {
  kernel: Snapshot;
  state: StateAnswer;
  /** Undefined if there is no file. */
  file: string | undefined;
}

/** Seconds: no test is that long, so what is measured does not get between states that are compared. */
const NEVER = 60;
export const LINKS = ['in1', 'in2', 'out1', 'out2', 'out3', 'out4'];

export class Bench {
  readonly warnings: MfcError[] = [];

  private constructor(
    readonly folder: string,
    readonly kernel: FakeKernel,
    public controller: Controller,
  ) {
    this.listen();
  }

  /** With `content`, there is a state file. Not opened yet with `folder`, that of a bench before. */
  static async make(content?: string, kernel = new FakeKernel(...LINKS), folder?: string): Promise<Bench> {
    const own = folder ?? (await mkdtemp(join(tmpdir(), 'mfc-controller-')));
    const stateFile = join(own, 'state.json');
    if (content !== undefined) await writeFile(stateFile, content);
    return new Bench(own, kernel, new Controller({ stateFile, kernel, meterInterval: NEVER }));
  }

  static async open(): Promise<Bench> {
    const bench = await Bench.make();
    await bench.controller.open();
    return bench;
  }

  /** Another controller with the same file takes the place of the one before. */
  replace(predecessors: readonly Predecessor[] = [], rails?: RailSettings, watchInterfaces?: string): void {
    this.controller = new Controller({
      stateFile: this.stateFile,
      kernel: this.kernel,
      meterInterval: NEVER,
      predecessors,
      rails,
      watchInterfaces,
    });
    this.listen();
  }

  get stateFile(): string {
    return join(this.folder, 'state.json');
  }

  async observe(): Promise<Observation> {
    const state = await this.controller.state({});
    return { kernel: this.kernel.snapshot(), state, file: await this.readFile() };
  }

  readFile(): Promise<string | undefined> {
    return readFile(this.stateFile, 'utf8').catch(() => undefined);
  }

  async savedRules(): Promise<Rule[]> {
    const text = await this.readFile();
    return text === undefined ? [] : (JSON.parse(text) as { mfc_rules: Rule[] }).mfc_rules;
  }

  /** From now on nothing can be saved: where the folder was is a file. */
  async breakDisk(): Promise<void> {
    await rename(this.folder, `${this.folder}.away`);
    await writeFile(this.folder, '');
  }

  async mendDisk(): Promise<void> {
    await rm(this.folder);
    await rename(`${this.folder}.away`, this.folder);
  }

  /** The routing ends; the file stays. */
  async stop(): Promise<void> {
    await this.controller.close();
  }

  async close(): Promise<void> {
    await this.controller.close();
    await rm(this.folder, { recursive: true });
  }

  private listen(): void {
    this.controller.on('warning', (warning) => this.warnings.push(warning));
  }
}
