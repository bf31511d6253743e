/**
 * Keys of routes by their group, and which groups are prefixes that have another one in them. Most groups have one route: it takes no set.
 */
import type { IpVersion } from '../abi/address';
import { formatPrefix, masked, parsePrefix } from './prefix';

export class GroupIndex {
  private readonly keys = new Map<string, string | Set<string>>();
  /** How many prefixes there are by their lengths: few lengths are in use, so few have to be looked for. */
  private readonly lengths: Readonly<Record<IpVersion, Map<number, number>>> = { 4: new Map(), 6: new Map() };

  add(group: string, key: string): void {
    const there = this.keys.get(group);
    if (there === undefined) this.keys.set(group, key);
    else if (typeof there === 'string') this.keys.set(group, new Set([there, key]));
    else there.add(key);
    if (there === undefined) this.count(group, 1);
  }

  delete(group: string, key: string): void {
    const there = this.keys.get(group);
    if (typeof there === 'object') there.delete(key);
    if (there !== key && (typeof there !== 'object' || there.size > 0)) return;
    this.keys.delete(group);
    this.count(group, -1);
  }

  get hasPrefixes(): boolean {
    return this.lengths[4].size + this.lengths[6].size > 0;
  }

  /** Keys of the routes whose groups have all addresses of this one, an address or a prefix. */
  *covering(group: string): Generator<string, void> {
    yield* this.keysOf(group);
    const own = this.hasPrefixes ? parsePrefix(group) : undefined;
    if (own === undefined) return;
    for (const length of this.lengths[own.version].keys()) {
      if (length < own.length) yield* this.keysOf(formatPrefix(masked({ ...own, length })));
    }
  }

  private count(group: string, by: 1 | -1): void {
    const prefix = group.includes('/') ? parsePrefix(group) : undefined;
    if (prefix === undefined) return;
    const lengths = this.lengths[prefix.version];
    const count = (lengths.get(prefix.length) ?? 0) + by;
    if (count > 0) lengths.set(prefix.length, count);
    else lengths.delete(prefix.length);
  }

  private *keysOf(group: string): Generator<string, void> {
    const keys = this.keys.get(group);
    if (typeof keys === 'string') yield keys;
    else if (keys !== undefined) yield* keys;
  }
}
