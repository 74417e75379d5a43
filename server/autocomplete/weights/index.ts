/** Learned numbers, and no text: made by scripts/autocomplete/ from sources that the yardstick does not measure. */
import type { PriorName } from '../prior/vocabulary.js';
import type { PriorWeights } from '../prior/net.js';
import type { RankerWeights } from '../ranking/ranker.js';
import { anyRanker } from './any-ranker.js';
import { javascriptPrior } from './javascript-prior.js';
import { javascriptRanker } from './javascript-ranker.js';
import { pythonPrior } from './python-prior.js';
import { pythonRanker } from './python-ranker.js';

export const priorWeights: Readonly<Record<PriorName, PriorWeights>> = {
  python: pythonPrior,
  javascript: javascriptPrior,
};

/** `any` weighs the evidence of languages that have no prior. */
export type RankerName = PriorName | 'any';

export const rankerWeights: Readonly<Record<RankerName, RankerWeights>> = {
  python: pythonRanker,
  javascript: javascriptRanker,
  any: anyRanker,
};
