/** How soon a server answers a WebSocket ping, 20 times a second: what its event loop lets a fair connection feel. */
import { performance } from 'node:perf_hooks';

import { inBrief, type TimesTaken } from './peer-times.js';
import { openRaw } from './raw-socket.js';

const EVERY_MS = 50;

/** Pings over a socket of its own, which only listens besides. */
export async function pingTimes(url: string): Promise<TimesTaken> {
  const { ws } = await openRaw(url);
  ws.send(Uint8Array.of(0, 0, 1, 0)); // SyncStep1 of a client that has nothing
  let times: number[] = [];
  const sentMs = new Map<string, number>();
  let n = 0;
  ws.on('pong', (payload: Buffer) => {
    const at = sentMs.get(payload.toString());
    if (at !== undefined) times.push(performance.now() - at);
    sentMs.delete(payload.toString());
  });
  const timer = setInterval(() => {
    if (ws.readyState !== ws.OPEN) return;
    const payload = String(n++);
    sentMs.set(payload, performance.now());
    ws.ping(payload);
  }, EVERY_MS);
  return {
    take() {
      const taken = times;
      times = [];
      return inBrief(taken);
    },
    stop() {
      clearInterval(timer);
      ws.terminate();
    },
  };
}
