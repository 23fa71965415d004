//! Timers of a state machine, by their names.

/** Timers of one machine. */
export class Timers<T> {
  readonly #running = new Map<T, ReturnType<typeof setTimeout>>();
  readonly #ended: (timer: T) => void;

  /** `ended` hears when one has run out. */
  constructor(ended: (timer: T) => void) {
    this.#ended = ended;
  }

  /** Starts one, anew if it runs. */
  start(timer: T, ms: number): void {
    this.stop(timer);
    this.#running.set(
      timer,
      setTimeout(() => this.#ended(timer), ms),
    );
  }

  stop(timer: T): void {
    clearTimeout(this.#running.get(timer));
    this.#running.delete(timer);
  }

  /** Stops all. */
  clear(): void {
    for (const timer of this.#running.values()) clearTimeout(timer);
    this.#running.clear();
  }
}
