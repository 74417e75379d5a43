/**
 * Server-side WebSocket framing (RFC 6455, section 5.2): a message is framed once and the same buffer is written to
 * every socket that should have it. Server frames are unmasked and here never fragmented.
 */

/** Bytes that the header of a frame with this payload takes: 2, 4 or 10. */
export function frameHeaderLength(payloadLength: number): number {
  return payloadLength < 126 ? 2 : payloadLength < 65536 ? 4 : 10;
}

/** Writes a binary-message header at `offset`; returns the offset of the payload. */
export function writeFrameHeader(target: Uint8Array, offset: number, payloadLength: number): number {
  target[offset] = 0x82; // FIN, opcode 2 (binary)
  if (payloadLength < 126) {
    target[offset + 1] = payloadLength;
    return offset + 2;
  }
  if (payloadLength < 65536) {
    target[offset + 1] = 126;
    target[offset + 2] = payloadLength >>> 8;
    target[offset + 3] = payloadLength & 0xff;
    return offset + 4;
  }
  target[offset + 1] = 127;
  const high = Math.floor(payloadLength / 0x1_0000_0000);
  const low = payloadLength >>> 0;
  for (let i = 0; i < 4; i++) {
    target[offset + 2 + i] = (high >>> (24 - 8 * i)) & 0xff;
    target[offset + 6 + i] = (low >>> (24 - 8 * i)) & 0xff;
  }
  return offset + 10;
}

/** One binary message as a frame of its own. */
export function frameMessage(payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(frameHeaderLength(payload.length) + payload.length);
  frame.set(payload, writeFrameHeader(frame, 0, payload.length));
  return frame;
}
