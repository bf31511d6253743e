/**
 * What one host wants of one group, as far as its reports tell: RFC 3376 6.4 and RFC 3810 7.4, kept for each host by itself.
 *
 * A host wants some sources, or all but some. It may spread a long list over several records, so that a list adds to what is there.
 */
import { ANY_SOURCE } from '../../abi/family';
import {
  ALLOW_NEW_SOURCES,
  BLOCK_OLD_SOURCES,
  CHANGE_TO_EXCLUDE,
  CHANGE_TO_INCLUDE,
  type GroupRecord,
  MODE_IS_EXCLUDE,
  MODE_IS_INCLUDE,
} from '../../abi/membership';

/** Of one host and group. What a longer list has beyond is forgotten. */
const MAX_SIZE = 64;

export class Member {
  /** When each source was last asked for; `*` is all but those that are excluded. */
  private readonly wanted = new Map<string, number>();
  private readonly excluded = new Set<string>();

  /** How many addresses it takes to remember. */
  get size(): number {
    return this.wanted.size + this.excluded.size;
  }

  get wantsNothing(): boolean {
    return this.wanted.size === 0;
  }

  /** The sources that it asked for; `*` for all but some. */
  get sources(): Iterable<string> {
    return this.wanted.keys();
  }

  /** There is room for so many addresses more. Answers how many of the record's did not fit. */
  apply({ type, sources }: GroupRecord, now: number, room: number): number {
    const limit = Math.min(MAX_SIZE, this.size + room);
    switch (type) {
      case MODE_IS_EXCLUDE:
      case CHANGE_TO_EXCLUDE:
        return this.exclude(sources, now, limit);
      case CHANGE_TO_INCLUDE:
        if (sources.length === 0 || this.wanted.has(ANY_SOURCE)) this.clear();
        return this.allow(sources, now, limit);
      case MODE_IS_INCLUDE:
      case ALLOW_NEW_SOURCES:
        return this.allow(sources, now, limit);
      case BLOCK_OLD_SOURCES:
        return this.block(sources, limit);
      default:
        return 0;
    }
  }

  /** When it last asked for packets of this source, of any if it is `*`; undefined if it does not want them. */
  heardAt(source: string): number | undefined {
    if (this.excluded.has(source)) return undefined;
    const any = this.wanted.get(ANY_SOURCE);
    if (any !== undefined || source !== ANY_SOURCE) return any ?? this.wanted.get(source);
    return this.wantsNothing ? undefined : Math.max(...this.wanted.values());
  }

  /** Wants a source no more that it asked for; `*`: nothing at all. */
  drop(source: string): void {
    if (source === ANY_SOURCE) this.clear();
    else this.wanted.delete(source);
  }

  private exclude(sources: readonly string[], now: number, limit: number): number {
    if (limit < 1) return 1 + sources.length;
    this.clear();
    this.wanted.set(ANY_SOURCE, now);
    return this.block(sources, limit);
  }

  private allow(sources: readonly string[], now: number, limit: number): number {
    let refused = 0;
    const wantsAny = this.wanted.has(ANY_SOURCE);
    for (const source of sources) {
      if (wantsAny) this.excluded.delete(source);
      else if (this.size < limit || this.wanted.has(source)) this.wanted.set(source, now);
      else refused++;
    }
    return refused;
  }

  private block(sources: readonly string[], limit: number): number {
    let refused = 0;
    const wantsAny = this.wanted.has(ANY_SOURCE);
    for (const source of sources) {
      if (!wantsAny) this.wanted.delete(source);
      else if (this.size < limit || this.excluded.has(source)) this.excluded.add(source);
      else refused++;
    }
    return refused;
  }

  private clear(): void {
    this.wanted.clear();
    this.excluded.clear();
  }
}
