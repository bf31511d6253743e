// Whether the fake kernel has what the state of a controller says, where routes learn, open outputs for hosts and wait for interfaces.

import { deepEqual, equal } from 'node:assert/strict';
import type { IpVersion } from '../../../src/abi/address';
import type { RouteState, StateAnswer } from '../../../src/controller/answers';
import { oifName } from '../../../src/controller/answers';
import type { FakeKernel } from '../../fake/kernel';
import { visible } from '../../fake/table';
import { formOf, isOwn, isUsable, learns, matches, namesOf } from './forms';
import { versionOf } from './traffic';

export class KernelCheck {
  /**
   * @param links the interfaces that are there
   * @param watched patterns of those that have VIFs in any case
   */
  constructor(
    private readonly kernel: FakeKernel,
    private readonly links: readonly string[],
    private readonly watched: readonly string[],
  ) {}

  check(state: StateAnswer): void {
    for (const rule of state.mfc_rules) if (isOwn(rule)) equal(rule.state, this.stateOf(rule), JSON.stringify(rule));
    this.checkFamily(state, 4);
    this.checkFamily(state, 6);
  }

  private has(name: string): boolean {
    return this.links.includes(name);
  }

  private stateOf(rule: RouteState): RouteState['state'] {
    if (!isUsable(formOf(rule), this.links)) return 'pending';
    const form = formOf(rule);
    const isRunning = (name: string): boolean => this.kernel.findLink(name)?.running !== false;
    // Where hosts may join, links that are down do not count.
    const used = form.outputs === 'members' ? [form.iif] : namesOf(form);
    return namesOf(form).every((name) => this.has(name)) && used.every(isRunning) ? 'active' : 'degraded';
  }

  private checkFamily({ mfc_rules, vif_map, vif6_map }: StateAnswer, version: IpVersion): void {
    const vifs = version === 4 ? vif_map : vif6_map;
    const table = this.kernel.table(version) ?? { vifs: {}, entries: {} };
    const rules = mfc_rules.filter(({ group, state }) => versionOf(group) === version && state !== 'pending');
    const vifiOf = (name: string): number => vifs[name]?.vifi ?? -1;
    const entries = rules.flatMap((rule) => (learns(rule) ? [] : [this.entryOf(rule, vifiOf)]));
    deepEqual(visible(table).entries, Object.fromEntries(entries));
    deepEqual(table.vifs, Object.fromEntries(Object.values(vifs).map(({ vifi, ifindex }) => [vifi, ifindex])));
    const uses = rules.filter(isOwn).flatMap((rule) => Array.from(this.usesOf(rule)));
    if (this.kernel.ownerFd(version) !== undefined)
      uses.push(...this.watched.flatMap((pattern) => this.meant(pattern)));
    const counts = Object.fromEntries(Object.entries(vifs).map(([name, { ref_count }]) => [name, ref_count]));
    const expected = Object.fromEntries(
      Array.from(new Set(uses), (name) => [name, uses.filter((one) => one === name).length]),
    );
    deepEqual(counts, expected, `uses of VIFs by ${JSON.stringify(rules)}`);
  }

  private entryOf({ source, group, iif, oifs }: RouteState, vifiOf: (name: string) => number): [string, object] {
    const there = oifs.filter((oif) => this.has(oifName(oif)));
    const ttls = there.map((oif) => [vifiOf(oifName(oif)), typeof oif === 'string' ? 1 : oif.threshold]);
    // An any-source entry has its own incoming VIF among the outputs.
    if (source === '*') ttls.push([vifiOf(iif), 1]);
    return [`(${source}, ${group})`, { parent: vifiOf(iif), outputs: Object.fromEntries(ttls) }];
  }

  private meant(pattern: string): string[] {
    return this.links.filter((name) => matches(pattern, name));
  }

  /** Each interface counts once for a route, whatever it is to it. */
  private usesOf(rule: RouteState): Set<string> {
    const { iif, outputs, among } = formOf(rule);
    const inputs = this.meant(iif);
    const outs = outputs === 'members' ? (among ?? this.links) : outputs.map(({ name }) => name);
    return new Set([...inputs, ...outs.filter((name) => this.has(name) && name !== '')]);
  }
}
