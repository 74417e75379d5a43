/**
 * The yardstick of autocomplete: how often the local engine is right on real sources. Prints one table for each language found below
 * the given folders. `-- autocomplete <folder…> [--samples=6000] [--sure=20000] [--seed=1] [--languages=python,…] [--all]`: positions of each kind
 * that are timed and compared, and those that show whether confidence can be believed; --all also measures files that were learned from.
 * Every package gives as many positions.
 */
import { languageTable } from '../../server/autocomplete/languages/index.js';
import { complete } from '../../server/autocomplete/engine.js';
import { Kind } from '../../server/autocomplete/tokens/lexicon.js';
import { Tokenizer } from '../../server/autocomplete/tokens/tokenizer.js';
import { plainCache, mostFrequent } from '../autocomplete/baselines.js';
import { Deciles } from '../autocomplete/deciles.js';
import { firstToken, positionsIn, randomFrom, windowOf, type Position } from '../autocomplete/positions.js';
import {
  HELD_OUT_RULE,
  PROGRAMS,
  quotaOf,
  sampledSources,
  type Source,
  type UnitSource,
} from '../autocomplete/sources.js';

export const summary =
  'autocomplete on the sources of a folder: how often right, how sure, how much typing saved';

const SHOWN = 0.5;
/** Positions of a tenth below which its share says nothing: with so many it is off by 4 points by chance alone. */
const FEW = 150;
/** Points that confidence may be off. */
const GOAL = 5;
/** A language of fewer packages says nothing of the language. */
const FEW_UNITS = 5;
/** Of so many positions one is also given to the simple predictors, which are slow. */
const COMPARED = 5;

interface Tally {
  asked: number;
  right: number;
  shown: number;
  shownRight: number;
  compared: number;
  frequent: number;
  plain: number;
  /** Milliseconds of the processor, and of the clock. */
  readonly compute: number[];
  readonly wall: number[];
  /** The processor again, asked the same one letter later: what a text costs that is known. */
  readonly again: number[];
}

const percent = (part: number, whole: number): string =>
  whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;

type Asked = 'next' | 'prefix';

/** Positions of files, of every package about as many, `samples` at most. */
function* asked(
  files: readonly UnitSource[],
  kind: Asked,
  samples: number,
  seed: number,
): Generator<{ readonly position: Position; readonly file: UnitSource; readonly tokenizer: Tokenizer }> {
  const random = randomFrom(seed);
  const quota = quotaOf(files, samples);
  let left = samples;
  for (const file of files) {
    const tokenizer = new Tokenizer(languageTable(file.language));
    const each = quota(file.unit);
    for (const position of positionsIn(file.text, tokenizer, kind, each, random)) {
      if (left-- <= 0) return;
      yield { position, file, tokenizer };
    }
  }
}

/** How sure it says it is of its best guess, shown or not. */
function confidences(files: readonly UnitSource[], kind: Asked, samples: number, seed: number): Deciles {
  const deciles = new Deciles();
  for (const { position, file, tokenizer } of asked(files, kind, samples, seed)) {
    const request = { ...windowOf(position), language: file.language };
    const { suggestion, confidence } = complete(request, { always: true, mostTokens: 1 });
    const typed = position.token.slice(0, position.typed);
    const isRight = suggestion !== '' && firstToken(typed + suggestion, tokenizer) === position.token;
    deciles.add(file.unit, confidence, isRight);
  }
  return deciles;
}

function measure(files: readonly UnitSource[], kind: Asked, samples: number, seed: number): Tally {
  const tally: Tally = {
    ...{ asked: 0, right: 0, shown: 0, shownRight: 0, compared: 0, frequent: 0, plain: 0 },
    ...{ compute: [], wall: [], again: [] },
  };
  for (const { position, file, tokenizer } of asked(files, kind, samples, seed)) {
    const { language } = file;
    tally.asked++;
    const request = { ...windowOf(position), language };
    const typed = position.token.slice(0, position.typed);
    const isRight = (suggestion: string): boolean =>
      suggestion !== '' && firstToken(typed + suggestion, tokenizer) === position.token;
    // Of the processor other programs of the machine take nothing; the collector of garbage and the compiler count.
    const [began, clock] = [process.cpuUsage(), performance.now()];
    const answer = complete(request);
    tally.wall.push(performance.now() - clock);
    tally.compute.push(millisSince(began));
    const raw = complete(request, { always: true, mostTokens: 1 });
    if (isRight(raw.suggestion)) tally.right++;
    const next = windowOf({ ...position, before: position.before.slice(0, -1) });
    const beganAgain = process.cpuUsage();
    complete({ ...next, language });
    tally.again.push(millisSince(beganAgain));
    const right = isRight(answer.suggestion);
    if (answer.suggestion !== '') {
      if (answer.confidence >= SHOWN) {
        tally.shown++;
        if (right) tally.shownRight++;
      }
    }
    if (tally.asked % COMPARED === 0) {
      tally.compared++;
      if (mostFrequent(request, typed, tokenizer) === position.token) tally.frequent++;
      if (plainCache(request, typed, tokenizer) === position.token) tally.plain++;
    }
  }
  return tally;
}

function millisSince(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}

interface Saved {
  lines: number;
  characters: number;
  accepted: number;
  keys: number;
}

/** Types whole lines, taking every suggestion that the line goes on with. */
function typeLines(files: readonly Source[], lines: number, seed: number): Saved {
  const saved: Saved = { lines: 0, characters: 0, accepted: 0, keys: 0 };
  const random = randomFrom(seed);
  const each = Math.ceil(lines / files.length);
  for (const { text, language } of files) {
    const tokenizer = new Tokenizer(languageTable(language));
    for (const position of linesOf(text, tokenizer, each, random)) {
      if (saved.lines >= lines) break;
      saved.lines++;
      saved.characters += position.rest.length;
      const whole = position.rest + position.after;
      let done = 0;
      while (done < position.rest.length) {
        const before = position.before + position.rest.slice(0, done);
        const { suggestion } = complete({ ...windowOf({ ...position, before }), language });
        saved.keys++;
        if (suggestion !== '' && whole.startsWith(suggestion, done)) {
          const accepted = Math.min(suggestion.length, position.rest.length - done);
          saved.accepted += accepted;
          done += accepted;
        } else done++;
      }
    }
  }
  return saved;
}

function linesOf(text: string, tokenizer: Tokenizer, count: number, random: () => number): Position[] {
  const all: Position[] = [];
  let at = 0;
  let state = 0;
  for (const raw of text.split('\n')) {
    const line = tokenizer.line(raw, state);
    const first = line.ids[0];
    if (
      state === 0 &&
      line.state === 0 &&
      first !== undefined &&
      tokenizer.lexicon.kinds[first] !== Kind.Gap
    ) {
      const start = at + (line.starts[0] ?? 0);
      const end = at + raw.trimEnd().length;
      all.push({
        token: '',
        typed: 0,
        before: text.slice(0, start),
        after: text.slice(at + raw.length),
        rest: text.slice(start, end),
      });
    }
    state = line.state;
    at += raw.length + 1;
  }
  return Array.from(
    { length: Math.min(count, all.length) },
    () => all[Math.floor(random() * all.length)] as Position,
  );
}

function quantile(values: readonly number[], q: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0).toFixed(2);
}

function print(name: string, tally: Tally): void {
  const { asked } = tally;
  console.info(`  ${name} (${asked} positions)`);
  console.info(`    right, best guess whether shown or not   ${percent(tally.right, asked)}`);
  console.info(
    `    right among those shown at >= ${SHOWN}        ${percent(tally.shownRight, tally.shown)} (shown: ${percent(tally.shown, asked)})`,
  );
  console.info(`    for comparison: most frequent word       ${percent(tally.frequent, tally.compared)}`);
  console.info(`    for comparison: plain 6-gram cache       ${percent(tally.plain, tally.compared)}`);
  for (const [what, list] of [
    ['compute of an answer, text not met before', tally.compute],
    ['compute of an answer, text met before', tally.again],
    ['wall time of the first', tally.wall],
  ] as const) {
    console.info(
      `    ${what}, ms: p50 ${quantile(list, 0.5)}, p99 ${quantile(list, 0.99)}, most ${quantile(list, 1)}`,
    );
  }
}

function printDeciles(name: string, deciles: Deciles, seed: number): void {
  console.info(
    `  confidence of the best guess, ${name}, by tenth: said -> was right, off by points [95 %, packages drawn anew] (positions, packages)`,
  );
  const points = (share: number): string => (100 * share).toFixed(1);
  const list = deciles.list(seed);
  for (const { from, positions, packages, said, right, off, least, most } of list) {
    const few = positions < FEW ? ', too few' : '';
    console.info(
      `    ${from.toFixed(1)}-${(from + 0.1).toFixed(1)}   ${percent(said, 1).padStart(7)} -> ${percent(right, 1).padStart(7)}   off by ${points(off).padStart(5)} [${points(least)}, ${points(most)}] (${positions}, ${packages}${few})`,
    );
  }
  const told = list.filter(({ positions }) => positions >= FEW);
  const furthest = Math.max(0, ...told.map(({ off }) => Math.abs(off)));
  const over = told.filter(({ off }) => Math.abs(100 * off) > GOAL).length;
  console.info(
    `    furthest off, where there are ${FEW} positions or more: ${points(furthest)} points; over ${GOAL} points: ${over} of ${told.length}`,
  );
}

/** So that a part of the files is a part of every package. */
function shuffled<T>(list: readonly T[], seed: number): T[] {
  const random = randomFrom(seed);
  return list
    .map((one) => ({ one, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

export async function run(args: string[]): Promise<void> {
  const option = (name: string, fallback: number): number =>
    Number(args.find((arg) => arg.startsWith(`--${name}=`))?.split('=')[1] ?? fallback);
  const folders = args.filter((arg) => !arg.startsWith('--'));
  const all = args.includes('--all');
  if (folders.length === 0)
    throw new Error('name a folder of sources: npm run bench -- autocomplete <folder>');
  const samples = option('samples', 6000);
  const sure = option('sure', 20_000);
  const seed = option('seed', 1);
  const wanted = args.find((arg) => arg.startsWith('--languages='))?.split('=')[1];
  console.info(all ? 'all files below the folders' : HELD_OUT_RULE);
  for (const language of wanted?.split(',') ?? PROGRAMS) {
    const files = shuffled([...sampledSources(folders, [language], all ? null : true)], seed);
    const units = new Set(files.map(({ unit }) => unit)).size;
    if (files.length === 0) continue;
    if (units < FEW_UNITS) {
      console.info(`\n${language}: only ${units} packages or modules, not measured`);
      continue;
    }
    console.info(`\n${language}: ${files.length} files of ${units} packages or modules, seed ${seed}`);
    const prefix = measure(files, 'prefix', samples, seed);
    print('prefix: 1 to 3 characters of a word are typed', prefix);
    const next = measure(files, 'next', samples, seed + 1);
    print('next: the cursor stands where a token starts', next);
    printDeciles('prefix', confidences(files, 'prefix', sure, seed + 3), seed);
    printDeciles('next', confidences(files, 'next', sure, seed + 4), seed);
    const saved = typeLines(files, Math.ceil(samples / 20), seed + 2);
    console.info(
      `  whole lines (${saved.lines}): ${percent(saved.accepted, saved.characters)} of the characters came from accepting; ` +
        `counting each acceptance as one key, ${percent(saved.characters - saved.keys, saved.characters)} of the keys were saved`,
    );
  }
}
