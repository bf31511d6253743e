/**
 * First in, first out, however long it gets: taking the first of ten thousand costs no more than taking the first of ten.
 */
/** So many places may be empty before the rest moves up. */
const MAX_EMPTY = 1_024;

export class Backlog<T> {
  /** How many were taken out that nobody got, since somebody was told so. */
  missed = 0;
  private items: (T | undefined)[] = [];
  private first = 0;

  get size(): number {
    return this.items.length - this.first;
  }

  push(item: T): void {
    this.items.push(item);
  }

  /** What another has comes before what is there; the other is not to be used any more. */
  follow(earlier: Backlog<T>): void {
    this.items = [...earlier.items.slice(earlier.first), ...this.items.slice(this.first)];
    this.first = 0;
    this.missed += earlier.missed;
  }

  /** Undefined if there is none. */
  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const item = this.items[this.first];
    this.items[this.first++] = undefined;
    if (this.size === 0 || (this.first > MAX_EMPTY && this.first > this.size)) {
      this.items = this.items.slice(this.first);
      this.first = 0;
    }
    return item;
  }
}
