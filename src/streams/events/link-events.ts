/**
 * Tells what becomes of the interfaces that routes name.
 *
 * An interface is what has an index: one that is renamed is still there, and routes in the kernel follow it. Routes that are not in the
 * kernel know it by its name only.
 */
import type { Kernel, LinkState } from '../../kernel/kernel';
import { routeInterfaces } from '../../routing/route';
import type { Entry, RouteTable } from '../../routing/table';
import type { Events } from './events';

const KINDS = ['interface_up', 'interface_down', 'interface_gone', 'interface_back'] as const;

interface Known {
  readonly name: string;
  /** It is up and has a carrier. */
  readonly running: boolean;
}

export class LinkEvents {
  /** All interfaces by their indices, as they were told last. Undefined if nobody asks. */
  private links: Map<number, Known> | undefined;
  /** What routes name. Undefined if that has to be looked up again. */
  private names: ReadonlySet<string> | undefined;
  private hasStarted = false;

  constructor(
    private readonly kernel: Kernel,
    private readonly table: RouteTable,
    private readonly events: Events,
  ) {
    table.follow(() => {
      this.names = undefined;
    });
    events.onWanted(() => this.look());
  }

  /** From now on it is told what happens. */
  start(): void {
    this.hasStarted = true;
    this.look();
  }

  /** The kernel tells of an interface. */
  note(name: string, ifindex: number, state: LinkState): void {
    const before = this.links?.get(ifindex);
    if (state !== 'gone') this.change(ifindex, before, { name, running: state === 'up' });
    else if (before !== undefined) this.change(ifindex, before, undefined);
  }

  /** Something was missed: what is different now is told. */
  lookAgain(): void {
    if (this.links === undefined) return;
    const now = this.list();
    for (const [ifindex, before] of this.links) if (!now.has(ifindex)) this.change(ifindex, before, undefined);
    for (const [ifindex, link] of now) this.change(ifindex, this.links.get(ifindex), link);
  }

  private look(): void {
    if (!this.hasStarted || !this.events.wants(...KINDS)) this.links = undefined;
    else this.links ??= this.list();
  }

  private list(): Map<number, Known> {
    const links = this.kernel.listLinkNames().map((name) => this.kernel.findLink(name));
    return new Map(links.flatMap((link) => (link === undefined ? [] : [[link.ifindex, link] as const])));
  }

  private change(ifindex: number, before: Known | undefined, now: Known | undefined): void {
    if (this.links === undefined) return;
    if (now === undefined) this.links.delete(ifindex);
    else this.links.set(ifindex, now);
    const isUsed = this.hasVif(ifindex);
    const isRenamed = before !== undefined && now !== undefined && before.name !== now.name;
    if (!isUsed || !isRenamed) {
      if (before !== undefined && before.name !== now?.name) this.tell('interface_gone', before.name, isUsed);
      if (now !== undefined && before?.name !== now.name) this.tell('interface_back', now.name, isUsed);
    }
    if (now === undefined || now.running === (before?.running ?? false)) return;
    this.tell(now.running ? 'interface_up' : 'interface_down', now.name, isUsed);
  }

  private tell(kind: (typeof KINDS)[number], name: string, isUsed: boolean): void {
    if (isUsed || this.isNamed(name)) this.events.emit(kind, { interface: name });
  }

  private hasVif(ifindex: number): boolean {
    const { vifs } = this.table;
    return [...vifs[4].list(), ...vifs[6].list()].some((vif) => vif.ifindex === ifindex);
  }

  private isNamed(name: string): boolean {
    this.names ??= new Set(Array.from(this.table.list()).flatMap(namesIn));
    return this.names.has(name);
  }
}

/** What was learnt uses the interfaces of the route that learnt it. */
function namesIn({ route, installed, learnt }: Entry): readonly string[] {
  if (learnt !== undefined) return [];
  const wanted = [...routeInterfaces(route), ...(route.members?.among ?? [])];
  return installed === undefined || installed === route ? wanted : [...wanted, ...routeInterfaces(installed)];
}
