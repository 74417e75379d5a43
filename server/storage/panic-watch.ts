/**
 * Hears whether Postgres panicked: by its own rules it must end then, because what it holds in memory may differ from its
 * WAL. PGlite reports it as any other error and goes on (seen: a WAL that could not grow; it never answered again).
 */

const ERROR_RESPONSE = 0x45; // 'E'
/** A type, and a length that counts itself. */
const HEADER_BYTES = 5;
/** The severity comes first; the rest of a long message says nothing new. */
const MAX_FIELDS_BYTES = 256;

/** Reads what the database sends, in chunks that may end anywhere. Answers true with the chunk that completes a panic. */
export function watchForPanic(): (chunk: Uint8Array) => boolean {
  const header = Buffer.alloc(HEADER_BYTES);
  let headerBytes = 0;
  let bodyLeft = 0;
  let fields = '';

  return (chunk) => {
    let isPanic = false;
    for (let at = 0; at < chunk.length;) {
      if (headerBytes < HEADER_BYTES) {
        header[headerBytes++] = chunk[at++] as number; // below its length
        if (headerBytes < HEADER_BYTES) continue;
        bodyLeft = header.readUInt32BE(1) - 4;
        fields = '';
      }
      const part = chunk.subarray(at, at + bodyLeft);
      if (header[0] === ERROR_RESPONSE && fields.length < MAX_FIELDS_BYTES) {
        fields += Buffer.from(part.subarray(0, MAX_FIELDS_BYTES)).toString('latin1');
      }
      at += part.length;
      bodyLeft -= part.length;
      if (bodyLeft > 0) continue;
      // Fields are a letter and a text that ends with a zero; V is the severity, never translated.
      isPanic ||= header[0] === ERROR_RESPONSE && fields.split('\0').includes('VPANIC');
      headerBytes = 0;
    }
    return isPanic;
  };
}
