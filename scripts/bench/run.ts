/**
 * `npm run bench [-- <command> [arguments]]`: runs one measurement. Each file beside this one is a command of its name and
 * exports `summary` and `run`; what they share lies in folders. Without a command: `peers`.
 */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** What a command's file exports. */
export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** Gets the arguments behind its name; what it throws is printed, and the exit code is 1. */
  run(args: string[]): Promise<void>;
}

const here = dirname(fileURLToPath(import.meta.url));

const names = readdirSync(here)
  .filter((file) => /^[a-z-]+\.ts$/.test(file) && file !== 'run.ts')
  .map((file) => file.slice(0, -3))
  .sort();

async function load(name: string): Promise<Command> {
  return (await import(pathToFileURL(join(here, `${name}.ts`)).href)) as Command;
}

const [first = 'peers', ...rest] = process.argv.slice(2);
const name = first.startsWith('-') ? 'peers' : first;
const args = first.startsWith('-') ? [first, ...rest] : rest;

if (first === '--help' || !names.includes(name)) {
  if (first !== '--help') console.error(`There is no bench "${name}".`);
  for (const each of names) console.info(`${each.padEnd(14)} ${(await load(each)).summary}`);
  process.exit(first === '--help' ? 0 : 2);
}

try {
  await (await load(name)).run(args);
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  process.exit(1);
}
