/** Reads an answer no further than it may be long. */
import { messageOf } from '../../support/errors.js';
import { ModelFault } from './types.js';

/**
 * The JSON of a response of at most `maxBytes` (after decompression). Stops reading at the first byte too many.
 * Throws ModelFault `too-large`, `unreadable`, `unreachable` (the connection broke).
 */
export async function boundedJson(response: Response, maxBytes: number): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      const part = chunk as Uint8Array; // what fetch's bodies are made of
      bytes += part.length;
      // Leaving the loop cancels the body, and with it the connection.
      if (bytes > maxBytes) throw new ModelFault('too-large', `the answer is over ${maxBytes} bytes`);
      chunks.push(part);
    }
  } catch (error) {
    if (error instanceof ModelFault) throw error;
    throw new ModelFault('unreachable', `the answer broke off: ${messageOf(error)}`);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    throw new ModelFault('unreadable', 'the answer is not JSON');
  }
}
