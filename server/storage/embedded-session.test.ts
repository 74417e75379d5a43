import type { PGlite } from '@electric-sql/pglite';
import { describe, expect, test } from '@jest/globals';

import { shareSession } from './embedded-session.js';
import { watchForPanic } from './panic-watch.js';

/** An error response of Postgres (protocol version 3, "Message Formats"). */
function errorResponse(severity: string, text: string): Buffer {
  const fields = Buffer.from(`S${severity}\0V${severity}\0C53100\0M${text}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E', 'latin1');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
const PANIC = errorResponse('PANIC', 'could not write to file "pg_wal/xlogtemp.42": No space left on device');
const ERROR = errorResponse('ERROR', 'it said VPANIC\0'.repeat(40));
const SYNC = Uint8Array.of(0x53, 0, 0, 0, 4);

describe('[G32] a panic of the embedded database', () => {
  test('is heard wherever chunks end, and nothing else is taken for one', () => {
    const said = Buffer.concat([READY, ERROR, READY, PANIC, READY]);
    for (const size of [1, 2, 3, 7, 64, said.length]) {
      const isPanic = watchForPanic();
      const heard: number[] = [];
      for (let at = 0; at < said.length; at += size)
        if (isPanic(said.subarray(at, at + size))) heard.push(at);
      const end = READY.length * 2 + ERROR.length + PANIC.length;
      expect(heard).toEqual([Math.floor((end - 1) / size) * size]);
    }
  });

  test('ends the session: nothing that follows is passed on or asked', async () => {
    const answers = [READY, PANIC, READY];
    let asked = 0;
    const engine = {
      execProtocolRawStream: (_: Uint8Array, { onRawData }: { onRawData: (chunk: Uint8Array) => void }) => {
        asked++;
        for (const answer of answers) onRawData(answer);
        return Promise.resolve();
      },
    } as unknown as PGlite;
    const failures: unknown[] = [];
    const session = shareSession(engine, (error) => failures.push(error));
    const heard: Uint8Array[] = [];
    const ask = () => session.execProtocolRawStream(SYNC, { onRawData: (chunk) => heard.push(chunk) });
    await expect(ask()).rejects.toThrow('Postgres panicked');
    await expect(ask()).rejects.toThrow('Postgres panicked');
    expect(heard).toEqual([READY]);
    expect(asked).toBe(1);
    expect(failures).toHaveLength(1);
  });
});
