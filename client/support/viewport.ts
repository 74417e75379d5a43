/** The soft keyboard of phones: how much of the page is left above it. */
import { useEffect, useState } from 'preact/hooks';

/** A keyboard takes at least this share of the screen; address bars that come and go take less. */
const KEYBOARD_SHARE = 0.25;

/**
 * Keeps `--viewport-height` and `--viewport-top` of the root at what is visible (some phones shrink the page for the keyboard, others lay the
 * keyboard over it). Answers whether a keyboard is open.
 */
export function useKeyboardViewport(active: boolean): boolean {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const { visualViewport: visible } = window;
    if (!active || visible === null) return undefined;
    const { style } = document.documentElement;
    let width = visible.width;
    let tallest = visible.height;
    const update = (): void => {
      // Turned round: the old height says nothing any more.
      if (visible.width !== width) tallest = visible.height;
      width = visible.width;
      tallest = Math.max(tallest, visible.height);
      const zoomed = visible.scale > 1.01;
      if (zoomed) return;
      style.setProperty('--viewport-height', `${visible.height}px`);
      style.setProperty('--viewport-top', `${visible.offsetTop}px`);
      setOpen(visible.height < tallest * (1 - KEYBOARD_SHARE));
    };
    update();
    visible.addEventListener('resize', update);
    visible.addEventListener('scroll', update);
    return () => {
      visible.removeEventListener('resize', update);
      visible.removeEventListener('scroll', update);
      style.removeProperty('--viewport-height');
      style.removeProperty('--viewport-top');
      setOpen(false);
    };
  }, [active]);
  return open;
}
