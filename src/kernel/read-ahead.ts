/**
 * Messages of one size that were read and not told yet. The newest comes out first.
 */
const FIRST_ROOM = 64;

export class ReadAhead {
  private messages: Uint8Array;
  private count = 0;

  /** @param size of a message, bytes */
  constructor(
    private readonly size: number,
    private readonly limit: number,
  ) {
    this.messages = new Uint8Array(FIRST_ROOM * size);
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  get isFull(): boolean {
    return this.count >= this.limit;
  }

  push(message: Uint8Array): void {
    const at = this.count++ * this.size;
    if (at === this.messages.length) this.grow();
    this.messages.set(message, at);
  }

  /** Writes the newest into `message`. */
  pop(message: Uint8Array): void {
    const at = --this.count * this.size;
    message.set(this.messages.subarray(at, at + this.size));
  }

  private grow(): void {
    const larger = new Uint8Array(2 * this.messages.length);
    larger.set(this.messages);
    this.messages = larger;
  }
}
