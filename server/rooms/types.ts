/** What the doors may ask of a living room. Sockets, SQL and Express are unknown here. */
import type * as Y from 'yjs';

import type { FileEntry } from './files.js';
import type { FileReading } from './fold.js';

/** Replace `delete` UTF-16 units at `at` by `insert`; a list of edits is ascending, disjoint, and speaks of the text before all of them. */
export interface TextEdit {
  readonly at: number;
  readonly delete: number;
  readonly insert: string;
}

/** A text as it was at one moment, for `LiveText.since`. */
export interface TextMark {
  /** Whose marks may be compared: marks of another text, or of an earlier life of this one, are forgotten. */
  readonly journal: object;
  readonly at: number;
}

/**
 * Anybody who is in the room, whichever door they came by. Members are told; they never pull.
 * Nothing here may throw.
 */
export interface Member {
  /** Counted in `Room.memberCount` and shown to JSON members; both doors alike. */
  readonly kind: 'sync' | 'json';
  /** The member must go: the room was deleted, is draining, or broke. */
  dismiss(code: number, reason: string): void;
  /** The number of members changed (JSON members tell their clients). `joined` is null when it changed otherwise. */
  membersChanged(count: number, change: 'joined' | 'left', who: Member): void;
}

/** The text of one file while somebody needs it kept as text (JSON members). Backed by a Y.Doc that lives as long as one of these. */
export interface LiveText {
  /** The whole text as it is now, LF only where our own doors wrote it. */
  readonly text: string;
  readonly language: string;
  /** Names `text` as it is now. */
  mark(): TextMark;
  /** What led from a marked text to the present one, by anybody's hand: one list of edits a change. Null when that is forgotten. */
  since(mark: TextMark): readonly (readonly TextEdit[])[] | null;
  /**
   * Applies edits against `text` as it is at this moment, in one transaction; other members see them in the next flush.
   * Returns the log position that makes them durable. Out-of-range edits throw a RangeError.
   */
  apply(edits: readonly TextEdit[]): number;
  setLanguage(language: string): number;
  /** Shows the member to Yjs clients as somebody present; `position` is a UTF-16 offset, clamped. */
  present(state: { name: string; color: number; position: number | null }): void;
  /** Safe to call twice. */
  release(): void;
}

/** How much of a room's texts is wanted: files, and UTF-16 units of all together. */
export interface TextLimits {
  readonly files: number;
  readonly units: number;
}

/** What the doors use of a room. */
export interface LiveRoom {
  readonly id: string;
  readonly memberCount: number;
  /** Encoded bytes of the document; what a fold would join is counted twice. */
  readonly bytes: number;
  /** Encoded bytes that it may have. */
  readonly maxBytes: number;
  /** Bytes that one file's text may have, as UTF-8. */
  readonly maxTextBytes: number;
  /** When the document was last changed, by anybody. */
  readonly changedAt: Date;
  join(member: Member): void;
  leave(member: Member): void;
  /** The text of a file as of now (unsaved edits included), '' for a file that has none. All who ask at the same moment share one reading. */
  read(fileId: string): Promise<FileReading>;
  readText(fileId: string): Promise<string>;
  /** The texts of the room's files as of now, by file id: what fits the limits, whole files only, empty ones left out. */
  readTexts(limits: TextLimits): Promise<Map<string, string>>;
  language(): Promise<string>;
  setLanguage(language: string): Promise<number>;
  /**
   * One server edit: `plan` sees the text as it is at that moment and answers with edits against it, synchronously; what it
   * throws is passed on and nothing changes. Resolves with the log position that makes them durable.
   */
  editText(fileId: string, plan: (text: string) => readonly TextEdit[]): Promise<number>;
  /** The files as they are shown, by path. */
  files(): Promise<readonly FileEntry[]>;
  /** All files as a zip, made off the event loop. */
  zip(): Promise<Uint8Array>;
  /**
   * One server change of the files: `change` does it, synchronously, on the document. Answers with what it returned and the log position that
   * makes it durable. What it throws is passed on, a FileRefused as AppError; it must not have changed anything then.
   * @param addedBytes about how much the document grows. Throws AppError `too-large`
   */
  changeFiles<T>(
    addedBytes: number,
    change: (doc: Y.Doc) => T,
  ): Promise<{ readonly result: T; readonly position: number }>;
  /** Keeps the file as live text; `changed` is called at most once a flush, after `text` or `language` moved by anybody's hand. */
  openText(fileId: string, changed: () => void): Promise<LiveText>;
  /** Resolves when the log is durable up to `position`. */
  settled(position: number): Promise<void>;
}

/** Finds and opens rooms. */
export interface RoomSource {
  /**
   * Opens the room, or joins the open in progress (R1), and keeps it in memory until `release`.
   * Throws AppError: `room-not-found`, `room-gone`, `storage-unavailable` (a failed or slow load; never an empty room).
   */
  hold(roomId: string): Promise<{ readonly room: LiveRoom; readonly release: () => void }>;
  /** Whether the room is in memory and not deleted: then `hold` does not ask the database. */
  isOpen(roomId: string): boolean;
}
