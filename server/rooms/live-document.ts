/**
 * The Y.Doc of a room that has JSON members: kept current with every update while somebody needs the text as text.
 * Its own edits carry the room's server client id and leave through `emit`.
 */
import * as Y from 'yjs';

import { SharedDoc } from '../contract/wire.js';
import { applyAll, assertHealthy } from './fold.js';
import { integrating } from './integration.js';
import type { Pieces } from './slices.js';
import { deletesOf } from './text-deletes.js';
import { TextJournal } from './text-journal.js';
import type { TextEdit } from './types.js';

const FROM_ROOM = 'room';
/** UTF-16 units that are deleted as one transaction, behind which Yjs tidies up: by item that costs more than all else. */
const MAX_TIDIED = 16_384;

export class LiveDocument {
  readonly #doc: Y.Doc;
  readonly #emit: (update: Uint8Array) => void;
  readonly #texts = new Map<string, string>();
  readonly #journals = new Map<string, TextJournal>();
  #waiting: Uint8Array[] = [];
  #integrating: Pieces<void> | null = null;
  /** Updates of an edit that is not whole yet. */
  #held: Uint8Array[] | null = null;

  /**
   * @param doc all that the room holds
   * @param clientId under which this document's own edits are made
   * @param emit takes the update of an own edit, during the edit; must not throw
   */
  constructor(doc: Y.Doc, clientId: number, emit: (update: Uint8Array) => void) {
    this.#doc = doc;
    this.#emit = emit;
    // Only now: Yjs picks another id when it meets its own in what it loads.
    this.#doc.clientID = clientId;
    this.#doc.on('update', (update: Uint8Array, origin: unknown) => {
      this.#texts.clear();
      if (origin === FROM_ROOM) return;
      if (this.#held) this.#held.push(update);
      else emit(update);
    });
  }

  /** Updates that were taken and wait for `settle`. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** False: something threw in the middle of a change, and the document must be dropped. */
  get isHealthy(): boolean {
    return (
      this.#held === null && this.#doc._transaction === null && this.#doc._transactionCleanups.length === 0
    );
  }

  /** Takes an update of somebody else, to be seen after the next `settle`. The bytes must stay as they are until then. */
  take(update: Uint8Array): void {
    this.#waiting.push(update);
  }

  /**
   * Integrates what was taken: call it before anything is asked. False when that was a turn's work and there is more: until
   * then the document is as somebody's who has not received it all.
   * @param atOnce all of it, in one transaction
   * @throws BrokenFold, or what Yjs throws: the document must be dropped and made anew from the room's bytes
   */
  settle(atOnce: boolean): boolean {
    if (this.#integrating === null) {
      if (this.#waiting.length === 0) return true;
      const updates = this.#waiting;
      this.#waiting = [];
      if (atOnce) {
        applyAll(this.#doc, updates, FROM_ROOM);
        assertHealthy(this.#doc);
        return true;
      }
      this.#integrating = integrating(this.#doc, updates, FROM_ROOM);
    }
    if (!this.#integrating.next().done) return false;
    this.#integrating = null;
    return this.#waiting.length === 0;
  }

  /** What happens to a file's text, from the first call on. */
  journal(fileId: string): TextJournal {
    let journal = this.#journals.get(fileId);
    if (!journal) this.#journals.set(fileId, (journal = new TextJournal(this.#text(fileId))));
    return journal;
  }

  text(fileId: string): string {
    let text = this.#texts.get(fileId);
    if (text === undefined) this.#texts.set(fileId, (text = this.#text(fileId).toString()));
    return text;
  }

  get language(): string {
    const language: unknown = this.#doc.getMap(SharedDoc.languages).get(SharedDoc.mainFile);
    return typeof language === 'string' ? language : '';
  }

  setLanguage(language: string): void {
    if (language !== this.language) this.#doc.getMap(SharedDoc.languages).set(SharedDoc.mainFile, language);
  }

  /** Runs `change` on the document itself, as one transaction of the room's own client. */
  change<T>(change: (doc: Y.Doc) => T): T {
    return this.#doc.transact(() => change(this.#doc));
  }

  /** @throws RangeError when an edit lies outside the text or overlaps another; nothing is changed then */
  edit(fileId: string, edits: readonly TextEdit[]): void {
    assertEdits(edits, this.text(fileId).length);
    const text = this.#text(fileId);
    const deleted = edits.reduce((sum, edit) => sum + edit.delete, 0);
    if (deleted <= MAX_TIDIED) {
      this.#doc.transact(() => {
        for (const { at, delete: length, insert } of edits.toReversed()) {
          if (length > 0) text.delete(at, length);
          if (insert !== '') text.insert(at, insert);
        }
      });
      return;
    }
    const held: Uint8Array[] = (this.#held = []);
    const change = (): void => {
      held.push(this.#takeOut(text, edits));
      this.#doc.transact(() => {
        let shift = 0;
        for (const { at, delete: length, insert } of edits) {
          if (insert !== '') text.insert(at + shift, insert);
          shift += insert.length - length;
        }
      });
    };
    const journal = this.#journals.get(fileId);
    if (journal) journal.whileTold(edits, change);
    else change();
    this.#held = null;
    // Whoever hears of these may ask for the text.
    for (const update of held) this.#emit(update);
  }

  /**
   * Deletes, and leaves what is deleted in the document item by item, as it is for those who collect nothing. Behind a transaction
   * Yjs would join and forget it, looking for the place of each in all items, and tell observers: by item that costs more than all else.
   * @returns what was deleted, as an update
   */
  #takeOut(text: Y.Text, edits: readonly TextEdit[]): Uint8Array {
    const gone = new Int32Array(edits.length);
    const deletes = deletesOf(text, edits, (item, edit) => {
      item.markDeleted();
      text._length -= item.length;
      gone[edit] = (gone[edit] as number) + item.length; // as many as edits
    });
    if (text._searchMarker) text._searchMarker.length = 0; // places by which Yjs finds others
    this.#texts.clear();
    // Parts of items are left: a transaction that has no end deletes those.
    let before = gone.reduce((sum, units) => sum + units, 0);
    this.#doc._transaction = new Y.Transaction(this.#doc, null, true);
    try {
      for (let index = edits.length - 1; index >= 0; index--) {
        const { at, delete: length } = edits[index] as TextEdit; // within bounds, here and below
        const units = gone[index] as number;
        before -= units;
        if (length > units) text.delete(at - before, length - units);
      }
    } finally {
      this.#doc._transaction = null;
    }
    return deletes;
  }

  /** A sentence about the limit on a file's text that these edits would pass, or null. */
  tooLong(fileId: string, edits: readonly TextEdit[], maxTextBytes: number): string | null {
    const text = this.text(fileId);
    const units = edits.reduce((sum, edit) => sum + edit.insert.length - edit.delete, text.length);
    if (units * 3 <= maxTextBytes) return null; // a UTF-16 unit is at most three bytes
    const bytes = edits.reduce(
      (sum, edit) =>
        sum + Buffer.byteLength(edit.insert) - Buffer.byteLength(text.slice(edit.at, edit.at + edit.delete)),
      Buffer.byteLength(text),
    );
    return bytes > maxTextBytes
      ? `the text would have ${bytes} bytes, and the limit is ${maxTextBytes}`
      : null;
  }

  /** A cursor at this offset as y-codemirror and others share it: a relative position, as JSON. */
  cursorAt(fileId: string, offset: number): unknown {
    const text = this.#text(fileId);
    const at = Math.max(0, Math.min(offset, text.length));
    return Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, at));
  }

  destroy(): void {
    this.#doc.destroy();
  }

  #text(fileId: string): Y.Text {
    return this.#doc.getText(SharedDoc.text(fileId));
  }
}

/** @throws RangeError naming the edit and the length */
export function assertEdits(edits: readonly TextEdit[], length: number): void {
  let end = 0;
  for (const [index, edit] of edits.entries()) {
    if (edit.at < end)
      throw new RangeError(`edit ${index} at ${edit.at} overlaps or comes before the one ahead of it`);
    end = edit.at + edit.delete;
    if (end > length)
      throw new RangeError(`edit ${index} ends at ${end}, beyond the text's length ${length}`);
  }
}
