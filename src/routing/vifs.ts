/**
 * The VIF numbers of one routing table: which interface has which, and how many routes use it.
 *
 * A VIF is taken for the first route that names an interface and given back after the last, counted once per route and role. The lowest
 * free number is taken. A registry is small (32 places), so a plan works on a copy and the old one serves for going back.
 */
import { MAXVIFS } from '../abi/family';

export interface Vif {
  readonly vifi: number;
  /** Interface name. */
  readonly name: string;
  readonly ifindex: number;
  /** Another program made it: its number is not free when no route of ours uses it. */
  readonly foreign?: true;
}

export class VifRegistry {
  private constructor(
    private readonly places: (Vif | undefined)[],
    private readonly refCounts: Int32Array,
  ) {}

  static empty(): VifRegistry {
    return new VifRegistry(new Array(MAXVIFS).fill(undefined), new Int32Array(MAXVIFS));
  }

  copy(): VifRegistry {
    return new VifRegistry(this.places.slice(), this.refCounts.slice());
  }

  /** In the order of their numbers. */
  list(): Vif[] {
    return this.places.filter((vif) => vif !== undefined);
  }

  refCount(vif: Vif): number {
    return this.refCounts[vif.vifi] ?? 0;
  }

  /** Another program may have made a second VIF of an interface: the one that routes use counts. */
  byName(name: string): Vif | undefined {
    let unused: Vif | undefined;
    // A loop over 32 places is faster than keeping a Map for them in every copy.
    for (const vif of this.places) {
      if (vif === undefined || vif.name !== name) continue;
      if (this.refCount(vif) > 0) return vif;
      unused ??= vif;
    }
    return unused;
  }

  /** That of an interface of which it is known to be there. */
  get(name: string): Vif {
    const vif = this.byName(name);
    if (vif === undefined) throw new Error(`no VIF for '${name}': the registry does not match its routes`);
    return vif;
  }

  /** Takes the wished number if it is free, else the lowest free one, without a user yet; undefined if all are taken. */
  take(name: string, ifindex: number, wished?: number): Vif | undefined {
    const isFree = wished !== undefined && this.places[wished] === undefined;
    const vifi = isFree ? wished : this.places.indexOf(undefined);
    return vifi < 0 ? undefined : this.put({ vifi, name, ifindex });
  }

  acquire(vif: Vif): void {
    this.refCounts[vif.vifi] = this.refCount(vif) + 1;
  }

  /** Gives one use back. Answers whether it was the last. */
  release(vif: Vif): boolean {
    const left = this.refCount(vif) - 1;
    this.refCounts[vif.vifi] = left;
    return left === 0;
  }

  /** No route uses the number any more. */
  free(vif: Vif): void {
    this.places[vif.vifi] = undefined;
  }

  byNumber(vifi: number): Vif | undefined {
    return this.places[vifi];
  }

  /** The kernel has this VIF already: an earlier process or another program made it. */
  adopt(vif: Vif): void {
    this.put(vif);
  }

  /** The interface has another name now. */
  rename(vif: Vif, name: string): Vif {
    return this.put({ ...vif, name });
  }

  private put(vif: Vif): Vif {
    this.places[vif.vifi] = vif;
    return vif;
  }
}
