/**
 * The files of one room as this visit has them: which there are, which are open, which is on the screen, and the way back of each own change.
 * What the files are is contract/files.ts'; what is said about changes is for whoever gives `listener`.
 */
import { computed, signal, type ReadonlySignal } from '@preact/signals';
import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';

import * as shared from '../../server/contract/files.js';
import type { DeletedFile, FileRefused, NewFile, SharedFile } from '../../server/contract/files.js';
import { firstFilePath } from '../../server/contract/languages.js';
import { TakenPaths } from '../../server/contract/paths.js';
import { SharedDoc } from '../../server/contract/wire.js';
import { authorOf, authorOfEntries } from '../connection/authorship.js';
import type { EditorPlace } from '../editor/place.js';
import type { ImportPlan, PlannedFile } from './import-plan.js';
import { OpenTabs, type TabOrder } from './open-tabs.js';
import { replaceText } from './replace-text.js';

/** More steps back than this are not kept. */
const MAX_UNDO = 100;
/** Characters that go out as one update: many small ones would be slow, one of all might be over the frame limit. */
const BATCH_LENGTH = 512 * 1024;
/** Origin of texts that an import replaced. */
const REPLACED = 'import';

function* batches(files: readonly PlannedFile[]): Generator<PlannedFile[]> {
  let batch: PlannedFile[] = [];
  let length = 0;
  for (const file of files) {
    if (batch.length > 0 && length + file.text.length > BATCH_LENGTH) {
      yield batch;
      batch = [];
      length = 0;
    }
    batch.push(file);
    length += file.text.length;
  }
  if (batch.length > 0) yield batch;
}

export interface FilesListener {
  /** Somebody else (`by`, when known) deleted a file that is open here. `kept`: it was typed in meanwhile, and is shown as recovered. */
  readonly deleted: (file: SharedFile, by: number | null, kept: SharedFile | null) => void;
  /** Somebody else typed in a file while it was deleted here: it is shown again. */
  readonly recovered: (file: SharedFile, by: number | null) => void;
  /** Somebody else chose another language for the file on the screen. */
  readonly languageChanged: (file: SharedFile, by: number | null) => void;
  readonly refused: (error: FileRefused) => void;
}

/** What a RoomConnection has. */
export interface RoomFilesParts {
  readonly doc: Y.Doc;
  readonly awareness: Awareness;
  undoOf(fileId: string): Y.UndoManager;
}

interface Step {
  /** Takes the change back as far as it is still as it was made. */
  readonly undo: () => void;
}

export class RoomFiles {
  readonly list: ReadonlySignal<readonly SharedFile[]>;
  readonly deleted: ReadonlySignal<readonly DeletedFile[]>;
  /** The file on the screen; null when the room has none. */
  readonly active: ReadonlySignal<SharedFile | null>;
  /** The files with a tab, in their order. */
  readonly open: ReadonlySignal<readonly SharedFile[]>;
  /** Where the reader was in each file that was left. */
  readonly places = new Map<string, EditorPlace>();

  readonly #doc: Y.Doc;
  readonly #awareness: Awareness;
  readonly #undoOf: (fileId: string) => Y.UndoManager;
  readonly #listener: FilesListener;
  /** The language of the first file until the document says it. */
  readonly #firstLanguage: string;
  readonly #list = signal<readonly SharedFile[]>([]);
  readonly #deleted = signal<readonly DeletedFile[]>([]);
  readonly #tabs: OpenTabs;
  readonly #steps: Step[] = [];
  #wasLeft = false;

  /** @param remembered what was open when the room was last left */
  constructor(
    parts: RoomFilesParts,
    firstLanguage: string,
    listener: FilesListener,
    remembered: TabOrder | null = null,
  ) {
    this.#doc = parts.doc;
    this.#awareness = parts.awareness;
    this.#undoOf = (id) => parts.undoOf(id);
    this.#firstLanguage = firstLanguage;
    this.#listener = listener;
    this.list = this.#list;
    this.deleted = this.#deleted;
    const tabs = new OpenTabs(SharedDoc.mainFile, remembered);
    this.#tabs = tabs;
    this.active = computed(() => this.#list.value.find((file) => file.id === tabs.now.value.active) ?? null);
    this.open = computed(() =>
      tabs.now.value.open.flatMap((id) => this.#list.value.find((file) => file.id === id) ?? []),
    );
    this.#read();
  }

  /** Follows the document. Returns how to stop. */
  start(): () => void {
    this.#tellWhere();
    const changed = (transaction: Y.Transaction): void => {
      if (this.#concerns(transaction)) this.#update(transaction);
    };
    this.#doc.on('afterTransaction', changed);
    return () => this.#doc.off('afterTransaction', changed);
  }

  get activeId(): string {
    return this.#tabs.now.value.active;
  }

  /** What a later visit shall open. */
  get tabOrder(): TabOrder {
    return this.#tabs.wanted;
  }

  /** The document is here whole: a remembered file that it does not have is waited for no more. */
  settle(): void {
    this.#tabs.settle();
  }

  /** Whether another file than the first one shown has been on the screen. */
  get wasLeft(): boolean {
    return this.#wasLeft;
  }

  /** Whether there is any text here, so that a copy of it is worth something. */
  get hasText(): boolean {
    return this.#list.peek().some((file) => shared.textOf(this.#doc, file.id).length > 0);
  }

  find(id: string): SharedFile | null {
    return this.#list.peek().find((file) => file.id === id) ?? null;
  }

  /** Brings a file to the screen, with a tab. False when there is no such file. */
  show(id: string): boolean {
    if (this.find(id) === null) return false;
    this.#arrange(() => this.#tabs.show(id));
    return true;
  }

  /** Takes the tab away. The last one stays. */
  close(id: string): void {
    this.#arrange(() => this.#tabs.close(id));
  }

  /** Changes what is open; the others are told when another file is on the screen then. */
  #arrange(change: () => void): void {
    const before = this.#tabs.now.peek().active;
    change();
    if (this.#tabs.now.peek().active === before) return;
    this.#wasLeft = true;
    this.#tellWhere();
  }

  /** Makes files; shows the one there is when it is one. Null when it was refused. */
  create(files: readonly NewFile[]): readonly string[] | null {
    return this.#change(() => {
      const ids = shared.createFiles(this.#doc, files, Math.random);
      this.#remember(() => this.#removeThose(ids));
      const [only] = ids;
      if (ids.length === 1 && only !== undefined) this.show(only);
      return ids;
    });
  }

  /**
   * Takes in what was planned. `replace`: what is there becomes the new text, and undo in that file brings the old one back;
   * `both`: the new file gets a number. So does a new one whose path somebody took since it was planned; one whose rival was
   * deleted since is new itself.
   * @returns how many files came in; null when it was refused
   */
  bringIn({ fresh, conflicts }: ImportPlan, choice: 'replace' | 'both'): number | null {
    const taken = new TakenPaths(this.#list.peek().map((file) => file.path));
    const place = ({ path, text }: PlannedFile): PlannedFile => {
      const free = taken.free(path);
      taken.add(free);
      return { path: free, text };
    };
    const replaced = choice === 'replace' ? conflicts.filter(({ id }) => this.find(id) !== null) : [];
    const added = [...fresh, ...conflicts.filter((file) => !replaced.includes(file))].map(place);
    return this.#change(() => {
      const ids: string[] = [];
      try {
        for (const batch of batches(added)) ids.push(...shared.createFiles(this.#doc, batch, Math.random));
      } finally {
        if (ids.length > 0) this.#remember(() => this.#removeThose(ids));
      }
      for (const { id, text } of replaced) this.#replace(id, text);
      const [first] = ids.length > 0 ? ids : replaced.map((file) => file.id);
      if (first !== undefined) this.show(first);
      return ids.length + replaced.length;
    });
  }

  /** Makes the room's first file one of those that come in, as long as it is empty. False when it is not, or was refused. */
  adopt({ path, text }: PlannedFile): boolean {
    const main = shared.textOf(this.#doc, SharedDoc.mainFile);
    if (main.length > 0 || !this.move(SharedDoc.mainFile, path)) return false;
    this.#doc.transact(() => replaceText(main, text), REPLACED);
    // The room began with it: there is nothing before it to go back to.
    this.#steps.length = 0;
    return true;
  }

  #replace(id: string, text: string): void {
    const undo = this.#undoOf(id);
    undo.stopCapturing();
    undo.addTrackedOrigin(REPLACED);
    this.#doc.transact(() => replaceText(shared.textOf(this.#doc, id), text), REPLACED);
    undo.stopCapturing();
  }

  #removeThose(ids: readonly string[]): void {
    shared.deleteFiles(
      this.#doc,
      ids.filter((id) => this.find(id) !== null),
    );
  }

  move(id: string, path: string): boolean {
    if (this.find(id)?.path === path) return true;
    const done = this.#change(() => {
      const from = shared.moveFile(this.#doc, id, path);
      const to = this.find(id)?.path;
      this.#remember(() => this.#moveBack(id, from, to));
    });
    return done !== null;
  }

  moveFolder(from: string, to: string): boolean {
    if (from === to) return true;
    const done = this.#change(() => {
      const before = shared.moveFolder(this.#doc, from, to);
      const after = new Map([...before.keys()].map((id) => [id, this.find(id)?.path]));
      this.#remember(() => {
        for (const [id, path] of before) this.#moveBack(id, path, after.get(id));
      });
    });
    return done !== null;
  }

  /** Deletes files; answers whether it did. */
  remove(ids: readonly string[]): boolean {
    const done = this.#change(() => {
      shared.deleteFiles(this.#doc, ids);
      this.#remember(() => {
        for (const id of ids) if (this.find(id) === null || this.find(id)?.recovered) this.restore(id);
      });
    });
    return done !== null;
  }

  /** Brings a deleted or recovered file back and shows it. */
  restore(id: string): boolean {
    return this.#change(() => shared.restoreFile(this.#doc, id)) !== null && this.show(id);
  }

  /** Takes a deleted file's text away for good. */
  empty(id: string): void {
    this.#change(() => shared.emptyDeleted(this.#doc, id));
  }

  chooseLanguage(id: string, language: string): void {
    shared.chooseLanguage(this.#doc, id, language);
  }

  /** Takes back the newest own change of files; text is the editor's. False when there is none. */
  undo(): boolean {
    const step = this.#steps.pop();
    if (step === undefined) return false;
    const kept = this.#steps.length;
    this.#change(() => step.undo());
    // Taking back is no change to be taken back.
    this.#steps.length = Math.min(this.#steps.length, kept);
    return true;
  }

  #moveBack(id: string, path: string, expected: string | undefined): void {
    // Somebody gave it another name since: theirs holds.
    if (expected !== undefined && this.find(id)?.path === expected) shared.moveFile(this.#doc, id, path);
  }

  #remember(undo: () => void): void {
    this.#steps.push({ undo });
    if (this.#steps.length > MAX_UNDO) this.#steps.shift();
  }

  #change<T>(change: () => T): T | null {
    try {
      return change();
    } catch (error) {
      if (!(error instanceof shared.FileRefused)) throw error;
      this.#listener.refused(error);
      return null;
    }
  }

  /** Whether the list may be another one after it. Typing in a file that is listed is not. */
  #concerns({ changed }: Y.Transaction): boolean {
    const doc = this.#doc;
    const paths = doc.getMap(SharedDoc.paths);
    const deleted = doc.getMap(SharedDoc.deleted);
    const languages = doc.getMap(SharedDoc.languages);
    for (const type of changed.keys()) {
      // Read as a plain type: Yjs's own signature holds only nested types.
      const one: unknown = type;
      if (one === paths || one === deleted || one === languages) return true;
      if (type._item !== null) continue;
      const name = Y.findRootTypeKey(type);
      const prefix = SharedDoc.text('');
      if (!name.startsWith(prefix)) continue;
      const id = name.slice(prefix.length);
      if (!paths.has(id) && (id !== SharedDoc.mainFile || deleted.has(id))) return true;
    }
    return false;
  }

  #read(): void {
    const files = shared.listFiles(this.#doc);
    this.#deleted.value = shared.deletedFiles(this.#doc);
    const isKnown = this.#doc.getMap(SharedDoc.languages).has(SharedDoc.mainFile);
    this.#list.value = isKnown ? files : files.map((file) => this.#guessed(file));
  }

  #guessed(file: SharedFile): SharedFile {
    if (file.id !== SharedDoc.mainFile) return file;
    const named = this.#doc.getMap(SharedDoc.paths).has(file.id);
    const path = named ? file.path : firstFilePath(this.#firstLanguage);
    return { ...file, path, language: this.#firstLanguage };
  }

  #update(transaction: Y.Transaction): void {
    const before = this.#list.peek();
    const active = this.active.peek();
    this.#read();
    if (!transaction.local) this.#tellOf(transaction, before, active);
    const first = this.find(SharedDoc.mainFile)?.id;
    const listed = this.#list.peek().map((file) => file.id);
    this.#arrange(() => this.#tabs.keepAmong(first === undefined ? listed : [first, ...listed]));
  }

  #tellOf(transaction: Y.Transaction, before: readonly SharedFile[], active: SharedFile | null): void {
    const maps = [SharedDoc.paths, SharedDoc.deleted, SharedDoc.languages].map((name) =>
      this.#doc.getMap(name),
    );
    const by = authorOfEntries(transaction, maps) ?? authorOf(transaction);
    for (const id of this.#tabs.now.peek().open) {
      const old = before.find((file) => file.id === id);
      const now = this.find(id);
      if (old === undefined || old.recovered) continue;
      if (now === null || now.recovered) this.#listener.deleted(old, by, now);
    }
    for (const file of this.#list.peek()) {
      if (file.recovered && !before.some((old) => old.id === file.id)) this.#listener.recovered(file, by);
    }
    const now = this.active.peek();
    if (now !== null && active?.id === now.id && active.language !== now.language) {
      this.#listener.languageChanged(now, by);
    }
  }

  /** Tells the others which file this person is in; a caret is told once it is set there. */
  #tellWhere(): void {
    const state = this.#awareness.getLocalState();
    if (state === null) return;
    this.#awareness.setLocalState({ ...state, file: this.#tabs.now.peek().active, cursor: null });
  }
}
