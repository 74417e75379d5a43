/** @jest-environment jsdom */
import { CompletionContext, type CompletionResult, type CompletionSource } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';
import { describe, expect, test } from '@jest/globals';

import { wordCompletion } from './word-completion.js';

async function complete(text: string, explicit = false, at = text.length): Promise<CompletionResult | null> {
  const state = EditorState.create({
    doc: text,
    extensions: [wordCompletion, EditorState.languageData.of(() => [{ wordChars: '$' }])],
  });
  const [source] = state.languageDataAt<CompletionSource>('autocomplete', at);
  return (await source?.(new CompletionContext(state, at, explicit))) ?? null;
}

const labels = async (text: string, explicit?: boolean, at?: number): Promise<string[] | undefined> =>
  (await complete(text, explicit, at))?.options.map(({ label }) => label);

describe('words of the document', () => {
  test('are offered once each, without the one that is being typed', async () => {
    expect(await labels('counter total counter co')).toEqual(['counter', 'total']);
  });

  test('hold letters of every script and what the language counts in, and no numbers or single letters', async () => {
    expect(await labels('größe $elf x 12 3d Переменная g')).toEqual(['größe', '$elf', 'Переменная']);
  });

  test('are offered behind a word, or when asked for', async () => {
    expect(await complete('alpha ')).toBeNull();
    expect(await labels('alpha ', true)).toEqual(['alpha']);
  });

  test('come from around the cursor only, and are never halves', async () => {
    const filler = 'x '.repeat(60_000);
    expect(await labels(`far ${filler}near n`)).toEqual(['near']);
    // The window begins 50,000 characters before the cursor, inside of the long word.
    expect(await labels(`${'l'.repeat(200)} ${'x '.repeat(24_950)}w`)).toEqual([]);
  });

  test('are 2,000 at most', async () => {
    const many = Array.from({ length: 3_000 }, (_, index) => `word${index}`).join(' ');
    expect(await labels(`${many} w`)).toHaveLength(2_000);
  });
});
