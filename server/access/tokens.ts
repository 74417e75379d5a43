/** Owner tokens: made, hashed for keeping, compared. Where they are stored and what they allow is decided elsewhere. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 32 random bytes as base64url (43 characters): shown once, never stored. */
export function newOwnerToken(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256 of the token. A plain hash is enough, since tokens are random and long. */
export function hashToken(token: string): Uint8Array {
  return createHash('sha256').update(token, 'utf8').digest();
}

/** Whether `token` is the one that `hash` was made from; takes equally long whatever the answer. */
export function tokenMatches(token: string, hash: Uint8Array): boolean {
  const given = hashToken(token);
  return given.length === hash.length && timingSafeEqual(given, hash);
}

/** The token of an `Authorization: Bearer …` header; null when there is none of that form. */
export function bearerToken(header: string | undefined): string | null {
  const match = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(header ?? '');
  return match?.[1] ?? null;
}
