/** The display's beat, also where nothing is displayed. */

/** A page that is covered or in the background is drawn no frames: then this long is waited instead. */
const NO_FRAME_MS = 100;

/** Runs something once: with the next frame, or soon when no frame comes. Returns how to call it off. */
export type NextFrame = (run: () => void) => () => void;

/** The browser's own. */
export const nextFrame: NextFrame = (run) => {
  const stop = (): void => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
  const once = (): void => {
    stop();
    run();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, NO_FRAME_MS);
  return stop;
};
