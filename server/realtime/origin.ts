/** Whose pages may open a WebSocket here (cross-site WebSocket hijacking, OWASP ASVS 5 V4.4). */

/**
 * True for a page of another site: its host and port are neither those of the Host header nor of PUBLIC_URL, and it is not
 * in ALLOWED_ORIGINS. No Origin at all is no browser, and is let in.
 */
export function isForeignOrigin(
  origin: string | undefined,
  host: string | undefined,
  publicUrl: URL | null,
  allowedOrigins: readonly string[],
): boolean {
  if (origin === undefined) return false;
  const from = parse(origin);
  if (from === null) return true; // "null", or no URL at all
  if (allowedOrigins.includes(from.origin) || from.host === publicUrl?.host) return false;
  const here = host === undefined ? null : parse(`${from.protocol}//${host}`);
  return from.host !== here?.host;
}

function parse(url: string): URL | null {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}
