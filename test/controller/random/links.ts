// The interfaces of the fake kernel that come, go and change names at random.

import type { FakeKernel } from '../../fake/kernel';
import type { Random } from '../../lab/random';
import { LINKS } from '../bench';

export class Links {
  private readonly there = new Set(LINKS);
  private readonly gone = new Set<string>();
  private names = 0;

  constructor(
    private readonly kernel: FakeKernel,
    private readonly random: Random,
  ) {}

  get present(): string[] {
    return Array.from(this.there);
  }

  /** Also those that are not there now. */
  get all(): string[] {
    return [...this.there, ...this.gone];
  }

  isGone(name: string): boolean {
    return this.gone.has(name);
  }

  delete(): void {
    if (this.there.size <= 2) return;
    const name = this.random.pick(this.present);
    this.kernel.delLink(name);
    this.there.delete(name);
    this.gone.add(name);
  }

  return(): void {
    if (this.gone.size === 0) return;
    const name = this.random.pick(Array.from(this.gone));
    this.kernel.addLink(name);
    this.gone.delete(name);
    this.there.add(name);
  }

  /** Some are deleted, and made again with the same names. */
  remake(): void {
    const names = this.random.some(this.present);
    for (const name of names) this.kernel.delLink(name);
    for (const name of names.reverse()) this.kernel.addLink(name);
  }

  /** To a new name, or to that of one that is gone. */
  rename(): { from: string; to: string } {
    const { random, there, gone } = this;
    const from = random.pick(this.present);
    const to = gone.size > 0 && random.chance(30) ? random.pick(Array.from(gone)) : `link${++this.names}`;
    this.kernel.renameLink(from, to);
    gone.delete(to);
    gone.add(from);
    there.delete(from);
    there.add(to);
    return { from, to };
  }

  /** Some of it, or nothing. */
  anything(): void {
    if (this.random.chance(30)) this.delete();
    if (this.random.chance(30)) this.return();
    if (this.random.chance(30)) this.remake();
    if (this.random.chance(30)) this.rename();
  }
}
