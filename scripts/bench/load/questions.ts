/** What those who load autocomplete ask about: one program, and places in it. */

/** UTF-16 units: what the page's editor sends. */
const WINDOW = 16_000;

const block = (n: number): string =>
  `def step_${n}(values, limit):\n    total = 0\n    for value in values:\n        if value > limit:\n            total += value * ${n}\n    return total\n\n`;

export const code = Array.from({ length: 110 }, (_, n) => block(n))
  .join('')
  .slice(0, WINDOW);

/** Far from each other, and none where little is known of the text. */
export const cursorOf = (question: number): number => 2_000 + ((question * 997) % 13_000);
