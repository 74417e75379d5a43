/** A `<dialog>` that is open as long as its component is there. */
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/**
 * @param onClosed told as soon as the dialog is on its way out, and again when it is gone: the browser says `close` in a task of its own, and a
 *   key pressed before that one (Escape, then F1 at once) must find that nothing is open
 */
export function useModal(onClosed: () => void): RefObject<HTMLDialogElement | null> {
  const dialog = useRef<HTMLDialogElement>(null);
  const told = useRef(onClosed);
  told.current = onClosed;
  useLayoutEffect(() => {
    const { current } = dialog;
    if (current === null) return;
    // A file field within says `cancel` too, and lets it bubble.
    const leaving = (event: Event): void => {
      if (event.target === current) told.current();
    };
    current.addEventListener('cancel', leaving);
    current.addEventListener('close', leaving);
    current.showModal();
    return () => {
      // Its last `close` comes late, when another may be open under the same name.
      current.removeEventListener('cancel', leaving);
      current.removeEventListener('close', leaving);
      // Closing gives the keyboard back to what had it before.
      current.close();
    };
  }, []);
  return dialog;
}

/** Closes when the ground around the dialog is pressed. */
export function closeOnBackdrop(event: MouseEvent): void {
  const { currentTarget: dialog } = event;
  if (event.target === dialog && dialog instanceof HTMLDialogElement) dialog.close();
}
