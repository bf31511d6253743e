/**
 * A router with a controller of ours, one camera and three receivers that have joined: what every packet test starts from.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller } from '../../src/controller/controller';
import type { Kernel } from '../../src/kernel/kernel';
import type { Host } from '../lab/lab';
import { Lab } from '../lab/lab';

export class Router {
  private constructor(
    readonly lab: Lab,
    readonly camera: Host,
    readonly tv1: Host,
    readonly tv2: Host,
    readonly tv3: Host,
    readonly directory: string,
    public controller: Controller,
  ) {}

  /** @param kernel another one than the one that this process runs on */
  static async open(kernel?: Kernel): Promise<Router> {
    const lab = await Lab.open();
    const [camera, tv1, tv2, tv3] = [
      await lab.host('camera'),
      await lab.host('tv1'),
      await lab.host('tv2'),
      await lab.host('tv3'),
    ];
    const directory = await mkdtemp(join(tmpdir(), 'mfc-packets-'));
    const router = new Router(lab, camera, tv1, tv2, tv3, directory, newController(directory, kernel));
    await router.controller.open();
    return router;
  }

  /** Another controller with the same saved routes, as after a restart; the one before must be closed. */
  reopen(): Controller {
    return newController(this.directory);
  }

  get receivers(): Host[] {
    return [this.tv1, this.tv2, this.tv3];
  }

  async joinAll(...groups: string[]): Promise<void> {
    for (const group of groups) for (const tv of this.receivers) await tv.join(group);
  }

  /** Packets of `group` that each receiver has, after all that were on their way have been counted. */
  async received(group: string): Promise<number[]> {
    const counts: number[] = [];
    for (const tv of this.receivers) {
      await tv.settle();
      counts.push((await tv.count(group)).received);
    }
    return counts;
  }

  /** Takes every route out again, so that tests do not see each other's. */
  async clear(): Promise<void> {
    const { mfc_rules } = await this.controller.state({});
    if (mfc_rules.length > 0) await this.controller.del(mfc_rules);
  }

  async close(): Promise<void> {
    await this.controller.close();
    await this.lab.close();
    await rm(this.directory, { recursive: true });
  }
}

function newController(directory: string, kernel?: Kernel): Controller {
  return new Controller({ stateFile: join(directory, 'state.json'), kernel });
}
