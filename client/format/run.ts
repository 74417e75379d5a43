/** Formats a text; runs in the worker. Each formatter is fetched when a text first needs it. */
import type { Plugin } from 'prettier';

import { formatterOf, type PrettierLanguage, type PrettierPlugin } from './formatters.js';
import { minimalEdits } from './minimal-edits.js';
import type { FormatRequest, FormatResult } from './wire.js';

/** Formats Python. @throws with a message that ends in ruff's "at byte range 12..13", when the text is no Python */
export type PythonFormatter = (text: string, indentWidth: number, useTabs: boolean) => string;

type PluginModule = { readonly default: Plugin };

const plugins: Readonly<Record<PrettierPlugin, () => Promise<unknown>>> = {
  babel: () => import('prettier/plugins/babel'),
  estree: () => import('prettier/plugins/estree'),
  typescript: () => import('prettier/plugins/typescript'),
  postcss: () => import('prettier/plugins/postcss'),
  html: () => import('prettier/plugins/html'),
  markdown: () => import('prettier/plugins/markdown'),
  yaml: () => import('prettier/plugins/yaml'),
};

async function withPrettier(request: FormatRequest, language: PrettierLanguage): Promise<string> {
  const [{ format }, ...loaded] = await Promise.all([
    import('prettier/standalone'),
    ...language.plugins.map((name) => plugins[name]() as Promise<PluginModule>),
  ]);
  return format(request.text, {
    parser: language.parser,
    plugins: loaded.map((module) => module.default),
    tabWidth: request.indentWidth,
    useTabs: request.useTabs,
    endOfLine: 'lf',
  });
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** How ruff says where it stumbled: in bytes of UTF-8. */
const BYTE_RANGE = / at byte range (\d+)\.\.\d+$/;

function lineOfByte(text: string, offset: number): number {
  const LF = 10;
  return (
    new TextEncoder()
      .encode(text)
      .subarray(0, offset)
      .filter((byte) => byte === LF).length + 1
  );
}

/** Where the formatter stumbled: prettier says it in `loc` (some plugins in the message), ruff in bytes. */
function lineOf(error: unknown, text: string): number | null {
  if (typeof error === 'object' && error !== null && 'loc' in error) {
    const { loc } = error as { loc?: { start?: { line?: unknown }; line?: unknown } };
    const line = loc?.start?.line ?? loc?.line;
    if (typeof line === 'number') return line;
  }
  const bytes = BYTE_RANGE.exec(firstLine(error));
  if (bytes !== null) return lineOfByte(text, Number(bytes[1]));
  const told = /\((\d+):\d+\)/.exec(messageOf(error));
  return told === null ? null : Number(told[1]);
}

/** The first line of what a formatter says, without the picture of the code that follows. */
const firstLine = (error: unknown): string => messageOf(error).split('\n')[0]?.trim() ?? '';

export async function format(
  request: FormatRequest,
  loadPython: () => Promise<PythonFormatter>,
): Promise<FormatResult> {
  const formatter = formatterOf(request.languageId);
  if (formatter === null) return { kind: 'failed', message: request.languageId };
  let python: PythonFormatter | null = null;
  try {
    if (formatter.formatter === 'ruff') python = await loadPython();
  } catch (error) {
    return { kind: 'failed', message: firstLine(error) };
  }
  try {
    const formatted =
      formatter.formatter === 'ruff'
        ? (python?.(request.text, request.indentWidth, request.useTabs) ?? request.text)
        : await withPrettier(request, formatter);
    return { kind: 'edits', edits: minimalEdits(request.text, formatted) };
  } catch (error) {
    const line = lineOf(error, request.text);
    if (line === null && formatter.formatter === 'prettier')
      return { kind: 'failed', message: firstLine(error) };
    return { kind: 'syntax', message: firstLine(error).replace(BYTE_RANGE, ''), line };
  }
}
