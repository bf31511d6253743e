// A slow and plain model of src/streams/members/members.ts: a list of wishes, and the log of all queries. It knows no timer and no limits.

import { ANY_SOURCE } from '../../src/abi/family';
import {
  ALLOW_NEW_SOURCES,
  BLOCK_OLD_SOURCES,
  CHANGE_TO_EXCLUDE,
  CHANGE_TO_INCLUDE,
  MODE_IS_EXCLUDE,
  MODE_IS_INCLUDE,
} from '../../src/abi/membership';

const LIFETIME = 260_000;
const LAST_MEMBER = 2_000;

interface Wish {
  ifindex: number;
  group: string;
  host: string;
  source: string;
  at: number;
}

export class MembersModel {
  private wishes: Wish[] = [];
  private exclusions: Omit<Wish, 'at'>[] = [];
  /** Hosts that spoke an old version last: `1 239.1.1.1 10.0.0.1`. */
  private readonly old = new Set<string>();
  /** When such a host of the group last reported, and until when the querier waits for one. */
  private readonly spoken = new Map<string, number>();
  private readonly asked = new Map<string, number>();
  private readonly leaving = new Map<string, string>();
  private readonly queries = new Map<number, number[]>();

  query(ifindex: number, group: string | undefined, now: number): void {
    this.queries.set(ifindex, [...(this.queries.get(ifindex) ?? []), now]);
    const name = `${ifindex} ${group}`;
    if (group === undefined || !this.hostsOf(ifindex, group).some((host) => this.old.has(`${name} ${host}`))) return;
    const before = this.asked.get(name);
    const until = now + LAST_MEMBER;
    if (before === undefined) this.asked.set(name, until);
    else if (this.leaving.has(name)) this.asked.set(name, Math.max(before, until));
  }

  report(
    ifindex: number,
    group: string,
    host: string,
    type: number,
    sources: string[],
    old: boolean,
    now: number,
  ): void {
    const name = `${ifindex} ${group}`;
    const wantsAny = this.find(ifindex, group, host, ANY_SOURCE) !== undefined;
    if (old && type === CHANGE_TO_INCLUDE && sources.length === 0) {
      const hosts = this.hostsOf(ifindex, group);
      if (hosts.length === 1 && hosts[0] === host && this.querierSince(ifindex, now) !== undefined) {
        this.leaving.set(name, host);
        this.old.add(`${name} ${host}`);
        this.asked.set(name, Math.min(this.asked.get(name) ?? Infinity, now + LAST_MEMBER));
      } else this.remove(ifindex, group, host);
      return;
    }
    if (type === MODE_IS_EXCLUDE || type === CHANGE_TO_EXCLUDE) {
      this.remove(ifindex, group, host);
      this.add(ifindex, group, host, ANY_SOURCE, now);
      for (const source of sources) this.exclusions.push({ ifindex, group, host, source });
    } else if (type === CHANGE_TO_INCLUDE) {
      if (wantsAny || sources.length === 0) this.remove(ifindex, group, host);
      for (const source of sources) this.add(ifindex, group, host, source, now);
    } else if (type === MODE_IS_INCLUDE || type === ALLOW_NEW_SOURCES) {
      for (const source of sources) {
        if (wantsAny) this.unexclude(ifindex, group, host, source);
        else this.add(ifindex, group, host, source, now);
      }
    } else if (type === BLOCK_OLD_SOURCES) {
      for (const source of sources) {
        if (wantsAny) this.exclusions.push({ ifindex, group, host, source });
        else this.wishes = this.wishes.filter((wish) => wish !== this.find(ifindex, group, host, source));
      }
    }
    if (!this.hostsOf(ifindex, group).includes(host)) return;
    if (old) {
      this.old.add(`${name} ${host}`);
      this.spoken.set(name, now);
      this.asked.delete(name);
    } else this.old.delete(`${name} ${host}`);
    this.cleanUp();
    const leaving = this.leaving.get(name);
    if (leaving !== undefined && leaving !== host) this.remove(ifindex, group, leaving);
    this.leaving.delete(name);
  }

  /** Takes out who is gone. */
  settle(now: number): void {
    const gone = this.wishes.filter((wish) => this.goneAt(wish) <= now);
    for (const { ifindex, group, host, source } of gone) {
      if (source === ANY_SOURCE) this.remove(ifindex, group, host);
      this.wishes = this.wishes.filter((wish) => wish !== this.find(ifindex, group, host, source));
    }
    this.cleanUp();
  }

  forget(ifindex: number): void {
    for (const wish of [...this.wishes]) if (wish.ifindex === ifindex) this.remove(ifindex, wish.group, wish.host);
    this.queries.delete(ifindex);
    for (const name of this.asked.keys()) if (name.startsWith(`${ifindex} `)) this.asked.delete(name);
  }

  wants(ifindex: number, group: string, source: string, notBefore: number): boolean {
    return this.hostsOf(ifindex, group).some((host) => {
      const name = `${ifindex} ${group}`;
      const spoken = this.old.has(`${name} ${host}`) ? (this.spoken.get(name) ?? -Infinity) : -Infinity;
      const isFresh = (wish: Wish | undefined) => wish !== undefined && Math.max(wish.at, spoken) >= notBefore;
      const of = this.wishes.filter((wish) => wish.ifindex === ifindex && wish.group === group && wish.host === host);
      if (source === ANY_SOURCE) return of.some(isFresh);
      if (this.isExcluded(ifindex, group, host, source)) return false;
      return of.some((wish) => (wish.source === source || wish.source === ANY_SOURCE) && isFresh(wish));
    });
  }

  /** `1 239.1.1.1 10.0.0.1 *`, sorted. */
  list(): string[] {
    return this.wishes.map(({ ifindex, group, host, source }) => `${ifindex} ${group} ${host} ${source}`).sort();
  }

  private goneAt({ ifindex, group, host, at }: Wish): number {
    const name = `${ifindex} ${group}`;
    const old = this.old.has(`${name} ${host}`);
    const heard = Math.max(at, old ? (this.spoken.get(name) ?? -Infinity) : -Infinity);
    const asked = old ? (this.asked.get(name) ?? Infinity) : Infinity;
    const last = this.queries.get(ifindex)?.at(-1) ?? -Infinity;
    const gone = Math.max(heard, this.querierSince(ifindex, last) ?? -Infinity) + LIFETIME;
    return Math.min(asked, gone <= last + LIFETIME ? gone : Infinity);
  }

  /** Since when there were queries without a long pause; undefined if there are none any more. */
  private querierSince(ifindex: number, now: number): number | undefined {
    let since: number | undefined;
    let last = -Infinity;
    for (const at of this.queries.get(ifindex) ?? []) {
      if (at > last + LIFETIME) since = at;
      last = at;
    }
    return now > last + LIFETIME ? undefined : since;
  }

  private hostsOf(ifindex: number, group: string): string[] {
    const of = this.wishes.filter((wish) => wish.ifindex === ifindex && wish.group === group);
    return [...new Set(of.map(({ host }) => host))];
  }

  private find(ifindex: number, group: string, host: string, source: string): Wish | undefined {
    return this.wishes.find(
      (wish) => wish.ifindex === ifindex && wish.group === group && wish.host === host && wish.source === source,
    );
  }

  private add(ifindex: number, group: string, host: string, source: string, at: number): void {
    const found = this.find(ifindex, group, host, source);
    if (found !== undefined) found.at = at;
    else this.wishes.push({ ifindex, group, host, source, at });
  }

  private isExcluded(ifindex: number, group: string, host: string, source: string): boolean {
    return this.exclusions.some(
      (one) => one.ifindex === ifindex && one.group === group && one.host === host && one.source === source,
    );
  }

  private unexclude(ifindex: number, group: string, host: string, source: string): void {
    this.exclusions = this.exclusions.filter(
      (one) => one.ifindex !== ifindex || one.group !== group || one.host !== host || one.source !== source,
    );
  }

  private remove(ifindex: number, group: string, host: string): void {
    const isOther = (one: Omit<Wish, 'at'>) => one.ifindex !== ifindex || one.group !== group || one.host !== host;
    this.wishes = this.wishes.filter(isOther);
    this.exclusions = this.exclusions.filter(isOther);
    this.cleanUp();
  }

  /** What is known of hosts that are not there, or of groups that nobody is in. */
  private cleanUp(): void {
    const hosts = new Set(this.wishes.map(({ ifindex, group, host }) => `${ifindex} ${group} ${host}`));
    const groups = new Set(this.wishes.map(({ ifindex, group }) => `${ifindex} ${group}`));
    for (const name of this.old) if (!hosts.has(name)) this.old.delete(name);
    for (const [name, host] of this.leaving) if (!hosts.has(`${name} ${host}`)) this.leaving.delete(name);
    for (const name of this.spoken.keys()) if (!groups.has(name)) this.spoken.delete(name);
    for (const name of this.asked.keys()) {
      if (!Array.from(this.old).some((one) => one.startsWith(`${name} `))) this.asked.delete(name);
    }
  }
}
