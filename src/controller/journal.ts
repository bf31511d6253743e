/**
 * The changes that are in the kernel and not yet on the disk.
 *
 * Changes that come while a save runs share the next one, so that a hundred messages cost one write. If a save fails, every change
 * that is not on the disk is taken back, newest first, and its message fails: an answer means kernel and disk.
 */
interface Pending<T> {
  readonly change: T;
  readonly settle: (error?: unknown) => void;
}

export class Journal<T> {
  private pending: Pending<T>[] = [];
  private last: Promise<void> = Promise.resolve();
  private saving = false;

  /**
   * @param save writes the state as it is when called
   * @param takeBack undoes changes, given newest first; no other change is made meanwhile, and `unsaved` is called in it
   */
  constructor(
    private readonly save: () => Promise<void>,
    private readonly takeBack: (unsaved: () => T[]) => Promise<void>,
  ) {}

  /** Notes a change. The promise resolves when it is on the disk and rejects if it was taken back. */
  record(change: T): Promise<void> {
    this.last = new Promise((resolve, reject) => {
      this.pending.push({ change, settle: (error) => (error === undefined ? resolve() : reject(error)) });
    });
    this.last.catch(() => undefined); // who asked may have failed meanwhile, and been told
    if (!this.saving) {
      this.saving = true;
      // Not at once: the other messages of this turn come along.
      setImmediate(() => void this.saveAll());
    }
    return this.last;
  }

  /** Resolves when all that is noted so far is on the disk; rejects if it was taken back. */
  get settled(): Promise<void> {
    return this.last;
  }

  private async saveAll(): Promise<void> {
    while (this.pending.length > 0) {
      const count = this.pending.length;
      try {
        await this.save();
        for (const { settle } of this.pending.splice(0, count)) settle();
      } catch (error) {
        await this.giveUp(error);
      }
    }
    this.saving = false;
    this.last = Promise.resolve();
  }

  private async giveUp(error: unknown): Promise<void> {
    let failed: Pending<T>[] = [];
    await this.takeBack(() => {
      failed = this.pending.splice(0).reverse();
      return failed.map(({ change }) => change);
    });
    for (const { settle } of failed) settle(error);
  }
}
