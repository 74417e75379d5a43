/** A living room without sockets or storage, over a real Y.Doc: what the JSON door is tested against. */
import * as Y from 'yjs';

import { DEFAULT_LANGUAGE } from '../../server/contract/languages.js';
import { DEFAULT_MAX_TEXT_BYTES } from '../../server/contract/limits.js';
import { SharedDoc } from '../../server/contract/wire.js';
import { fileTexts, readFile, type FileReading } from '../../server/rooms/fold.js';
import { TextJournal } from '../../server/rooms/text-journal.js';
import type { LiveRoom, LiveText, Member, TextEdit, TextLimits } from '../../server/rooms/types.js';
import type { Clock } from '../../server/support/clock.js';

export interface Presence {
  readonly name: string;
  readonly color: number;
  readonly position: number | null;
}

export class MemoryRoom implements LiveRoom {
  readonly id: string;
  readonly doc = new Y.Doc({ gc: false });
  /** What each open text shows to Yjs clients, in order of opening. */
  readonly present: (Presence | null)[] = [];
  readonly #clock: Clock;
  readonly #members = new Set<Member>();
  readonly #watchers = new Set<() => void>();
  #flushing = false;
  #appended = 0;

  constructor(clock: Clock, code = '', id = 'room') {
    this.id = id;
    this.#clock = clock;
    this.doc.getMap<string>(SharedDoc.languages).set(SharedDoc.mainFile, DEFAULT_LANGUAGE);
    this.main.insert(0, code);
    this.doc.on('update', () => {
      this.#appended++;
      if (this.#flushing) return;
      this.#flushing = true;
      clock.endOfTurn(() => {
        this.#flushing = false;
        for (const changed of this.#watchers) changed();
      });
    });
  }

  get main(): Y.Text {
    return this.doc.getText(SharedDoc.text(SharedDoc.mainFile));
  }

  readonly changedAt = new Date(0);
  readonly bytes = 0;
  readonly maxBytes = 0;
  readonly maxTextBytes = DEFAULT_MAX_TEXT_BYTES;

  async files(): Promise<never> {
    throw new Error('not needed by the tests of the JSON door');
  }

  zip(): Promise<never> {
    return this.files();
  }

  changeFiles(): Promise<never> {
    return this.files();
  }

  get memberCount(): number {
    return this.#members.size;
  }

  get openTexts(): number {
    return this.#watchers.size;
  }

  join(member: Member): void {
    this.#members.add(member);
    for (const one of this.#members) one.membersChanged(this.#members.size, 'joined', member);
  }

  leave(member: Member): void {
    if (!this.#members.delete(member)) return;
    for (const one of this.#members) one.membersChanged(this.#members.size, 'left', member);
  }

  async read(fileId: string): Promise<FileReading> {
    return readFile([Y.encodeStateAsUpdate(this.doc)], fileId);
  }

  async readText(fileId: string): Promise<string> {
    return this.doc.getText(SharedDoc.text(fileId)).toJSON();
  }

  async readTexts(limits: TextLimits): Promise<Map<string, string>> {
    return fileTexts([Y.encodeStateAsUpdate(this.doc)], limits);
  }

  async language(): Promise<string> {
    return this.#language;
  }

  async setLanguage(language: string): Promise<number> {
    this.doc.getMap<string>(SharedDoc.languages).set(SharedDoc.mainFile, language);
    return this.#appended;
  }

  async editText(fileId: string, plan: (text: string) => readonly TextEdit[]): Promise<number> {
    const text = this.doc.getText(SharedDoc.text(fileId));
    this.#apply(text, plan(text.toJSON()));
    return this.#appended;
  }

  async openText(fileId: string, changed: () => void): Promise<LiveText> {
    return this.open(fileId, changed);
  }

  /** `openText` without waiting. */
  open(fileId: string, changed: () => void): LiveText {
    const text = this.doc.getText(SharedDoc.text(fileId));
    const place = this.present.push(null) - 1;
    this.#watchers.add(changed);
    const journal = new TextJournal(text);
    const language = (): string => this.#language;
    return {
      get text() {
        return text.toJSON();
      },
      get language() {
        return language();
      },
      mark: () => journal.mark(),
      since: (mark) => journal.since(mark),
      apply: (edits) => this.#apply(text, edits),
      setLanguage: (id) => {
        this.doc.getMap<string>(SharedDoc.languages).set(SharedDoc.mainFile, id);
        return this.#appended;
      },
      present: (state) => void (this.present[place] = state),
      release: () => void this.#watchers.delete(changed),
    };
  }

  async settled(_position: number): Promise<void> {
    return new Promise((resolve) => this.#clock.endOfTurn(resolve));
  }

  get #language(): string {
    return this.doc.getMap<string>(SharedDoc.languages).get(SharedDoc.mainFile) ?? DEFAULT_LANGUAGE;
  }

  #apply(text: Y.Text, edits: readonly TextEdit[]): number {
    let reached = 0;
    for (const edit of edits) {
      if (edit.at < reached || edit.delete < 0 || edit.at + edit.delete > text.length) {
        throw new RangeError(`edit at ${edit.at} deleting ${edit.delete} in a text of ${text.length}`);
      }
      reached = edit.at + edit.delete;
    }
    this.doc.transact(() => {
      for (const edit of edits.toReversed()) {
        text.delete(edit.at, edit.delete);
        text.insert(edit.at, edit.insert);
      }
    });
    return this.#appended;
  }
}
