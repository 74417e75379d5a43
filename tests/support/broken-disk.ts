/**
 * A disk that breaks under the embedded database: each call of the operating system that its files go through can be made to
 * answer with an error, in the very process under test. What a broken device answers is simulated; all behind it is real.
 */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What asks the disk for something. */
export type DiskCall = 'open' | 'read' | 'write' | 'fsync';

export interface BrokenDisk {
  /** Settings of the process that is to have it. */
  readonly env: Record<string, string>;
  /** From now on these calls fail, as the system names it. */
  breakDown(error: 'EIO' | 'EROFS', calls: readonly DiskCall[]): void;
  mend(): void;
  remove(): void;
}

/** Runs before the program, in each of its threads. Plain JavaScript, because Node itself loads it. */
const PRELOAD = `
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');
const state = process.env.BROKEN_DISK_STATE;
const files = new Map();
const { openSync, closeSync, readFileSync } = fs;
let asked = 0;
let broken = { error: '', calls: [] };
const now = () => {
  if (Date.now() - asked > 20) {
    asked = Date.now();
    try { broken = JSON.parse(readFileSync(state, 'utf8')); } catch { broken = { error: '', calls: [] }; }
  }
  return broken;
};
const isOurs = (path) => String(path).includes('/postgres/');
const check = (call, path) => {
  if (!isOurs(path)) return;
  const { error, calls } = now();
  if (!calls.includes(call)) return;
  throw Object.assign(new Error(error + ': the disk is broken, ' + call), { code: error, syscall: call });
};
fs.openSync = (path, ...rest) => {
  const forWriting = typeof rest[0] === 'number' ? (rest[0] & 3) !== 0 : /[wa+]/.test(rest[0] ?? 'r');
  if (now().error !== 'EROFS' || forWriting) check('open', path);
  const file = openSync(path, ...rest);
  if (isOurs(path)) files.set(file, String(path));
  return file;
};
fs.closeSync = (file) => { files.delete(file); return closeSync(file); };
for (const [call, names] of [['read', ['readSync']], ['write', ['writeSync', 'ftruncateSync']], ['fsync', ['fsyncSync', 'fdatasyncSync']]]) {
  for (const name of names) {
    const real = fs[name];
    fs[name] = (file, ...rest) => { check(call, files.get(file) ?? ''); return real(file, ...rest); };
  }
}
syncBuiltinESMExports();
`;

export function brokenDisk(): BrokenDisk {
  const folder = mkdtempSync(join(tmpdir(), 'coderoom-broken-'));
  const [preload, state] = [join(folder, 'preload.cjs'), join(folder, 'state.json')];
  writeFileSync(preload, PRELOAD);
  return {
    env: { NODE_OPTIONS: `--require ${preload}`, BROKEN_DISK_STATE: state },
    breakDown(error, calls) {
      writeFileSync(`${state}.new`, JSON.stringify({ error, calls }));
      renameSync(`${state}.new`, state); // never read by half
    },
    mend: () => rmSync(state, { force: true }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
