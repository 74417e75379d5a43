/** A component whose code is fetched when it is first shown; until then its place is empty. */
import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { messages } from '../messages.js';
import { say } from './toasts.js';

/**
 * A failed fetch (a deploy, a lost network) says so in its place and can be tried again: the rest of the page goes on.
 * @param onFailed for what has no place of its own: told instead, with the props
 */
export function lazily<P extends object>(
  load: () => Promise<FunctionComponent<P>>,
  onFailed: ((props: P) => void) | null = null,
): FunctionComponent<P> {
  let loaded: FunctionComponent<P> | null = null;
  return function Lazy(props: P) {
    const [state, setState] = useState<'loading' | 'failed' | 'loaded'>(
      loaded === null ? 'loading' : 'loaded',
    );
    useEffect(() => {
      if (state !== 'loading') return;
      load().then(
        (component) => {
          loaded = component;
          setState('loaded');
        },
        () => {
          if (onFailed === null) setState('failed');
          else onFailed(props);
        },
      );
    }, [state]);
    if (state === 'failed') {
      return (
        <p class="hint">
          {messages.notices.partFailed}{' '}
          <button type="button" class="link-button" onClick={() => setState('loading')}>
            {messages.room.retry}
          </button>
        </p>
      );
    }
    const Loaded = loaded;
    return Loaded === null ? null : <Loaded {...props} />;
  };
}

/** A part together with the styles that come with it: it is not there before them. */
export async function withStyles<M>(part: Promise<M>, styles: Promise<unknown>): Promise<M> {
  const [module] = await Promise.all([part, styles]);
  return module;
}

/** The same for a dialog: when it cannot be fetched a notice says so, and it counts as closed. */
export function lazyDialog<P extends { readonly onClose: () => void }>(
  load: () => Promise<FunctionComponent<P>>,
): FunctionComponent<P> {
  return lazily(load, ({ onClose }) => {
    say(messages.notices.partFailed);
    onClose();
  });
}
