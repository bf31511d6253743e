// Sees every step that a controller takes in the fake kernel: none may leave an entry that names a VIF which is not there, or is another's.

import { deepEqual, ok } from 'node:assert/strict';
import type { PlanStep } from '../../../src/routing/operation';
import type { Call, FakeKernel } from '../../fake/kernel';

/** As a dry run tells of a step. That one replaces an entry the kernel does not ask. */
type Step = Exclude<PlanStep, { op: 'replace_mfc' }>;

export class Witness {
  private steps: Step[] = [];
  private faults: string[] = [];
  /** What fails is undone, also what came before an interface went. */
  isForgiving = false;

  constructor(private readonly kernel: FakeKernel) {
    kernel.witness = (call) => {
      this.steps.push(this.stepOf(call));
      const fault = this.isForgiving ? undefined : this.faultOf(call);
      if (fault !== undefined) this.faults.push(fault);
    };
  }

  /** The steps since the last call. */
  take(): Step[] {
    return this.steps.splice(0);
  }

  check(): void {
    deepEqual(this.faults, []);
  }

  private stepOf(call: Call): Step {
    if ('entry' in call) {
      const { source, group, parent, outputs } = call.entry;
      const ttls = Object.fromEntries(outputs.map(({ vifi, threshold }) => [vifi, threshold]));
      return { op: call.op, source, group, parent, ttls };
    }
    const ifindex = call.op === 'add_vif' ? call.ifindex : this.kernel.table(call.version)?.vifs[call.vifi];
    return { op: call.op, vifi: call.vifi, interface: this.kernel.findLinkName(ifindex ?? -1) ?? '' };
  }

  private faultOf(call: Call): string | undefined {
    const { vifs, entries } = this.kernel.table(call.version) ?? { vifs: {}, entries: {} };
    if (call.op === 'del_mfc') return undefined;
    if ('entry' in call) {
      const { source, group, parent, outputs } = call.entry;
      if (outputs.length === 0 && parent === 0) return undefined; // that the kernel forgets a stream that waits
      const before = entries[`(${source}, ${group})`]; // the interface may have gone this moment
      const isNamed = (vifi: number): boolean => before?.parent === vifi || before?.outputs[vifi] !== undefined;
      const names = [parent, ...outputs.map(({ vifi }) => vifi)];
      const absent = names.filter((vifi) => vifs[vifi] === undefined && !isNamed(vifi));
      return absent.length > 0 ? `(${source}, ${group}) names VIF ${absent.join()}, which is not there` : undefined;
    }
    const users = Object.entries(entries).filter(([, { parent, outputs }]) => {
      return parent === call.vifi || outputs[call.vifi] !== undefined;
    });
    return users.length > 0 ? `${call.op} ${call.vifi}, which ${users.map(([key]) => key).join()} names` : undefined;
  }
}

/** What was done is what a dry run has said, and after it only entries for streams that waited. */
export function checkSteps(done: readonly Step[], plan: readonly PlanStep[]): void {
  const said = plan.map((step) => (step.op === 'replace_mfc' ? { ...step, op: 'add_mfc' } : step));
  deepEqual(done.slice(0, said.length), said);
  const more = done.slice(said.length);
  ok(
    more.every(({ op }) => op === 'add_mfc'),
    `more was done than the plan says: ${JSON.stringify(more)}`,
  );
}
