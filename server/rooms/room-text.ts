/** One JSON member's hold on a file's text: reads it, edits it, and shows the member to Yjs clients. */
import { randomBytes } from 'node:crypto';

import { DEFAULT_LANGUAGE } from '../contract/languages.js';
import type { PresenceOwner } from './presence.js';
import type { RoomTexts, TextHome } from './room-texts.js';
import type { LiveText, TextEdit, TextMark } from './types.js';

export class RoomText implements LiveText, PresenceOwner {
  readonly #texts: RoomTexts;
  readonly #room: TextHome;
  readonly #fileId: string;
  readonly #changed: () => void;
  /** Awareness id under which Yjs clients see this member. */
  readonly #client = randomBytes(4).readUInt32BE();
  #clock = 0;

  constructor(texts: RoomTexts, room: TextHome, fileId: string, changed: () => void) {
    this.#texts = texts;
    this.#room = room;
    this.#fileId = fileId;
    this.#changed = changed;
  }

  get text(): string {
    return this.#texts.withLive((live) => live.text(this.#fileId));
  }

  get language(): string {
    return this.#texts.withLive((live) => live.language) || DEFAULT_LANGUAGE;
  }

  mark(): TextMark {
    return this.#texts.withLive((live) => live.journal(this.#fileId).mark());
  }

  since(mark: TextMark): readonly (readonly TextEdit[])[] | null {
    return this.#texts.withLive((live) => live.journal(this.#fileId).since(mark));
  }

  apply(edits: readonly TextEdit[]): number {
    return this.#texts.editOpen(this.#fileId, edits);
  }

  setLanguage(language: string): number {
    return this.#texts.nameLanguage(language);
  }

  present({ name, color, position }: { name: string; color: number; position: number | null }): void {
    const at =
      position === null ? null : this.#texts.withLive((live) => live.cursorAt(this.#fileId, position));
    const state = { user: { name, color }, ...(at === null ? {} : { cursor: { anchor: at, head: at } }) };
    const entry = { client: this.#client, clock: ++this.#clock, state: Buffer.from(JSON.stringify(state)) };
    this.#room.takePresence(this, entry, false);
  }

  /** Two texts never share an awareness id of ours. */
  probe(): void {}

  release(): void {
    this.#texts.release(this);
  }

  /** The room flushed, and the document moved. */
  changed(): void {
    this.#changed();
  }
}
