/** Server frames → messages, for tests that stand where a socket would. */

/** Splits whole unmasked frames into their payloads. */
export function payloadsOf(frames: Uint8Array): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  const view = new DataView(frames.buffer, frames.byteOffset, frames.byteLength);
  for (let at = 0; at < frames.length;) {
    if (view.getUint8(at) !== 0x82) throw new Error(`not a whole binary frame at ${at}`);
    const short = view.getUint8(at + 1);
    let start = at + 2;
    let length = short;
    if (short === 126) {
      length = view.getUint16(start);
      start += 2;
    } else if (short === 127) {
      length = Number(view.getBigUint64(start));
      start += 8;
    }
    payloads.push(frames.subarray(start, start + length));
    at = start + length;
  }
  return payloads;
}
