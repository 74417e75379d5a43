/** A component whose code is fetched when it is first shown; until then its place is empty. */
import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { messages } from '../messages.js';

/** A failed fetch (a deploy, a lost network) says so in its place and can be tried again: the rest of the page goes on. */
export function lazily<P extends object>(load: () => Promise<FunctionComponent<P>>): FunctionComponent<P> {
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
        () => setState('failed'),
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
