/**
 * A WebSocket that says why it is closed also when `ws` closes it, over a limit or a frame that breaks the protocol: alone, it
 * sends the bare code, and nobody counts it.
 */
import { WebSocket } from 'ws';

import type { SocketLimits } from '../settings/limits.js';
import { closeReason } from './outbox.js';

/** Limits that `ws` itself keeps. */
type ParserLimits = Pick<SocketLimits, 'maxFrameBytes' | 'maxFragments' | 'maxBufferedChunks'>;

/** Longer messages are not read at all, in bytes. The doors' own checks close with a better code; this one bounds memory. */
export const maxMessageBytes = ({ maxFrameBytes }: Pick<ParserLimits, 'maxFrameBytes'>): number =>
  2 * maxFrameBytes;

/** What `ws` calls each of its limits, and what we do. */
const limitReasons: Readonly<Record<string, (limits: ParserLimits) => string>> = {
  'Max payload size exceeded': (limits) =>
    `a message over ${maxMessageBytes(limits)} bytes, twice the limit of a frame`,
  'Too many message fragments': ({ maxFragments }) => `a message in more than ${maxFragments} fragments`,
  'Too many buffered chunks': ({ maxBufferedChunks }) =>
    `a message of which more than ${maxBufferedChunks} packets wait for the rest`,
};

/** What the other side is told of an error of the parser: the limit and the amount, or what is wrong with the frame. */
export const faultReason = (fault: Error, limits: ParserLimits): string =>
  limitReasons[fault.message]?.(limits) ?? fault.message;

export class ReasonedSocket extends WebSocket {
  /** Hears what `ws` closes the connection for, and answers with the reason to give. */
  faulted: ((code: number, fault: Error) => string) | null = null;

  override close(code?: number, reason?: string | Buffer): void {
    super.close(code, reason ?? this.#faultReason(code));
  }

  #faultReason(code: number | undefined): string | undefined {
    if (code === undefined || this.readyState !== this.OPEN) return undefined;
    // `ws` passes on the code alone. The fault is what its parser, a Writable, has just failed with.
    const { _receiver: receiver } = this as unknown as { readonly _receiver?: { errored?: Error | null } };
    const fault = receiver?.errored;
    const reason = fault ? this.faulted?.(code, fault) : undefined;
    return reason === undefined ? undefined : closeReason(reason);
  }
}
