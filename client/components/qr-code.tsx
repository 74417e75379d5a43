/** A text as a QR code, drawn as one path. Black on white in both themes: cameras expect it. */
import { create } from 'qrcode';

import { messages } from '../messages.js';

/** Empty modules around it, as the standard asks. */
const QUIET = 4;

/** @throws when the text is too long for a QR code (2953 bytes) */
export function qrPath(text: string): { readonly size: number; readonly path: string } {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  let path = '';
  for (let row = 0; row < modules.size; row++) {
    for (let column = 0; column < modules.size; column++) {
      if (modules.get(row, column)) path += `M${column + QUIET} ${row + QUIET}h1v1h-1z`;
    }
  }
  return { size: modules.size + 2 * QUIET, path };
}

export function QrCode({ text }: { text: string }) {
  const { size, path } = qrPath(text);
  return (
    <svg
      class="qr-code"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={messages.room.qrLabel}
      data-testid="qr-code"
      shape-rendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
