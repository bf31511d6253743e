/**
 * One thing after the other: a task starts when the one before it has ended, whatever became of that.
 */
export class Queue {
  private tail: Promise<unknown> = Promise.resolve();
  private size_ = 0;

  /** How many have not ended. */
  get size(): number {
    return this.size_;
  }

  run<T>(task: () => T | Promise<T>): Promise<T> {
    this.size_++;
    const result = this.tail.then(task).finally(() => this.size_--);
    this.tail = result.catch(() => undefined);
    return result;
  }

  /** Resolves when everything that was given so far has ended. */
  async idle(): Promise<void> {
    await this.tail;
  }
}
