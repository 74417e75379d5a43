/** One question asked of several servers in turn. */
import type { Running, Target } from '../targets/target.js';

export type Metrics = Record<string, number>;

export interface MeasureOptions {
  /** Shorter and smaller: for a look, not for a table. */
  readonly quick: boolean;
  /** A profile of the server is written when it ends: it must not be killed. */
  readonly isProfiled: boolean;
  /** Starts the server of this measurement; it is ended and cleared away by whoever called. */
  readonly start: () => Promise<Running>;
}

export interface Scenario {
  readonly name: string;
  readonly about: string;
  /** Measured in this order in each round, then again. */
  readonly targets: readonly string[];
  /** Measured in the first round only: for the picture, not for a ratio. */
  readonly onceTargets: readonly string[];
  readonly rounds: number;
  /** @throws Failed when anything was lost */
  measure(target: Target, options: MeasureOptions): Promise<Metrics>;
}

/** Work before what is measured, in seconds: compilers are done with what is busy, and nobody measures how they got there. */
export const warmUpSeconds = (quick: boolean): number => (quick ? 1.5 : 4);
