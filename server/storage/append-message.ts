/**
 * A group commit as the bytes that Postgres reads (its frontend protocol, version 3): Parse, Bind, Execute and Sync of one
 * statement in one buffer. The driver makes the same of arrays and strings in ten times the steps; with twenty commits a
 * second that was a third of all CPU of a room in which a few people type.
 */
import type { LogBatch } from './log.js';

/** A row that is there already is left as it is, so that repeating a commit is harmless. */
const APPEND = `
  insert into "LogEntry" ("roomId", "writer", "n", "count", "data")
  select room, writer, n, count, substring($7::bytea from start for length)
  from unnest($1::text[], $2::uuid[], $3::int[], $4::int[], $5::int[], $6::int[])
    as row(room, writer, n, count, start, length)
  on conflict ("roomId", "writer", "n") do nothing`;

const TEXTS = 6;
const TEXT_FORMAT = 0;
const BINARY_FORMAT = 1;

// The statement is not named: one session may serve many connections (the embedded database, a pooler in between).
const PARSE = message('P', (text) => Buffer.from(`\0${text}\0\0\0`), APPEND);
/** Portal and statement without a name, and the formats of the parameters. */
const BIND_HEAD = (() => {
  const head = Buffer.alloc(2 + 2 + (TEXTS + 1) * 2 + 2);
  head.writeInt16BE(TEXTS + 1, 2);
  for (let i = 0; i <= TEXTS; i++) head.writeInt16BE(i < TEXTS ? TEXT_FORMAT : BINARY_FORMAT, 4 + i * 2);
  head.writeInt16BE(TEXTS + 1, head.length - 2);
  return head;
})();
/** Behind the parameters: results as text, of which there are none; Execute without a limit; Sync. */
const TAIL = Buffer.concat([
  Buffer.alloc(2),
  message('E', () => Buffer.alloc(1 + 4), ''),
  message('S', () => Buffer.alloc(0), ''),
]);

function message(type: string, body: (text: string) => Buffer, text: string): Buffer {
  const content = body(text);
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
}

/** An array of text or uuid. Quoted: a room may be called `null`. */
function textArray(values: readonly string[]): string {
  const safe = values.some((value) => /["\\]/.test(value))
    ? values.map((value) => value.replace(/["\\]/g, '\\$&'))
    : values;
  return `{"${safe.join('","')}"}`;
}

/** Writes all of the batch; the answer is that of one INSERT, or an error. */
export function appendMessage({ roomIds, writers, ns, counts, starts, lengths, data }: LogBatch): Buffer {
  const texts = [
    textArray(roomIds),
    textArray(writers),
    `{${ns.join(',')}}`,
    `{${counts.join(',')}}`,
    `{${starts.join(',')}}`,
    `{${lengths.join(',')}}`,
  ];
  let parameters = (TEXTS + 1) * 4 + data.length;
  for (const text of texts) parameters += Buffer.byteLength(text);
  const bindLength = 4 + BIND_HEAD.length + parameters + 2; // the type is not counted, results' formats are
  const bytes = Buffer.allocUnsafe(PARSE.length + 1 + bindLength + TAIL.length - 2);
  let at = PARSE.copy(bytes);
  at = bytes.writeUInt8(0x42, at); // B
  at = bytes.writeInt32BE(bindLength, at);
  at += BIND_HEAD.copy(bytes, at);
  for (const text of texts) {
    const length = bytes.write(text, at + 4);
    bytes.writeInt32BE(length, at);
    at += 4 + length;
  }
  at = bytes.writeInt32BE(data.length, at);
  at += data.copy(bytes, at);
  TAIL.copy(bytes, at);
  return bytes;
}
