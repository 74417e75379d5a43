/**
 * One visit to a room: the connection, who is here, the shared language, when the text last changed, and the notices that follow from them.
 * Everything the page shows is a signal here; the page itself only draws. Lives from `start` to `stop`.
 */
import { computed, effect, signal, untracked, type ReadonlySignal } from '@preact/signals';
import type { EditorView } from 'codemirror';
import * as Y from 'yjs';

import { DEFAULT_LANGUAGE, firstFilePath } from '../../server/contract/languages.js';
import type { SharedFile } from '../../server/contract/files.js';
import { nameOf } from '../../server/contract/paths.js';
import { CloseCode, SharedDoc } from '../../server/contract/wire.js';
import { addFile, renameFile } from '../api/files.js';
import { ApiError } from '../api/http.js';
import { allowModel, createRoom, deleteRoom, getRoom, renameRoom } from '../api/rooms.js';
import type { LastUpdate } from '../components/room-footer.js';
import { say } from '../components/toasts.js';
import { authorOf } from '../connection/authorship.js';
import { RoomConnection } from '../connection/room-connection.js';
import type { ConnectionState } from '../connection/status.js';
import { viewOf, type StatusView } from '../connection/status-view.js';
import { jumpTo } from '../editor/follow.js';
import type { GhostOptions } from '../editor/ghost-text.js';
import type { Whereabouts } from '../editor/whereabouts.js';
import type { ImportSource } from '../files/gather.js';
import type { ImportPlan } from '../files/import-plan.js';
import { RoomFiles, type FilesListener } from '../files/room-files.js';
import { languageLabel } from '../languages/list.js';
import { messages } from '../messages.js';
import { Arrivals } from '../presence/arrivals.js';
import { Follow } from '../presence/follow.js';
import { me } from '../presence/me.js';
import { freeColor, looksLike } from '../presence/palette.js';
import { watchPeople, type Person } from '../presence/people.js';
import { pendingImport, resetFilesView } from '../store/files-view.js';
import { takeBrought } from '../store/brought.js';
import { acceptManageLink } from '../store/manage-link.js';
import { openFiles } from '../store/open-files.js';
import { presenceNotices, shareKnown } from '../store/preferences.js';
import { recentRooms } from '../store/recent-rooms.js';
import { Suggestions } from '../suggestions/suggestions.js';
import { clockTime, copyText, download } from '../support/dom.js';

/** After the text is there, those who were here before us are heard of within this time. */
const SETTLE_MS = 1_000;
/** How long the maker of a new room is alone before we say how others come in. */
const INVITE_MS = 3_000;
/** More people than this are counted, not named. */
const MAX_NAMED = 3;
const BACK_TOAST_MS = 2_000;
/** What may be missing is said once. */
const LOSS_TOAST_MS = 15_000;

const detailOf = (error: unknown): string =>
  error instanceof ApiError ? error.detail : error instanceof Error ? error.message : String(error);

export class RoomSession {
  readonly connection: RoomConnection;
  readonly people = signal<readonly Person[]>([]);
  readonly files: RoomFiles;
  /** Of the file on the screen. */
  readonly language: ReadonlySignal<string>;
  readonly path: ReadonlySignal<string>;
  readonly lastUpdate = signal<LastUpdate | null>(null);
  readonly name = signal<string | null>(null);
  readonly ownerToken = signal<string | null>(null);
  /** When the room was closed for good, ms since the epoch; null while it is open or that is not known. */
  readonly closedAt = signal<number | null>(null);
  readonly suggestions: Suggestions;
  readonly follow = new Follow();
  /** In which line of the text on the screen the others are. */
  readonly whereabouts = signal<Whereabouts>(new Map());
  /** The editor on the screen; null while there is none. */
  readonly editor = signal<EditorView | null>(null);
  readonly view: ReadonlySignal<StatusView>;
  // Of the status, what the whole page is drawn by; the rest of it moves with every key.
  readonly editable: ReadonlySignal<boolean>;
  readonly bar: ReadonlySignal<StatusView['bar']>;
  readonly everSynced: ReadonlySignal<boolean>;
  /** Why the page shows no room any more; null while it does. */
  readonly end: ReadonlySignal<ConnectionState['end']>;

  /** Whether to say how others come in: while the maker of a new room is alone in it and has not shared one before. */
  readonly coach: ReadonlySignal<boolean>;

  /** An import whose first file takes the place of the room's empty one. */
  #adopting: ImportPlan | null = null;
  readonly #waited = signal(false);
  readonly #stops: (() => void)[] = [];
  readonly #aborted = new AbortController();
  readonly #fresh: boolean;

  constructor(roomId: string, fresh: boolean) {
    this.#fresh = fresh;
    acceptManageLink(roomId);
    const known = recentRooms.find(roomId);
    this.name.value = known?.name ?? null;
    this.ownerToken.value = known?.ownerToken ?? null;
    this.suggestions = new Suggestions({
      roomId,
      file: () => this.files.active.peek()?.id ?? SharedDoc.mainFile,
      language: () => this.language.peek(),
    });
    this.connection = new RoomConnection(roomId, {
      onReturn: (changes) =>
        void say(changes > 0 ? messages.notices.backWithChanges(changes) : messages.notices.back, {
          forMs: BACK_TOAST_MS,
        }),
      onResent: () => void say(messages.notices.resent),
      onSlowedDown: () => void say(messages.notices.slowedDown),
      onCopyDamaged: () => void say(messages.notices.copyDamaged, { forMs: LOSS_TOAST_MS }),
    });
    this.files = new RoomFiles(
      this.connection,
      known?.language ?? DEFAULT_LANGUAGE,
      this.#filesListener(),
      openFiles.find(roomId),
    );
    this.language = computed(() => this.files.active.value?.language ?? DEFAULT_LANGUAGE);
    this.path = computed(() => this.files.active.value?.path ?? '');
    const { status } = this.connection;
    this.view = computed(() => viewOf(status.value, clockTime));
    this.editable = computed(() => this.view.value.editable);
    this.bar = computed(() => this.view.value.bar);
    this.everSynced = computed(() => status.value.everSynced);
    this.coach = computed(() => {
      const alone = this.people.value.length <= 1;
      // What is said about safety in the bar is not covered by it.
      return (
        this.#waited.value && !shareKnown.value && alone && this.editable.value && this.bar.value === null
      );
    });
    this.end = computed(() => (status.value.tooLarge ? null : status.value.end));
  }

  get link(): string {
    return `${location.origin}/r/${encodeURIComponent(this.connection.roomId)}`;
  }

  start(): void {
    resetFilesView();
    this.#shareIdentity();
    this.#watchPresence();
    this.#followFiles();
    this.#stops.push(this.files.start());
    this.#rememberTabs();
    this.#watchText();
    this.#watchRoom();
    this.#guardUnload();
    this.#watchAddress();
    void this.connection.start();
  }

  /** Safe to call twice. */
  stop(): void {
    this.#aborted.abort();
    for (const stop of this.#stops.splice(0)) stop();
    this.suggestions.stop();
    this.connection.stop();
  }

  changeLanguage(languageId: string): void {
    this.files.chooseLanguage(this.files.activeId, languageId);
  }

  /** Saves one file, the one on the screen unless told, on the person's own machine. */
  download(fileId: string = this.files.activeId): void {
    const file = this.files.find(fileId);
    if (file !== null) download(nameOf(file.path), this.connection.textOf(file.id).toJSON());
  }

  /** Saves all that is here: the one file, or all as a zip. */
  async downloadAll(): Promise<void> {
    const [only, ...others] = this.files.list.peek();
    if (only === undefined) return;
    if (others.length === 0) return this.download(only.id);
    try {
      const { writeZip } = await import('../files/zip.js');
      const texts = this.files.list
        .peek()
        .map(({ id, path }) => ({ path, text: this.connection.textOf(id).toJSON() }));
      download(
        `${nameOf(this.name.peek() ?? 'coderoom').replace(/[\\/:*?"<>|]/g, '_')}.zip`,
        writeZip(texts),
      );
    } catch (error) {
      say(messages.notices.failed(messages.files.export, detailOf(error)));
    }
  }

  /** Takes back what was too large to share. After a reload there is no step to take back: then only the whole copy can go. */
  undoPaste(): void {
    if (this.connection.undoPaste()) return;
    say(messages.notices.nothingToUndo, {
      action: { label: messages.actions.discardCopy, run: () => void this.discardCopy() },
    });
  }

  /** Erases this browser's copy and loads the room as the server has it. */
  async discardCopy(): Promise<void> {
    await this.connection.discardCopy();
    location.reload();
  }

  /** Makes a new room out of the files as this browser has them. Answers with its id, or null after saying why not. */
  async fork(): Promise<string | null> {
    const files = this.files.list.peek();
    const first = this.files.find(SharedDoc.mainFile) ?? files[0];
    const textOf = ({ id }: SharedFile): string => this.connection.textOf(id).toJSON();
    try {
      const language = first?.language ?? DEFAULT_LANGUAGE;
      const { roomId, ...room } = await createRoom(language, first === undefined ? '' : textOf(first));
      recentRooms.remember(roomId, Date.now(), { language: room.language, ownerToken: room.ownerToken });
      const named = first === undefined || first.path === firstFilePath(language);
      if (!named) await renameFile(roomId, SharedDoc.mainFile, first.path);
      for (const file of files) {
        if (file !== first) await addFile(roomId, { ...file, text: textOf(file) });
      }
      return roomId;
    } catch (error) {
      say(messages.notices.failed(messages.refusal.copyFailed, detailOf(error)));
      return null;
    }
  }

  /**
   * Brings files, folders or zips into the room; asks first when that would change what is there, or when not all can come.
   * @param adopt the room is made of these files: its empty one becomes the first of them
   */
  async importFiles(source: ImportSource, folder: string, adopt = false): Promise<void> {
    const gone = say(messages.import.reading);
    try {
      const { prepareImport } = await import('../files/prepare-import.js');
      const { roomId, doc } = this.connection;
      const room = {
        roomId,
        doc,
        files: adopt ? [] : this.files.list.peek(),
        textOf: (id: string) => this.connection.textOf(id).toJSON(),
      };
      const plan = await prepareImport(room, source, folder, this.#aborted.signal);
      if (this.#aborted.signal.aborted) return;
      if (adopt) this.#adopting = plan;
      if (plan.conflicts.length > 0 || plan.left.length > 0) pendingImport.value = plan;
      else this.finishImport(plan, 'both');
    } catch (error) {
      if (!this.#aborted.signal.aborted)
        say(messages.notices.failed(messages.import.failed, detailOf(error)));
    } finally {
      gone();
    }
  }

  /** Carries an import out. */
  finishImport(plan: ImportPlan, choice: 'replace' | 'both'): void {
    const [first, ...fresh] = plan.fresh;
    const adopted = plan === this.#adopting && first !== undefined && this.files.adopt(first);
    const brought = this.files.bringIn(adopted ? { ...plan, fresh } : plan, choice);
    if (brought === null) return;
    if (adopted) this.files.show(SharedDoc.mainFile);
    const count = brought + (adopted ? 1 : 0);
    if (plan.ignored > 0) say(messages.import.ignored(plan.ignored));
    if (count === 0) say(messages.import.nothing);
    else if (adopted || (choice === 'replace' && plan.fresh.length === 0)) say(messages.import.done(count));
    else {
      say(messages.import.done(count), {
        action: { label: messages.actions.undo, run: () => void this.files.undo() },
      });
    }
  }

  async rename(name: string): Promise<void> {
    const { roomId } = this.connection;
    await this.#asOwner(messages.room.renameFailed, async (token) => {
      await renameRoom(roomId, token, name);
      this.name.value = name;
      recentRooms.remember(roomId, Date.now(), { name });
      say(messages.notices.renamed(name));
    });
  }

  async remove(): Promise<void> {
    const { roomId } = this.connection;
    await this.#asOwner(messages.room.removeFailed, async (token) => {
      await deleteRoom(roomId, token);
      recentRooms.forget(roomId);
      openFiles.forget(roomId);
    });
  }

  /**
   * Does what only the owner may, or says why it failed. A token that the server does not believe (of a mistyped manage link) is
   * forgotten: the right link can be opened then.
   * @returns false when it failed, or this browser is not the owner's
   */
  async #asOwner(failed: string, work: (token: string) => Promise<void>): Promise<boolean> {
    const token = this.ownerToken.peek();
    if (token === null) return false;
    try {
      await work(token);
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.code === 'forbidden') {
        recentRooms.forgetToken(this.connection.roomId);
        this.ownerToken.value = null;
        say(messages.notices.failed(failed, messages.room.wrongManageLink));
      } else say(messages.notices.failed(failed, detailOf(error)));
      return false;
    }
  }

  async copyLink(): Promise<void> {
    shareKnown.value = true;
    const copied = await copyText(this.link);
    say(copied ? messages.notices.linkCopied : messages.notices.linkNotCopied);
  }

  /** Copies the whole text of the file on the screen. */
  async copyFile(): Promise<void> {
    const { files, connection } = this;
    const copied = await copyText(connection.textOf(files.activeId).toJSON());
    say(copied ? messages.notices.fileCopied(this.path.peek()) : messages.notices.fileNotCopied);
  }

  /** Puts the caret where somebody else's is. */
  jumpTo(clientId: number): void {
    this.follow.end();
    const file = this.people.peek().find((one) => one.clientId === clientId)?.file ?? SharedDoc.mainFile;
    const jump = (): boolean => {
      const editor = this.editor.peek();
      return editor !== null && jumpTo(editor, clientId);
    };
    if (file === this.files.activeId) jump();
    // The editor of another file comes with the next drawing, and reads carets a moment later.
    else if (this.files.show(file)) requestAnimationFrame(() => setTimeout(jump, 0));
  }

  /** Shows a file because this person wants it, which ends following. */
  openFile(id: string): void {
    this.follow.end();
    this.files.show(id);
  }

  /** Who is followed into another file takes this screen along. */
  #followFiles(): void {
    this.#stops.push(
      effect(() => {
        const leader = this.people.value.find((one) => one.clientId === this.follow.leader.value);
        if (leader === undefined) return;
        const file = leader.file ?? SharedDoc.mainFile;
        untracked(() => this.files.show(file));
      }),
    );
  }

  /** A reload shows what is open now. */
  #rememberTabs(): void {
    const { roomId, status } = this.connection;
    // Of a room that was never seen there is nothing to keep.
    const seen = computed(() => status.value.everSynced || status.value.localCopy === 'loaded');
    this.#stops.push(
      effect(() => {
        if (this.everSynced.value) this.files.settle();
      }),
      effect(() => {
        if (seen.value) openFiles.remember(roomId, this.files.tabOrder);
      }),
    );
  }

  /** Where somebody is, in words; '' when that is not known. */
  placeOf({ clientId, file }: Person): string {
    const path = this.files.list.value.find((one) => one.id === (file ?? SharedDoc.mainFile))?.path;
    if (path !== undefined && path !== this.path.value) return path;
    const line = this.whereabouts.value.get(clientId);
    return line === undefined ? '' : messages.people.inFile(this.path.value, messages.people.line(line));
  }

  readonly ghost: GhostOptions = {
    acceptLabel: messages.room.acceptSuggestion,
    enabled: () => this.suggestions.enabled,
    ask: (question, abort, show) => this.suggestions.ask(question, abort, show),
  };

  /** Whether anybody in the room may have its text sent to a model; the owner's to decide. */
  async allowModel(allowed: boolean): Promise<void> {
    const { roomAllows } = this.suggestions;
    const before = roomAllows.peek();
    const isDone = await this.#asOwner(messages.ai.allowFailed, (token) => {
      // At once, so that nothing more is asked; taken back when the server did not take it.
      roomAllows.value = allowed;
      return allowModel(this.connection.roomId, token, allowed);
    });
    // An answer to a question that was under way may have said otherwise meanwhile.
    roomAllows.value = isDone ? allowed : before;
  }

  #shareIdentity(): void {
    const { awareness } = this.connection;
    let chosen: number | null = null;
    this.#stops.push(
      effect(() => {
        const { name, color } = me.identity.value;
        // A new name keeps the colour of this visit, which may have stepped aside; a colour that was chosen just now holds.
        const shown = color === chosen ? this.people.peek().find((one) => one.isMe)?.color : undefined;
        chosen = color;
        awareness.setLocalStateField('user', { name, color: shown ?? color });
      }),
    );
  }

  /** Two people of one colour, or nearly, are hard to tell apart: whoever came later steps aside, for this visit. */
  #avoidColors(): void {
    const { awareness } = this.connection;
    const mine = this.people.peek().find((one) => one.isMe);
    if (mine === undefined) return;
    const others = this.people.peek().filter((one) => !one.isMe);
    if (!others.some((one) => looksLike(one.color, mine.color))) return;
    const color = freeColor(mine.color, new Set(others.map((one) => one.color)));
    if (color !== mine.color) awareness.setLocalStateField('user', { name: mine.name, color });
  }

  #watchPresence(): void {
    const tell =
      (one: (names: readonly string[]) => string, many: (n: number) => string) =>
      (names: readonly string[]): void => {
        if (presenceNotices.peek()) say(names.length > MAX_NAMED ? many(names.length) : one(names));
      };
    const arrivals = new Arrivals({
      joined: tell(messages.notices.joined, messages.notices.joinedMany),
      left: tell(messages.notices.left, messages.notices.leftMany),
    });
    const settled = signal(false);
    this.#stops.push(
      () => arrivals.stop(),
      watchPeople(this.connection.awareness, (people) => {
        this.people.value = people;
        this.follow.keepAmong(new Set(people.map((one) => one.clientId)));
      }),
      effect(() => {
        if (this.connection.status.value.link !== 'synced') {
          settled.value = false;
          return undefined;
        }
        const timer = setTimeout(() => {
          this.#avoidColors();
          settled.value = true;
        }, SETTLE_MS);
        return () => clearTimeout(timer);
      }),
      effect(() => arrivals.update(this.people.value, settled.value)),
    );
  }

  #nameOf(clientId: number | null): string | null {
    return this.people.peek().find((one) => one.clientId === clientId)?.name ?? null;
  }

  #filesListener(): FilesListener {
    const words = messages.files;
    return {
      deleted: ({ id, path }, by, kept) => {
        const who = this.#nameOf(by);
        const said =
          kept !== null
            ? words.deletedWhileTyping(who, path)
            : who === null
              ? words.deletedBySomebody(path)
              : words.deletedBy(who, path);
        // What arrives with the first text is how the room is, not news.
        if (!this.connection.status.peek().everSynced) return;
        say(said, { action: { label: words.restore, run: () => void this.files.restore(id) } });
      },
      recovered: ({ id, path }, by) => {
        if (!this.connection.status.peek().everSynced) return;
        say(words.recoveredBecause(this.#nameOf(by), path), {
          action: { label: words.restore, run: () => void this.files.restore(id) },
        });
      },
      languageChanged: ({ language, path }, by) => {
        if (!this.connection.status.peek().everSynced) return;
        const who = this.#nameOf(by);
        const label = languageLabel(language);
        if (who === null) say(messages.notices.languageNow(label));
        else if (this.files.list.peek().length === 1) say(messages.notices.languageChanged(who, label));
        else say(words.languageChanged(who, path, label));
      },
      refused: ({ fault, subject }) => void say(words.refused(subject, words.faults[fault])),
    };
  }

  #watchText(): void {
    const { doc, status } = this.connection;
    const changed = (transaction: Y.Transaction): void => {
      if (![...transaction.changed.keys()].some((type) => type instanceof Y.Text)) return;
      if (transaction.local) this.lastUpdate.value = { at: Date.now(), by: messages.room.meName };
      else if (status.peek().link === 'synced') {
        this.lastUpdate.value = { at: Date.now(), by: this.#nameOf(authorOf(transaction)) };
      }
    };
    doc.on('afterTransaction', changed);
    this.#stops.push(() => doc.off('afterTransaction', changed));
  }

  #watchRoom(): void {
    const { roomId, status } = this.connection;
    const everSynced = computed(() => status.value.everSynced);
    const gone = computed(() => status.value.end?.code === CloseCode.RoomGone);
    this.#stops.push(
      effect(() => {
        if (gone.value) void this.#askWhenClosed();
      }),
      effect(() => {
        if (!everSynced.value) return undefined;
        void this.#lookUp();
        void this.suggestions.lookUp(this.#aborted.signal);
        const brought = takeBrought(roomId);
        if (brought !== null) void this.importFiles(brought, '', true);
        if (!this.#fresh) return undefined;
        const timer = setTimeout(() => (this.#waited.value = true), INVITE_MS);
        return () => clearTimeout(timer);
      }),
      effect(() => {
        const name = this.name.value;
        document.title = messages.room.title(name ?? this.path.value);
        if (everSynced.value)
          recentRooms.remember(roomId, Date.now(), { name, language: this.language.value });
      }),
    );
  }

  /** When a room that is gone was closed: the page says so, and does without when the server does not know. */
  async #askWhenClosed(): Promise<void> {
    try {
      await getRoom(this.connection.roomId, this.#aborted.signal);
    } catch (error) {
      if (error instanceof ApiError) this.closedAt.value = error.closedAt;
    }
  }

  /** The room's name and the time of its last change, which are not part of the shared document. */
  async #lookUp(): Promise<void> {
    try {
      const room = await getRoom(this.connection.roomId, this.#aborted.signal);
      if (room.name !== null) this.name.value = room.name;
      this.suggestions.roomAllows.value = room.aiEnabled;
      if (room.updatedAt !== null) this.lastUpdate.value ??= { at: room.updatedAt, by: null };
    } catch {
      // The room works without its name.
    }
  }

  /** A manage link that is put into the address bar of the open room loads no page. */
  #watchAddress(): void {
    const { roomId } = this.connection;
    const accept = (): void => {
      acceptManageLink(roomId);
      this.ownerToken.value = recentRooms.find(roomId)?.ownerToken ?? this.ownerToken.peek();
    };
    window.addEventListener('hashchange', accept);
    this.#stops.push(() => window.removeEventListener('hashchange', accept));
  }

  #guardUnload(): void {
    const guard = (event: BeforeUnloadEvent): void => {
      if (this.view.peek().guardUnload) event.preventDefault();
    };
    window.addEventListener('beforeunload', guard);
    this.#stops.push(() => window.removeEventListener('beforeunload', guard));
  }
}
