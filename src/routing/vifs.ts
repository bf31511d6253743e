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

  byName(name: string): Vif | undefined {
    // A loop over 32 places is faster than keeping a Map for them in every copy.
    for (const vif of this.places) if (vif !== undefined && vif.name === name) return vif;
    return undefined;
  }

  /** Takes the lowest free number, without a user yet; undefined if all are taken. */
  take(name: string, ifindex: number): Vif | undefined {
    const vifi = this.places.indexOf(undefined);
    return vifi < 0 ? undefined : this.put({ vifi, name, ifindex });
  }

  acquire(vif: Vif): void {
    this.refCounts[vif.vifi] = this.refCount(vif) + 1;
  }

  /** Gives one use back. Answers true for the last: the number is free then. */
  release(vif: Vif): boolean {
    const left = this.refCount(vif) - 1;
    this.refCounts[vif.vifi] = left;
    if (left > 0) return false;
    this.places[vif.vifi] = undefined;
    return true;
  }

  /** The interface was made anew: its name has another index now. */
  rebind(vif: Vif, ifindex: number): Vif {
    return this.put({ ...vif, ifindex });
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
