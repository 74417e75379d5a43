/** The place of the live demo on the start page. Its editors are fetched when the page is at rest, into a place that is already there. */
import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { messages } from '../messages.js';

/** Where there is no idle callback (Safari): after the page has settled. */
const REST_MS = 800;

function whenAtRest(run: () => void): () => void {
  if (typeof window.requestIdleCallback === 'function') {
    const id = window.requestIdleCallback(run, { timeout: REST_MS * 3 });
    return () => window.cancelIdleCallback(id);
  }
  const timer = setTimeout(run, REST_MS);
  return () => clearTimeout(timer);
}

export function Demo() {
  const [loaded, setLoaded] = useState<{ Panes: FunctionComponent } | null>(null);
  useEffect(
    () =>
      whenAtRest(() => {
        // The start page is as good without it.
        import('../demo/demo-panes.js').then(
          ({ default: Panes }) => setLoaded({ Panes }),
          () => undefined,
        );
      }),
    [],
  );
  return (
    <section class="demo" aria-labelledby="demo-title">
      <h2 id="demo-title">{messages.demo.title}</h2>
      <div class="demo-panes">
        {loaded === null ? (
          <>
            <div class="demo-pane" />
            <div class="demo-pane" />
          </>
        ) : (
          <loaded.Panes />
        )}
      </div>
    </section>
  );
}
