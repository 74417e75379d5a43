/**
 * Whether of the guesses of one confidence that share is right, tenth by tenth. Positions of one package are alike, so what chance does is found
 * by drawing packages anew (the bootstrap over clusters), not positions.
 */
import { randomFrom } from './positions.js';

/** Draws of as many packages as there are. */
const DRAWS = 1000;
/** Of the draws this share lies outside of what is printed, on both sides together. */
const OUTSIDE = 0.05;

interface Sums {
  count: number;
  said: number;
  right: number;
}

export interface Decile {
  /** The confidences from this to a tenth more. */
  readonly from: number;
  readonly positions: number;
  readonly packages: number;
  /** Shares, 0 to 1: the mean confidence, and how often right. */
  readonly said: number;
  readonly right: number;
  /** `right - said`; and between which values it lies in 95 % of the draws. */
  readonly off: number;
  readonly least: number;
  readonly most: number;
}

export class Deciles {
  readonly #tenths = Array.from({ length: 10 }, () => new Map<string, Sums>());
  readonly #packages = new Set<string>();

  add(name: string, confidence: number, right: boolean): void {
    this.#packages.add(name);
    const tenth = this.#tenths[Math.min(9, Math.floor(confidence * 10))];
    const sums = tenth?.get(name) ?? { count: 0, said: 0, right: 0 };
    tenth?.set(name, sums);
    sums.count++;
    sums.said += confidence;
    if (right) sums.right++;
  }

  /** The tenths that hold anything, lowest first; the same seed draws the same packages. */
  list(seed: number): Decile[] {
    return this.#tenths.flatMap((tenth, index) => {
      const all = total(tenth.values());
      if (all.count === 0) return [];
      const [least, most] = this.#interval(tenth, seed + index);
      return [
        {
          from: index / 10,
          positions: all.count,
          packages: tenth.size,
          said: all.said / all.count,
          right: all.right / all.count,
          off: (all.right - all.said) / all.count,
          ...{ least, most },
        },
      ];
    });
  }

  #interval(tenth: ReadonlyMap<string, Sums>, seed: number): [number, number] {
    const random = randomFrom(seed);
    const names = [...this.#packages];
    const offs = Array.from({ length: DRAWS }, () => {
      const drawn = names.map(() => tenth.get(names[Math.floor(random() * names.length)] ?? ''));
      const { count, said, right } = total(drawn.filter((one) => one !== undefined));
      return count === 0 ? 0 : (right - said) / count;
    }).sort((a, b) => a - b);
    const at = (share: number): number => offs[Math.round(share * (DRAWS - 1))] ?? 0;
    return [at(OUTSIDE / 2), at(1 - OUTSIDE / 2)];
  }
}

function total(list: Iterable<Sums>): Sums {
  const sums = { count: 0, said: 0, right: 0 };
  for (const { count, said, right } of list) {
    sums.count += count;
    sums.said += said;
    sums.right += right;
  }
  return sums;
}
