/** The worker that formats: the page goes on being typed in meanwhile. One request after the other. */
import initRuff, { PositionEncoding, Workspace } from '@astral-sh/ruff-wasm-web';
import ruffUrl from '@astral-sh/ruff-wasm-web/ruff_wasm_bg.wasm?url';

import { format, type PythonFormatter } from './run.js';
import type { FormatAnswer, FormatRequest } from './wire.js';

let ready: Promise<unknown> | null = null;

async function loadPython(): Promise<PythonFormatter> {
  ready ??= initRuff({ module_or_path: ruffUrl });
  try {
    await ready;
  } catch (error) {
    ready = null; // the network may come back
    throw error;
  }
  return (text, indentWidth, useTabs) => {
    const options = { 'indent-width': indentWidth, format: { 'indent-style': useTabs ? 'tab' : 'space' } };
    const workspace = new Workspace(options, PositionEncoding.Utf16);
    try {
      return workspace.format(text);
    } finally {
      workspace.free();
    }
  };
}

let before: Promise<unknown> = Promise.resolve();

addEventListener('message', ({ data }: MessageEvent<FormatRequest>) => {
  before = before.then(async () => {
    const result = await format(data, loadPython);
    postMessage({ id: data.id, result } satisfies FormatAnswer);
  });
});
