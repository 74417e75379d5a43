/** What a process and all its children used, from /proc: Linux only. */
import { readdirSync, readFileSync } from 'node:fs';

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it ended meanwhile
  }
}

function tree(pid: number): number[] {
  const found = [pid];
  for (const task of list(`/proc/${pid}/task`)) {
    for (const child of read(`/proc/${pid}/task/${task}/children`).split(' ')) {
      if (child !== '') found.push(...tree(Number(child)));
    }
  }
  return found;
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/**
 * CPU of the process tree so far, in µs: run time of all threads to the nanosecond; what ended threads used counts in steps of 10 ms.
 * @param withChildren false: of the process alone
 */
export function cpuMicros(pid: number, withChildren = true): number {
  let sum = 0;
  for (const one of withChildren ? tree(pid) : [pid]) {
    let threads = 0;
    for (const task of list(`/proc/${one}/task`)) {
      threads += Number(read(`/proc/${one}/task/${task}/schedstat`).split(' ')[0] ?? 0) / 1000;
    }
    const stat = read(`/proc/${one}/stat`);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 10_000;
    sum += Math.max(threads, ticks);
  }
  return sum;
}

/** CPU that the machine's processors have spent on anything so far, in µs; counts in steps of 10 ms. */
export function machineMicros(): number {
  // user nice system idle iowait irq softirq steal; the time of guests is in the first two already
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] =
    /^cpu +(.*)$/m.exec(read('/proc/stat'))?.[1]?.split(' ').map(Number) ?? [];
  return (user + nice + system + irq + softirq + steal) * 10_000;
}

/** Resident memory of the process tree, in KB. */
export function rssKb(pid: number): number {
  let sum = 0;
  for (const one of tree(pid)) sum += Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${one}/status`))?.[1] ?? 0);
  return sum;
}
