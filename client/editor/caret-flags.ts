/** Shows the name at a remote caret for a while after it moved: a class, which the stylesheet draws. */

/** From the last move on. */
const SHOWN_MS = 3_000;

/** Carets whose name is shown, and until when (`performance.now`). */
const shownUntil = new WeakMap<HTMLElement, number>();

/** Shows the name, or shows it longer. No animation runs meanwhile: thirty of them, started at every move, cost more than all the rest of it. */
export function showFlag(caret: HTMLElement): void {
  const isShown = shownUntil.has(caret);
  shownUntil.set(caret, performance.now() + SHOWN_MS);
  if (isShown) return;
  caret.classList.add('active');
  hideLater(caret, SHOWN_MS);
}

function hideLater(caret: HTMLElement, waitMs: number): void {
  setTimeout(() => {
    // It may have moved since.
    const restMs = (shownUntil.get(caret) ?? 0) - performance.now();
    if (restMs > 0) {
      hideLater(caret, restMs);
      return;
    }
    shownUntil.delete(caret);
    caret.classList.remove('active');
  }, waitMs);
}
