/** The markers by which models of some families are told what stands before and behind the gap, when their server has no `suffix`. */

export interface FimMarkers {
  readonly before: string;
  readonly after: string;
  readonly middle: string;
  /** The suffix is shown first. */
  readonly suffixFirst?: true;
  /** What the model may end its answer with. */
  readonly stop: readonly string[];
}

const PIPED: FimMarkers = {
  before: '<|fim_prefix|>',
  after: '<|fim_suffix|>',
  middle: '<|fim_middle|>',
  stop: ['<|endoftext|>', '<|fim_pad|>', '<|file_sep|>', '<|fim_prefix|>'],
};

/** By what the model's name holds, the first that fits. */
const families: readonly (readonly [name: string, pattern: RegExp, markers: FimMarkers])[] = [
  ['Qwen-Coder', /qwen.*coder|codeqwen/i, PIPED],
  ['CodeGemma', /codegemma/i, { ...PIPED, stop: ['<|file_separator|>', '<|fim_prefix|>'] }],
  [
    'StarCoder',
    /starcoder|stable-?code|granite.*code/i,
    {
      before: '<fim_prefix>',
      after: '<fim_suffix>',
      middle: '<fim_middle>',
      stop: ['<|endoftext|>', '<file_sep>', '<fim_prefix>'],
    },
  ],
  [
    'DeepSeek-Coder',
    /deepseek.*coder/i,
    {
      before: '<｜fim▁begin｜>',
      after: '<｜fim▁hole｜>',
      middle: '<｜fim▁end｜>',
      stop: ['<｜end▁of▁sentence｜>', '<｜fim▁begin｜>'],
    },
  ],
  [
    'CodeLlama',
    /code-?llama/i,
    { before: '<PRE> ', after: ' <SUF>', middle: ' <MID>', stop: ['<EOT>', ' <EOT>'] },
  ],
  [
    'Codestral',
    /codestral/i,
    { before: '[PREFIX]', after: '[SUFFIX]', middle: '', suffixFirst: true, stop: ['[PREFIX]', '[SUFFIX]'] },
  ],
];

/** For sentences about what `fim-tokens` can be used with. */
export const fimFamilies: readonly string[] = families.map(([name]) => name);

/** The markers of a model, by its name; null when they are not known here. */
export function fimMarkers(model: string): FimMarkers | null {
  return families.find(([, pattern]) => pattern.test(model))?.[2] ?? null;
}

export function fimPrompt(markers: FimMarkers, prefix: string, suffix: string): string {
  const { before, after, middle, suffixFirst } = markers;
  return suffixFirst
    ? `${after}${suffix}${before}${prefix}${middle}`
    : `${before}${prefix}${after}${suffix}${middle}`;
}
