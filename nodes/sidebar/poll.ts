/**
 * Asks the server again and again, as long as somebody looks: one round at a time, the next one a second after the answer,
 * later and later while it fails. This is the only place that asks without being told to.
 */

/** As `setTimeout` and `clearTimeout`. */
export interface Clock {
  set(action: () => void, milliseconds: number): number;
  clear(timer: number): void;
}

export const INTERVAL_MS = 1000;
export const MAX_PAUSE_MS = 10_000;

export class Poll {
  readonly #ask: () => Promise<void>;
  readonly #clock: Clock;
  #isOn = false;
  #isAsking = false;
  #isHurried = false;
  #failures = 0;
  #timer: number | undefined;

  /** @param ask one round; it fails if the server does */
  constructor(ask: () => Promise<void>, clock: Clock) {
    this.#ask = ask;
    this.#clock = clock;
  }

  /** Somebody looks, or nobody does any more. */
  turn(isOn: boolean): void {
    if (isOn === this.#isOn) return;
    this.#isOn = isOn;
    if (isOn) this.hurry();
    else this.#wait(undefined);
  }

  /** Asks at once: there is news. While a round is under way, right after it. */
  hurry(): void {
    this.#isHurried = true;
    if (this.#isOn && !this.#isAsking) void this.#round();
  }

  async #round(): Promise<void> {
    this.#wait(undefined);
    this.#isHurried = false;
    this.#isAsking = true;
    try {
      await this.#ask();
      this.#failures = 0;
    } catch {
      this.#failures += 1;
    }
    this.#isAsking = false;
    if (!this.#isOn) return;
    if (this.#isHurried) void this.#round();
    else this.#wait(Math.min(INTERVAL_MS * 2 ** this.#failures, MAX_PAUSE_MS));
  }

  #wait(milliseconds: number | undefined): void {
    if (this.#timer !== undefined) this.#clock.clear(this.#timer);
    this.#timer = milliseconds === undefined ? undefined : this.#clock.set(() => this.hurry(), milliseconds);
  }
}
