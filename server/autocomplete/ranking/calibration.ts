/**
 * How sure a best guess is: the ranker's chance of it, weighed once more with the evidence, since the ranker spends its few units on telling
 * candidates apart. A logistic regression, fitted on whole packages so that of guesses of one confidence that share is right.
 */
import { FEATURES } from './evidence.js';

/** What is known of a best guess. */
export interface BestGuess {
  /** Of all that could stand here and go on, as the ranker says it: 0 to 1. */
  readonly chance: number;
  /** What is typed was taken for a whole word, and the guess stands behind it. */
  readonly isBehindWord: boolean;
  /** Then: the chance that a longer word is being typed, against the word being whole; 0 else. */
  readonly doubt: number;
  /** The FEATURES numbers of its evidence. */
  readonly evidence: Float32Array;
}

/** Weights of the terms of a guess, in their order. */
export type Calibration = readonly number[];

/** A word was begun, or a token starts at the cursor. */
export interface CalibrationTable {
  readonly prefix: Calibration;
  readonly next: Calibration;
}

/** The ranker's chance, twice and rising; 1; what stands before the guess, twice. Then the evidence, but its last number: it is of no guess. */
const OWN_TERMS = 5;
export const TERMS = OWN_TERMS + FEATURES - 1;
/** Of the weights these may not be negative: a likelier guess is never taken for a less sure one. */
export const RISING = [0, 1];
const NEAREST = 1e-4;

/** All that the calibration is linear in. */
export function termsOf({ chance, isBehindWord, doubt, evidence }: BestGuess): Float64Array {
  const terms = new Float64Array(TERMS);
  terms[0] = Math.log(Math.max(NEAREST, chance));
  terms[1] = -Math.log(Math.max(NEAREST, 1 - chance));
  terms[2] = 1;
  terms[3] = isBehindWord ? 1 : 0;
  terms[4] = doubt;
  for (let feature = 0; feature < FEATURES - 1; feature++)
    terms[OWN_TERMS + feature] = evidence[feature] as number;
  return terms;
}

/** The share of guesses like this one that is right, 0 to 1. */
export function calibrated(weights: Calibration, guess: BestGuess): number {
  const terms = termsOf(guess);
  let sum = 0;
  for (let term = 0; term < TERMS; term++) sum += (terms[term] as number) * (weights[term] as number);
  return 1 / (1 + Math.exp(-sum));
}
