/** A `<dialog>` that is open as long as its component is there. */
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

export function useModal(): RefObject<HTMLDialogElement | null> {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const { current } = dialog;
    current?.showModal();
    // Closing gives the keyboard back to what had it before.
    return () => current?.close();
  }, []);
  return dialog;
}

/** Closes when the ground around the dialog is pressed. */
export function closeOnBackdrop(event: MouseEvent): void {
  const { currentTarget: dialog } = event;
  if (event.target === dialog && dialog instanceof HTMLDialogElement) dialog.close();
}
