//! One operation at a time: the others wait, each with its own answer.

/** Something that waits for its turn. */
export interface Turn {
  /** Who asks: an origin, or the extension itself. */
  readonly origin: string;
  /** Its turn has come. */
  begin(): void;
  /** It waits, with so many before it. */
  wait(before: number): void;
}

/** The operation whose turn it is, and those behind it. */
export class Queue<T extends Turn> {
  #current: T | undefined;
  #waiting: T[] = [];
  readonly #limit: number;
  readonly #share: number;
  readonly #busy: (busy: boolean) => void;

  /**
   * A queue in which at most `limit` wait behind the current one, `share` of each origin. `busy` hears when somebody has
   * a turn, and when nobody has.
   */
  constructor(limit: number, share: number, busy: (busy: boolean) => void = () => undefined) {
    this.#limit = limit;
    this.#share = share;
    this.#busy = busy;
  }

  /** The one whose turn it is. */
  get current(): T | undefined {
    return this.#current;
  }

  /** Adds at the end. Answers whether there was room for it. */
  add(turn: T): boolean {
    if (this.#current === undefined) {
      this.#current = turn;
      this.#busy(true);
      turn.begin();
      return true;
    }
    const own = this.#waiting.filter(({ origin }) => origin === turn.origin).length;
    if (this.#waiting.length >= this.#limit || own >= this.#share) return false;
    this.#waiting.push(turn);
    turn.wait(this.#waiting.length);
    return true;
  }

  /** Takes one out, done or given up. The next one's turn comes, and the others move up. */
  leave(turn: T): void {
    if (turn !== this.#current) {
      const place = this.#waiting.indexOf(turn);
      if (place < 0) return;
      this.#waiting.splice(place, 1);
      this.#tell(place);
      return;
    }
    this.#current = this.#waiting.shift();
    this.#tell(0);
    if (!this.#current) this.#busy(false);
    // Last, since it may leave at once and bring up the next.
    this.#current?.begin();
  }

  #tell(from: number): void {
    this.#waiting.slice(from).forEach((turn, index) => {
      turn.wait(from + index + 1);
    });
  }
}
