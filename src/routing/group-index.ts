/**
 * Keys of routes by their group, and which of the groups are prefixes. Most groups have one route: it takes no set.
 */
import { covers, type Prefix, parsePrefix } from './prefix';

export class GroupIndex {
  private readonly keys = new Map<string, string | Set<string>>();
  private readonly prefixes = new Map<string, Prefix>();

  add(group: string, key: string): void {
    const there = this.keys.get(group);
    if (there === undefined) this.keys.set(group, key);
    else if (typeof there === 'string') this.keys.set(group, new Set([there, key]));
    else there.add(key);
    const prefix = group.includes('/') ? parsePrefix(group) : undefined;
    if (prefix !== undefined) this.prefixes.set(group, prefix);
  }

  delete(group: string, key: string): void {
    const there = this.keys.get(group);
    if (typeof there === 'object') there.delete(key);
    if (there !== key && (typeof there !== 'object' || there.size > 0)) return;
    this.keys.delete(group);
    this.prefixes.delete(group);
  }

  /** Whether no route but that with this key can have addresses of a group. Quick: of thousands, most are alone. */
  isAlone(group: string, key: string): boolean {
    const there = this.keys.get(group);
    return (there === undefined || there === key) && this.prefixes.size === 0 && !group.includes('/');
  }

  /** Keys of the routes whose groups have addresses of this one, an address or a prefix. */
  *overlapping(group: string): Generator<string, void> {
    yield* this.keysOf(group);
    const isPrefix = group.includes('/');
    const own = isPrefix || this.prefixes.size > 0 ? parsePrefix(group) : undefined;
    if (own === undefined) return;
    for (const [other, prefix] of this.prefixes) {
      // Of two prefixes that share an address, one has all of the other.
      if (other !== group && (covers(prefix, own) || covers(own, prefix))) yield* this.keysOf(other);
    }
    if (!isPrefix) return;
    for (const other of this.keys.keys()) {
      const address = other.includes('/') ? undefined : parsePrefix(other);
      if (address !== undefined && covers(own, address)) yield* this.keysOf(other);
    }
  }

  private *keysOf(group: string): Generator<string, void> {
    const keys = this.keys.get(group);
    if (typeof keys === 'string') yield keys;
    else if (keys !== undefined) yield* keys;
  }
}
