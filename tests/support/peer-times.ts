/** How soon people see what others type, measured at the clients. */
import { Times, type TimesTaken } from './times.js';
import type { Typist } from './typist.js';

/** Measures how long a token of one takes to be shown by another of the same room. */
export function peerTimes(typists: readonly Typist[]): TimesTaken {
  const times = new Times();
  const stops: (() => void)[] = [];
  for (const typist of typists) {
    const seen = (update: { changes: { delta: { insert?: unknown }[] } }, isOwn: boolean): void => {
      for (const { insert } of update.changes.delta) {
        if (typeof insert !== 'string') continue;
        for (const [token] of insert.matchAll(/<\w+\.\d+>/g)) {
          if (isOwn) times.begin(token);
          else times.end(token);
        }
      }
    };
    const observe = (event: Parameters<Parameters<typeof typist.text.observe>[0]>[0]): void =>
      seen(event, event.transaction.local);
    typist.text.observe(observe);
    stops.push(() => typist.text.unobserve(observe));
  }
  return {
    take: () => times.take(),
    stop() {
      for (const stop of stops) stop();
    },
  };
}
