/** Time as an argument: the rest of the house never calls Date.now or setTimeout itself, so tests can move time. */

export interface Timer {
  /** Safe to call twice, and after the timer has fired. */
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `run` once after `delayMs`. Timers never keep the process alive. */
  after(delayMs: number, run: () => void): Timer;
  /** Calls `run` every `periodMs`. */
  every(periodMs: number, run: () => void): Timer;
  /** Calls `run` at the end of this turn of the event loop, after all input that is already waiting was read. */
  endOfTurn(run: () => void): void;
}

/** The machine's own. Knows how many of its timers are set, so that a leak shows. */
class SystemClock implements Clock {
  #timers = 0;
  /** What runs at the end of this turn, in one Immediate for all: each is a resource of Node's that async hooks could watch. */
  #turn: (() => void)[] = [];

  /** Timers that are set: neither fired nor cancelled. */
  get timers(): number {
    return this.#timers;
  }

  now(): number {
    return Date.now();
  }

  after(delayMs: number, run: () => void): Timer {
    let isSet = true;
    this.#timers++;
    const timer = setTimeout(() => {
      isSet = false;
      this.#timers--;
      run();
    }, delayMs);
    timer.unref();
    return {
      cancel: () => {
        if (!isSet) return;
        isSet = false;
        this.#timers--;
        clearTimeout(timer);
      },
    };
  }

  every(periodMs: number, run: () => void): Timer {
    let isSet = true;
    this.#timers++;
    const timer = setInterval(run, periodMs);
    timer.unref();
    return {
      cancel: () => {
        if (isSet) this.#timers--;
        isSet = false;
        clearInterval(timer);
      },
    };
  }

  endOfTurn(run: () => void): void {
    if (this.#turn.push(run) === 1) setImmediate(this.#endTurn);
  }

  /** What asks for the end of a turn meanwhile gets the next one's, as with Immediates. */
  readonly #endTurn = (): void => {
    const runs = this.#turn;
    this.#turn = [];
    let next = 0;
    try {
      while (next < runs.length) (runs[next++] as () => void)();
    } finally {
      // One of them threw: that is the process' business, the others still get their turn.
      for (; next < runs.length; next++) this.endOfTurn(runs[next] as () => void);
    }
  };
}

export const systemClock = new SystemClock();

/** A clock that stands still until told to move. */
export class ManualClock implements Clock {
  #now: number;
  #timers: { at: number; order: number; run: () => void; period: number | null }[] = [];
  #turn: (() => void)[] = [];
  #order = 0;

  constructor(startMs = 0) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, run: () => void): Timer {
    return this.#add(delayMs, run, null);
  }

  every(periodMs: number, run: () => void): Timer {
    return this.#add(periodMs, run, periodMs);
  }

  endOfTurn(run: () => void): void {
    this.#turn.push(run);
  }

  /** Runs what waits for the end of the turn, and what that schedules in turn. */
  turn(): void {
    for (let work = this.#turn.shift(); work; work = this.#turn.shift()) work();
  }

  /** Moves time forward, firing timers in order; ends turns before and after each. */
  advance(byMs: number): void {
    const target = this.#now + byMs;
    this.turn();
    for (;;) {
      const next = this.#timers
        .filter((timer) => timer.at <= target)
        .sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (!next) break;
      this.#now = Math.max(this.#now, next.at);
      if (next.period === null) this.#timers.splice(this.#timers.indexOf(next), 1);
      else next.at += next.period;
      next.run();
      this.turn();
    }
    this.#now = target;
  }

  #add(delayMs: number, run: () => void, period: number | null): Timer {
    const timer = { at: this.#now + delayMs, order: this.#order++, run, period };
    this.#timers.push(timer);
    return {
      cancel: () => {
        const index = this.#timers.indexOf(timer);
        if (index >= 0) this.#timers.splice(index, 1);
      },
    };
  }
}
