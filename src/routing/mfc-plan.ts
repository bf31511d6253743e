/**
 * The kernel's entries of a plan: routes in the kernel's terms, and the steps from one form of an entry to another.
 */
import { ANY_SOURCE, MAXVIFS, type MfcEntry, type VifOutput } from '../abi/family';
import type { MfcOperation, Operation } from './operation';
import { type Route, sameEntry } from './route';
import type { Vifs } from './table';
import type { VifRegistry } from './vifs';
import type { World } from './world';

export class MfcPlan {
  /**
   * @param vifs those of the plan, as they are so far
   * @param operations where the steps go
   */
  constructor(
    private readonly vifs: Vifs,
    private readonly world: Pick<World, 'has'>,
    private readonly operations: Operation[],
  ) {}

  /** The step from one form of an entry to another, if it takes one. Undefined is none; a route that learns has none either. */
  rewrite(before: Route | undefined, after: Route | undefined): void {
    const was = written(before);
    const is = written(after);
    if (is !== undefined && (was === undefined || !sameEntry(was, is))) {
      const step = this.step('add_mfc', is, was);
      if (was !== undefined || !this.world.has(step)) this.operations.push(step);
    } else if (is === undefined && was !== undefined) {
      this.operations.push(this.step('del_mfc', was));
    }
  }

  private step(op: MfcOperation['op'], route: Route, before?: Route): MfcOperation {
    const registry = this.vifs[route.version];
    const { version, source, group, parent, outputs } = entryOf(route, registry);
    const step = { op, version, source, group, parent, outputs }; // thousands at once: spreading would make each twice
    return before === undefined ? step : { ...step, before: entryOf(before, registry) };
  }
}

function written(route: Route | undefined): Route | undefined {
  return route?.learning === undefined ? route : undefined;
}

/** A route in the kernel's terms. Each of its interfaces must have a VIF. */
export function entryOf({ version, source, group, iif, outputs }: Route, registry: VifRegistry): MfcEntry {
  const parent = registry.get(iif).vifi;
  const vifs = outputs.map(({ name, threshold }) => vifOutput(registry.get(name).vifi, threshold));
  // A native (*,G) entry matches packets from the interfaces among its outputs, and never sends one back to where it came from:
  // net/ipv4/ipmr_base.c mr_mfc_find_any. A stop filter needs it as much.
  if (source === ANY_SOURCE) vifs.push(vifOutput(parent, 1));
  return { version, source, group, parent, outputs: vifs };
}

/** Outputs with threshold 1, the common case, made once. */
const PLAIN: readonly VifOutput[] = Array.from({ length: MAXVIFS }, (_, vifi) => ({ vifi, threshold: 1 }));

function vifOutput(vifi: number, threshold: number): VifOutput {
  return (threshold === 1 ? PLAIN[vifi] : undefined) ?? { vifi, threshold };
}
