// Counts one stream by the sequence numbers that arrive: one bit per number. Pure.

/** What arrived of a stream whose numbers begin at 0. */
export interface Count {
  /** Different numbers that arrived. */
  received: number;
  /** Numbers below the highest that arrived which did not. */
  lost: number;
  /** Packets whose number had already arrived. */
  duplicated: number;
  /** New numbers that arrived after a higher one. */
  outOfOrder: number;
  /** Lowest and highest number that arrived; -1 while none has. */
  first: number;
  last: number;
  /** Runs of numbers that arrived, [from, to] inclusive: tells which part of a stream came here. */
  ranges: [number, number][];
}

export const nothing: Readonly<Count> = {
  received: 0,
  lost: 0,
  duplicated: 0,
  outOfOrder: 0,
  first: -1,
  last: -1,
  ranges: [],
};

export class Counter {
  #seen = new Uint8Array(1024);
  #received = 0;
  #duplicated = 0;
  #outOfOrder = 0;
  #last = -1;

  get received(): number {
    return this.#received;
  }

  /** The number after the highest that arrived. */
  get next(): number {
    return this.#last + 1;
  }

  /** So many more have arrived, in their order. */
  addNext(count: number): void {
    for (let n = 0; n < count; n++) this.add(this.next);
  }

  add(sequence: number): void {
    if (this.#has(sequence)) {
      this.#duplicated++;
      return;
    }
    this.#mark(sequence);
    this.#received++;
    if (sequence < this.#last) this.#outOfOrder++;
    else this.#last = sequence;
  }

  count(): Count {
    const ranges = this.#ranges();
    return {
      received: this.#received,
      lost: this.#last + 1 - this.#received,
      duplicated: this.#duplicated,
      outOfOrder: this.#outOfOrder,
      first: ranges[0]?.[0] ?? -1,
      last: this.#last,
      ranges,
    };
  }

  #has(sequence: number): boolean {
    return ((this.#seen[sequence >> 3] ?? 0) & (1 << (sequence & 7))) !== 0;
  }

  #mark(sequence: number): void {
    const index = sequence >> 3;
    if (index >= this.#seen.length) {
      const larger = new Uint8Array(2 * (index + 1));
      larger.set(this.#seen);
      this.#seen = larger;
    }
    this.#seen[index] = (this.#seen[index] ?? 0) | (1 << (sequence & 7));
  }

  #ranges(): [number, number][] {
    const ranges: [number, number][] = [];
    for (let sequence = 0; sequence <= this.#last; sequence++) {
      if (!this.#has(sequence)) continue;
      const run = ranges.at(-1);
      if (run?.[1] === sequence - 1) run[1] = sequence;
      else ranges.push([sequence, sequence]);
    }
    return ranges;
  }
}
