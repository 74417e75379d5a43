/** Starts the page: the theme, the router, and the page the address asks for. Each page's code is fetched only for that page. */
import { Component, render, type ComponentChildren, type FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { Overlays } from './components/overlays.js';
import { Toasts } from './components/toasts.js';
import { messages } from './messages.js';
import type { RoomPageProps } from './pages/room.js';
import { UnknownPage } from './pages/unknown.js';
import { navigate, route, routeOf, startRouter } from './router.js';
import { applyFontSize, applyNameFlags } from './store/editor-preferences.js';
import { applyTheme } from './store/preferences.js';
import './styles/main.css';

const loadLanding = async (): Promise<FunctionComponent> => (await import('./pages/landing.js')).LandingPage;
const loadRoomPage = async (): Promise<FunctionComponent<RoomPageProps>> =>
  (await import('./pages/room.js')).default;

interface LazyProps<P> {
  readonly load: () => Promise<FunctionComponent<P>>;
  readonly props: P;
  /** Shown until it is there. */
  readonly meanwhile: ComponentChildren;
}

/** A failed load (a deploy, a lost network) ends in the words of the boundary below, with a way to reload. */
function Lazy<P extends object>({ load, props, meanwhile }: LazyProps<P>) {
  const [page, setPage] = useState<{ Page: FunctionComponent<P> } | { error: unknown } | null>(null);
  useEffect(() => {
    load().then(
      (Page) => setPage({ Page }),
      (error: unknown) => setPage({ error }),
    );
  }, []);
  if (page === null) return <>{meanwhile}</>;
  if ('error' in page) throw page.error instanceof Error ? page.error : new Error(String(page.error));
  return <page.Page {...props} />;
}

function Pages() {
  const now = route.value;
  switch (now.page) {
    case 'landing':
      return <Lazy key="landing" load={loadLanding} props={{}} meanwhile={null} />;
    case 'room':
      return (
        <Lazy
          key={now.roomId}
          load={loadRoomPage}
          props={{ roomId: now.roomId, fresh: now.fresh }}
          meanwhile={<p class="opening">{messages.room.opening}</p>}
        />
      );
    case 'unknown':
      return <UnknownPage />;
  }
}

/** The last resort: a fault in drawing shows words instead of a blank page. */
class Boundary extends Component<{ children: ComponentChildren }, { broken: boolean }> {
  override state = { broken: false };

  static override getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override componentDidCatch(error: unknown): void {
    console.error(error);
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    return (
      <main class="refusal">
        <h1>{messages.refusal.broken.title}</h1>
        <p>{messages.refusal.broken.text}</p>
        <div class="refusal-actions">
          <button type="button" class="button primary" onClick={() => location.reload()}>
            {messages.actions.tryAgain}
          </button>
        </div>
      </main>
    );
  }
}

/** Plain clicks on links to our own pages stay in the page. */
function followLinks(event: MouseEvent): void {
  const modified = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0;
  if (modified || event.defaultPrevented || !(event.target instanceof Element)) return;
  const link = event.target.closest('a');
  if (link === null || link.target !== '' || link.origin !== location.origin) return;
  if (routeOf(link.pathname).page === 'unknown') return;
  event.preventDefault();
  navigate(link.pathname);
}

applyTheme(document.documentElement);
applyFontSize(document.documentElement);
applyNameFlags(document.documentElement);
startRouter();
document.addEventListener('click', followLinks);
const root = document.getElementById('app');
if (root === null) throw new Error('index.html has no #app');
render(
  <Boundary>
    <Pages />
    <Toasts />
    <Overlays />
  </Boundary>,
  root,
);
