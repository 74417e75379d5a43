/** How soon a server answers a WebSocket ping, 20 times a second: what its event loop lets a fair connection feel. */
import { openRaw } from './raw-socket.js';
import { Times, type TimesTaken } from './times.js';

const EVERY_MS = 50;

/** Pings over a socket of its own, which only listens besides. */
export async function pingTimes(url: string): Promise<TimesTaken> {
  const { ws } = await openRaw(url);
  ws.send(Uint8Array.of(0, 0, 1, 0)); // SyncStep1 of a client that has nothing
  const times = new Times();
  let n = 0;
  ws.on('pong', (payload: Buffer) => times.end(payload.toString()));
  const timer = setInterval(() => {
    if (ws.readyState !== ws.OPEN) return;
    const payload = String(n++);
    times.begin(payload);
    ws.ping(payload);
  }, EVERY_MS);
  return {
    take: () => times.take(),
    stop() {
      clearInterval(timer);
      ws.terminate();
    },
  };
}
