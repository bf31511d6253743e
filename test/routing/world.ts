// The world as a plan asks for it, in memory, and plans run on a fake kernel step by step.

import type { IpVersion } from '../../src/abi/address';
import type { MrouteSocket } from '../../src/kernel/kernel';
import { decideAdd, decideDel } from '../../src/routing/decide';
import { learn, streamOf, Templates, templateOf } from '../../src/routing/learning';
import { entryOf } from '../../src/routing/mfc-plan';
import type { Operation } from '../../src/routing/operation';
import { Plan } from '../../src/routing/plan';
import { parseAdd, parseDel, parseSaved } from '../../src/routing/request';
import { type Route, routeKey } from '../../src/routing/route';
import { RouteTable } from '../../src/routing/table';
import type { MemberStream, PlanLink, World } from '../../src/routing/world';
import { FakeKernel } from '../fake/kernel';

export class Ground implements World {
  readonly table = new RouteTable();
  readonly kernel: FakeKernel;
  readonly sockets: Record<IpVersion, MrouteSocket>;

  constructor(...links: string[]) {
    this.kernel = new FakeKernel(...links);
    this.sockets = { 4: this.kernel.openMroute(4, undefined), 6: this.kernel.openMroute(6, undefined) };
  }

  link(name: string): PlanLink | undefined {
    return this.kernel.findLink(name);
  }

  linkNames(): string[] {
    return this.kernel.listLinkNames();
  }

  /** Who has joined: `eth2 239.1.1.1`. */
  readonly joined = new Set<string>();

  isMember(_version: IpVersion, name: string, { group }: MemberStream): boolean {
    return this.joined.has(`${name} ${group}`);
  }

  /** Milliseconds since the last packet of streams: of `10.0.0.1 239.1.1.1`. */
  readonly idle = new Map<string, number>();

  idleTime({ source, group }: Route): number | undefined {
    return this.idle.get(routeKey(source, group));
  }

  has(): boolean {
    return false;
  }

  isUsedByOthers(): boolean {
    return false;
  }

  planAdd(...messages: unknown[]): Plan {
    const plan = new Plan(this.table, this);
    for (const message of messages) {
      const { route, allowAbsent } = parseAdd(message);
      decideAdd(plan, route, undefined, allowAbsent);
    }
    return plan;
  }

  /** As `planAdd`, of rules as the file has them: they may have ended. */
  planSaved(...rules: unknown[]): Plan {
    const plan = new Plan(this.table, this);
    for (const [i, rule] of rules.entries()) decideAdd(plan, parseSaved(rule, i));
    return plan;
  }

  /** As `planAdd`, but what is absent waits. */
  planPlace(...messages: unknown[]): Plan {
    const plan = new Plan(this.table, this);
    for (const message of messages) plan.place(parseAdd(message).route);
    return plan;
  }

  /** Hosts have joined or left. */
  planReopen(): Plan {
    const plan = new Plan(this.table, this);
    plan.reopen(Array.from(this.table.listLearnt(), ([key]) => key));
    return plan;
  }

  planLeave(version: IpVersion, ...names: string[]): Plan {
    const plan = new Plan(this.table, this);
    const vifs = this.table.vifs[version].list();
    const gone = vifs.filter(({ name }) => names.includes(name)).map(({ vifi }) => vifi);
    const lost = plan.loseVifs(version, new Set(gone));
    for (const entry of this.table.list()) if (entry.route.version === version) plan.leave(entry, lost);
    return plan;
  }

  planDel(...messages: unknown[]): Plan {
    const plan = new Plan(this.table, this);
    for (const message of messages) decideDel(plan, parseDel(message));
    return plan;
  }

  planLose(version: IpVersion, reason: string): Plan {
    const plan = new Plan(this.table, this);
    plan.lose(version, reason);
    return plan;
  }

  /** A stream comes in for the first time. Answers whether a route takes it. */
  learn({ source, group }: { source: string; group: string }, iif: string): boolean {
    const found = this.wouldLearn({ source, group, iif });
    if (found === undefined) return false;
    const { route, by } = found;
    this.sockets[route.version].addMfc(entryOf(route, this.table.vifs[route.version]));
    this.table.learn(routeKey(source, group), route, by);
    return true;
  }

  /** The entry that a stream gets, and the key of the route that makes it; undefined if none does. */
  wouldLearn(name: { source: string; group: string; iif: string }): { route: Route; by: string } | undefined {
    const stream = streamOf(name);
    const template = stream && this.templates().find(stream);
    const route = template && learn(template, stream, this);
    return template && route && { route, by: template.key };
  }

  private templates(): Templates {
    const installed = Array.from(this.table.learning, (key) => [key, this.table.get(key)?.installed] as const);
    const templates = installed.map(([key, route]) => route && templateOf(key, route));
    return new Templates(templates.filter((one) => one !== undefined));
  }

  perform(operation: Operation): void {
    const socket = this.sockets[operation.version];
    switch (operation.op) {
      case 'add_vif':
        socket.addVif(operation.vifi, operation.ifindex);
        break;
      case 'del_vif':
        socket.delVif(operation.vifi);
        break;
      case 'add_mfc':
        socket.addMfc(operation);
        break;
      case 'del_mfc':
        socket.delMfc(operation);
        break;
    }
  }

  /** Runs a plan. `look` is called after each step. */
  run(plan: Plan, look: (operation: Operation) => void = () => undefined): void {
    for (const operation of plan.operations) {
      this.perform(operation);
      look(operation);
    }
    this.table.commit(plan.next);
  }
}

/** A plan in short: `add_vif 0 eth1`, `add_mfc (10.0.0.1, 239.1.1.1) 0 → 1, 2>16`. */
export function steps(plan: Plan): string[] {
  return plan.operations.map((operation) => {
    if ('vifi' in operation) return `${operation.op} ${operation.vifi} ${operation.name}`;
    const { op, before, source, group, parent, outputs } = operation;
    const list = outputs.map(({ vifi, threshold }) => (threshold === 1 ? vifi : `${vifi}>${threshold}`)).join(', ');
    return `${before === undefined ? op : 'replace'} (${source}, ${group}) ${parent} → ${list}`;
  });
}
