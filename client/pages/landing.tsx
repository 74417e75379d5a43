/** The start page: make a room, join one, come back to a recent one. */
import { useEffect, useRef, useState } from 'preact/hooks';

import { ApiError } from '../api/http.js';
import { createRoom } from '../api/rooms.js';
import { getVersion } from '../api/version.js';
import { Demo } from '../components/demo.js';
import { DropZone } from '../components/drop-zone.js';
import { Icon } from '../components/icon.js';
import { LanguageSelect } from '../components/language-select.js';
import { RecentRoomsList } from '../components/recent-rooms-list.js';
import { ThemeChoice } from '../components/theme-choice.js';
import type { ImportSource } from '../files/gather.js';
import { languageLabel } from '../languages/list.js';
import { sampleOf } from '../languages/samples.js';
import { messages } from '../messages.js';
import { navigate, roomPath } from '../router.js';
import { bring } from '../store/brought.js';
import { parseJoinTarget } from '../store/join-target.js';
import { newRoomLanguage } from '../store/preferences.js';
import { recentRooms } from '../store/recent-rooms.js';
import '../styles/landing.css';

function NewRoom() {
  const [creating, setCreating] = useState(false);
  const [problem, setProblem] = useState('');

  const chooser = useRef<HTMLInputElement>(null);

  /** @param source what the room is made of; without it a sample of the language */
  const create = async (source: ImportSource | null): Promise<void> => {
    setCreating(true);
    setProblem('');
    const language = newRoomLanguage.peek();
    try {
      const room = await createRoom(language, source === null ? sampleOf(language) : '');
      if (source !== null) bring(room.roomId, source);
      recentRooms.remember(room.roomId, Date.now(), { ...room });
      navigate(roomPath(room.roomId), { fresh: true });
    } catch (error) {
      const why = error instanceof ApiError ? error.detail : String(error);
      setProblem(messages.notices.failed(messages.landing.createFailed, why));
      setCreating(false);
    }
  };

  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault();
        void create(null);
      }}
    >
      <DropZone
        enabled={!creating}
        hint={messages.landing.dropHint}
        onDropped={(source) => void create(source)}
      />
      <div class="field">
        <label for="new-room-language">{messages.landing.language}</label>
        <div class="new-room">
          <LanguageSelect
            id="new-room-language"
            value={newRoomLanguage.value}
            onChange={(id) => {
              newRoomLanguage.value = id;
            }}
          />
          <button type="submit" class="button primary large" data-testid="new-room" disabled={creating}>
            {creating ? messages.landing.creating : messages.landing.newRoom}
          </button>
        </div>
      </div>
      <button
        type="button"
        class="link-button from-files"
        disabled={creating}
        onClick={() => chooser.current?.click()}
      >
        {messages.landing.fromFiles}
      </button>
      <input
        ref={chooser}
        type="file"
        multiple
        hidden
        data-testid="from-files"
        onChange={({ currentTarget: field }) => {
          const files = [...(field.files ?? [])];
          field.value = '';
          if (files.length > 0) void create({ files });
        }}
      />
      <p class="problem" role="alert">
        {problem}
      </p>
    </form>
  );
}

function Join() {
  const [problem, setProblem] = useState('');

  const join = (input: string): void => {
    const target = parseJoinTarget(input, location.host);
    if (target.kind === 'room') navigate(roomPath(target.roomId) + target.fragment);
    else if (target.kind === 'elsewhere') setProblem(messages.landing.joinElsewhere(target.host));
    else setProblem(messages.landing.joinNothing);
  };

  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault();
        const input = new FormData(event.currentTarget).get('target');
        join(typeof input === 'string' ? input : '');
      }}
    >
      <div class="field">
        <label for="join-target">{messages.landing.joinLabel}</label>
        <div class="join">
          <input
            id="join-target"
            name="target"
            class="input"
            data-testid="join-input"
            placeholder={messages.landing.joinPlaceholder}
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            required
            aria-describedby="join-problem"
            onInput={() => setProblem('')}
          />
          <button type="submit" class="button" data-testid="join-button">
            {messages.landing.join}
          </button>
        </div>
        <p class="problem" id="join-problem" role="alert">
          {problem}
        </p>
      </div>
    </form>
  );
}

function useVersion(): string | null {
  const [version, setVersion] = useState<string | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    // The page is as good without it.
    getVersion(abort.signal).then(setVersion, () => undefined);
    return () => abort.abort();
  }, []);
  return version;
}

export function LandingPage() {
  const version = useVersion();
  useEffect(() => {
    document.title = messages.product;
    recentRooms.reload();
  }, []);
  return (
    <div class="landing">
      <main>
        <div class="landing-head">
          <h1 class="brand">
            <Icon name="brand" />
            {messages.product}
          </h1>
          <p>{messages.tagline}</p>
        </div>
        <div class="landing-start">
          <NewRoom />
          <Join />
        </div>
        <RecentRoomsList rooms={recentRooms.list.value} labelOf={languageLabel} />
        <Demo />
      </main>
      <footer class="landing-footer">
        <ThemeChoice />
        <span class="footer-space" />
        {version !== null && <span data-testid="version">{messages.landing.version(version)}</span>}
        <a href="/redoc">{messages.landing.docs}</a>
        <a href="/docs">{messages.landing.reference}</a>
      </footer>
    </div>
  );
}
