/** Framing, byte by byte and as `ws` reads it. */
import { describe, expect, test } from '@jest/globals';
import * as ws from 'ws';

import { frameHeaderLength, frameMessage, writeFrameHeader } from './ws-frame.js';

describe('the header', () => {
  const cases: [payload: number, header: number[]][] = [
    [0, [0x82, 0]],
    [125, [0x82, 125]],
    [126, [0x82, 126, 0, 126]],
    [65_535, [0x82, 126, 0xff, 0xff]],
    [65_536, [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
    [2 ** 32 + 258, [0x82, 127, 0, 0, 0, 1, 0, 0, 1, 2]],
  ];
  test.each(cases)('of a payload of %d bytes', (payload, header) => {
    const target = new Uint8Array(header.length + 2);
    expect(frameHeaderLength(payload)).toBe(header.length);
    expect(writeFrameHeader(target, 1, payload)).toBe(header.length + 1);
    expect([...target]).toEqual([0, ...header, 0]);
  });
});

test.each([0, 1, 125, 126, 65_535, 65_536, 200_000])(
  'ws reads a framed message of %d bytes as what went in',
  async (length) => {
    const payload = Uint8Array.from({ length }, (_, index) => index % 251);
    // The reader that clients of ws have: it takes only unmasked frames.
    const Receiver = (ws as unknown as { Receiver: ReceiverClass }).Receiver;
    const receiver = new Receiver({ isServer: false });
    const message = new Promise<[Buffer, boolean]>((resolve, reject) => {
      receiver.on('message', (data, isBinary) => resolve([data, isBinary]));
      receiver.on('error', reject);
    });
    receiver.write(frameMessage(payload));
    const [data, isBinary] = await message;
    expect(isBinary).toBe(true);
    expect(data.equals(payload)).toBe(true);
  },
);

/** Exported by ws at runtime and missing in its types. */
type ReceiverClass = new (options: { isServer: boolean }) => {
  on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  write(bytes: Uint8Array): void;
};
