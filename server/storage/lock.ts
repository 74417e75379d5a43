/**
 * Keeps two processes off one folder. The lock is a file that says who holds it; one whose holder is gone is taken
 * over by exactly one of those who try.
 *
 * How that is exact: files appear whole, by hard-linking a finished one, which fails when the name is taken. Who wants
 * the lock of a dead holder must first make the file `lock.after-<id of that holder>`, which can be made only once, and
 * then renames its own over the lock. If that claimant dies too, the next claims after the claimant, and so on. Claims
 * are removed only after the lock has a new holder, and a claim counts only while the lock still names the holder at
 * the chain's start.
 */
import { randomUUID } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { hostname } from 'node:os';
import { join } from 'node:path';

import { z } from 'zod';

import type { Clock } from '../support/clock.js';

export interface FolderLock {
  /** Safe to call twice. */
  release(): void;
}

/** The folder is in use; the message says by whom and what to do. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
}

const holderShape = z.object({
  /** Of this holding, never used again. */
  id: z.string(),
  pid: z.number().int(),
  /** When the process started, in the kernel's own count; a later process with the same pid has another. Null: unknown. */
  started: z.string().nullable(),
  /** Of the machine's present run; null: unknown. */
  boot: z.string().nullable(),
  /** Of the pid's namespace (containers have their own); null: unknown. */
  namespace: z.string().nullable(),
  host: z.string(),
});
type Holder = z.infer<typeof holderShape>;

/** Holders whose pid means nothing to us, in another container or on another machine, are judged by their heartbeat. */
const HEARTBEAT_MS = 3_000;
const SILENCE_MS = 10_000;
/** How often a holder that may be ending is looked at. */
const LOOK_AGAIN_MS = 100;

/**
 * @param patienceMs how long a holder may take to end before the folder counts as in use: a killed process is gone only
 * when the kernel has finished its writes, and a restart right after should wait for that
 * @throws FolderInUse naming the process that holds it
 */
export async function lockFolder(folder: string, clock: Clock, patienceMs = 0): Promise<FolderLock> {
  const lock = join(folder, 'lock');
  const me: Holder = {
    id: randomUUID(),
    pid: process.pid,
    ...describeProcess(process.pid),
    host: hostname(),
  };
  const mine = join(folder, `lock.new-${me.id}`);
  try {
    // On a full disk this leaves an empty file, which goes too.
    writeFileSync(mine, `${JSON.stringify(me)}\n`, { mode: 0o600, flush: true });
    const deadlineMs = clock.now() + patienceMs;
    while (!(await takeOrWait(folder, lock, mine, clock, deadlineMs)));
  } finally {
    rmSync(mine, { force: true });
  }

  const heartbeat = clock.every(HEARTBEAT_MS, () => {
    try {
      const now = clock.now() / 1000;
      if (read(lock)?.id === me.id) utimesSync(lock, now, now);
    } catch {
      // The folder may be gone for good or for a moment; whoever writes to it will say so.
    }
  });
  return {
    release() {
      heartbeat.cancel();
      if (read(lock)?.id === me.id) rmSync(lock, { force: true });
    },
  };
}

/** One try; while there is time, a holder that still runs is a reason to look again. */
async function takeOrWait(
  folder: string,
  lock: string,
  mine: string,
  clock: Clock,
  deadlineMs: number,
): Promise<boolean> {
  try {
    return await take(folder, lock, mine, clock);
  } catch (error) {
    if (!(error instanceof FolderInUse) || clock.now() >= deadlineMs) throw error;
    await new Promise<void>((resolve) => clock.after(LOOK_AGAIN_MS, resolve));
    return false;
  }
}

/** One try: true when the lock is ours, false when somebody moved meanwhile and it is to be tried again. */
async function take(folder: string, lock: string, mine: string, clock: Clock): Promise<boolean> {
  if (link(mine, lock)) return true;
  const first = read(lock);
  if (!first) return false; // released just now

  const claims: string[] = [];
  let at = lock;
  for (let holder: Holder | null = first; holder; holder = read(at)) {
    if (await isAlive(holder, at, clock)) throw new FolderInUse(refusal(holder, folder, lock));
    at = join(folder, `lock.after-${holder.id}`);
    claims.push(at);
  }
  if (!link(mine, at)) return false;
  if (read(lock)?.id !== first.id) {
    rmSync(at, { force: true });
    return false;
  }
  renameSync(mine, lock);
  for (const claim of claims) rmSync(claim, { force: true });
  for (const name of readdirSync(folder)) {
    if (name.startsWith('lock.new-') && isForsaken(join(folder, name)))
      rmSync(join(folder, name), { force: true });
  }
  return true;
}

/** False when the name is taken. */
function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Null when there is none. @throws FolderInUse when it is not one of ours */
function read(path: string): Holder | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return holderShape.parse(JSON.parse(text));
  } catch (error) {
    throw new FolderInUse(
      `${path} cannot be read as a lock. If no other Coderoom uses this folder, remove that file.`,
      { cause: error },
    );
  }
}

/** Left by a process of this machine that ended between two lines above. One that cannot be read may be being written just now. */
function isForsaken(path: string): boolean {
  try {
    const holder = read(path);
    return holder !== null && knows(holder) && !isRunning(holder);
  } catch (error) {
    if (error instanceof FolderInUse) return false;
    throw error;
  }
}

function refusal({ pid, host }: Holder, folder: string, lock: string): string {
  return (
    `The data folder ${folder} is in use by process ${pid}${host === hostname() ? '' : ` on ${host}`}. ` +
    `One process at a time: stop it, or set DATA_DIR or DATABASE_URL. (If process ${pid} is something else, remove ${lock}.)`
  );
}

/** Whether pids of that holder are pids to us. */
function knows(holder: Holder): boolean {
  const mine = describeProcess(process.pid);
  if (mine.namespace !== null) return holder.namespace === mine.namespace && holder.boot === mine.boot;
  return holder.host === hostname();
}

async function isAlive(holder: Holder, path: string, clock: Clock): Promise<boolean> {
  if (knows(holder)) return isRunning(holder);
  // The same machine, started again since: nobody of then runs now.
  if (holder.host === hostname() && holder.boot !== null && holder.boot !== describeProcess(process.pid).boot)
    return false;
  const before = modifiedMs(path);
  await new Promise<void>((resolve) => clock.after(SILENCE_MS, resolve));
  return modifiedMs(path) !== before;
}

function isRunning({ pid, started }: Holder): boolean {
  if (started !== null) return describeProcess(pid).started === started;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // runs, under another user
  }
}

function modifiedMs(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
}

/** What Linux tells of a process; elsewhere, and of one that is not there, nulls. */
function describeProcess(pid: number): Pick<Holder, 'started' | 'boot' | 'namespace'> {
  return {
    started: attempt(() => {
      // The name, in brackets, may hold anything; after it come the state and, 19 fields on, the start time.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      const hasEnded = fields[0] === 'Z'; // nobody has asked for its exit code yet
      return hasEnded ? null : (fields[19] ?? null);
    }),
    boot: attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    namespace: attempt(() => readlinkSync('/proc/self/ns/pid')),
  };
}

function attempt(look: () => string | null): string | null {
  try {
    return look();
  } catch {
    return null;
  }
}
