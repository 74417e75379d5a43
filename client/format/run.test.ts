import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import initRuff, { PositionEncoding, Workspace } from '@astral-sh/ruff-wasm-web';
import { describe, expect, test } from '@jest/globals';

import { format, type PythonFormatter } from './run.js';
import type { FormatResult } from './wire.js';

const wasm = createRequire(import.meta.url).resolve('@astral-sh/ruff-wasm-web/ruff_wasm_bg.wasm');

async function loadPython(): Promise<PythonFormatter> {
  await initRuff({ module_or_path: readFileSync(wasm) });
  return (text) => new Workspace({}, PositionEncoding.Utf16).format(text);
}

const ask = (languageId: string, text: string, python = loadPython): Promise<FormatResult> =>
  format({ id: 1, languageId, text, indentWidth: 2, useTabs: false }, python);

function applied(text: string, result: FormatResult): string {
  if (result.kind !== 'edits') throw new Error(JSON.stringify(result));
  return result.edits.reduceRight(
    (rest, { from, to, insert }) => rest.slice(0, from) + insert + rest.slice(to),
    text,
  );
}

describe('formatting', () => {
  test.each([
    ['javascript', 'f( 1 )', 'f(1);\n'],
    ['typescript', 'let a:number=1', 'let a: number = 1;\n'],
    ['json', '{"a":1}', '{ "a": 1 }\n'],
    ['css', 'a{b:c}', 'a {\n  b: c;\n}\n'],
    ['python', 'f( 1 )', 'f(1)\n'],
  ])('%s', async (language, before, after) => {
    expect(applied(before, await ask(language, before))).toBe(after);
  });

  test('leaves every character that may stay', async () => {
    const result = await ask('javascript', 'first( 1 );\nsecond(2);\n');
    expect(result).toEqual({
      kind: 'edits',
      edits: [
        { from: 6, to: 7, insert: '' },
        { from: 8, to: 9, insert: '' },
      ],
    });
  });

  test.each([
    ['javascript', 'a;\nf( {;', 2],
    ['json', '{\n"a": 1,,\n}', 2],
    ['css', 'a {}\nb {', 2],
    ['yaml', 'a: 1\nb: [', 2],
    ['python', 'x = 1\ndef f(:\n', 2],
    // The place is told in bytes: two to four for each of these.
    ['python', 'x = "é→🙂"\ny = "é→🙂"\nz = (1\n', 4],
  ])('a mistake in %s has its line: %j', async (language, text, line) => {
    const result = await ask(language, text);
    expect(result).toMatchObject({ kind: 'syntax', line });
    expect(JSON.stringify(result)).not.toContain('byte range');
  });

  test('a formatter that cannot be fetched is no mistake in the code', async () => {
    const result = await ask('python', 'x', () => Promise.reject(new Error('offline')));
    expect(result).toEqual({ kind: 'failed', message: 'offline' });
  });
});
