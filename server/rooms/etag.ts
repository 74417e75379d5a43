/** Names of texts for HTTP. */
import { createHash } from 'node:crypto';

/** Strong entity tag of a text: the same for the same text, on every node and after every restart. */
export function etagOf(text: string): string {
  return `"${createHash('sha256').update(text, 'utf8').digest('base64url').slice(0, 32)}"`;
}
