/** Fetches what is opened by a key or a press before it is wanted, while nothing else is to do: it is there at once then, and without a network too. */

const parts: readonly (() => Promise<unknown>)[] = [
  () => import('../components/files-panel.js'),
  () => import('../styles/files-panel.css'),
  () => import('../components/key-row.js'),
  () => import('../components/people-panel.js'),
  () => import('../styles/people-panel.css'),
  () => import('../components/room-menu-items.js'),
  () => import('../components/quick-open.js'),
  () => import('../components/command-palette.js'),
  () => import('../components/shortcuts-help.js'),
  () => import('../components/settings.js'),
  () => import('../styles/overlays.css'),
];

const whenIdle = (run: () => void): void => {
  // Safari has no idle callbacks.
  if ('requestIdleCallback' in window) window.requestIdleCallback(run);
  else setTimeout(run, 0);
};

/** One after the other. What cannot be fetched now is fetched when it is wanted. */
export function fetchAhead(): void {
  const [...left] = parts;
  const next = (): void => {
    const part = left.shift();
    if (part === undefined) return;
    part().then(
      () => whenIdle(next),
      () => undefined,
    );
  };
  whenIdle(next);
}
