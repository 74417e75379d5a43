/** The layer that is open, if any: fetched when it is first wanted, so that the first load knows nothing of it. */
import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { closeOverlay, overlay, type OverlayName } from '../commands/overlay.js';
import { messages } from '../messages.js';
import { say } from './toasts.js';

const styles = (): Promise<unknown> => import('../styles/overlays.css');

const loaders: Readonly<Record<OverlayName, () => Promise<{ default: FunctionComponent }>>> = {
  palette: () => import('./command-palette.js'),
  shortcuts: () => import('./shortcuts-help.js'),
  settings: () => import('./settings.js'),
};

export function Overlays() {
  const wanted = overlay.value;
  const [loaded, setLoaded] = useState<Partial<Record<OverlayName, FunctionComponent>>>({});

  useEffect(() => {
    if (wanted === null || loaded[wanted] !== undefined) return;
    Promise.all([loaders[wanted](), styles()]).then(
      ([module]) => setLoaded((before) => ({ ...before, [wanted]: module.default })),
      () => {
        closeOverlay(wanted);
        say(messages.commands.loadFailed);
      },
    );
  }, [wanted, loaded]);

  const Layer = wanted === null ? undefined : loaded[wanted];
  return Layer === undefined ? null : <Layer />;
}
