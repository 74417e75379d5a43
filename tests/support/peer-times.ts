/** How soon people see what others type, measured at the clients. */
import type { Typist } from './typist.js';

export interface TimesTaken {
  /** The 99th percentile and the worst since the last call, in ms. */
  take(): { readonly p99: number; readonly worst: number };
  stop(): void;
}

/** Measures how long a token of one takes to be shown by another of the same room. */
export function peerTimes(typists: readonly Typist[]): TimesTaken {
  let times: number[] = [];
  const sentMs = new Map<string, number>();
  const stops: (() => void)[] = [];
  for (const typist of typists) {
    const seen = (update: { changes: { delta: { insert?: unknown }[] } }, isOwn: boolean): void => {
      for (const { insert } of update.changes.delta) {
        if (typeof insert !== 'string') continue;
        for (const [token] of insert.matchAll(/<\w+\.\d+>/g)) {
          const at = sentMs.get(token);
          if (isOwn) sentMs.set(token, performance.now());
          else if (at !== undefined) times.push(performance.now() - at);
          if (!isOwn) sentMs.delete(token);
        }
      }
    };
    const observe = (event: Parameters<Parameters<typeof typist.text.observe>[0]>[0]): void =>
      seen(event, event.transaction.local);
    typist.text.observe(observe);
    stops.push(() => typist.text.unobserve(observe));
  }
  return {
    take() {
      const taken = times;
      times = [];
      return inBrief(taken);
    },
    stop() {
      for (const stop of stops) stop();
    },
  };
}

export function inBrief(times: number[]): ReturnType<TimesTaken['take']> {
  const sorted = times.sort((a, b) => a - b);
  const at = (index: number): number => Math.round((sorted[index] ?? 0) * 10) / 10;
  return { p99: at(Math.floor(sorted.length * 0.99)), worst: at(sorted.length - 1) };
}
