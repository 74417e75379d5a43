/**
 * What is known about the connection and about what is saved: a pure state machine. It reads no clock, holds no socket and knows no words
 * (see status-view.ts).
 *
 * Safety: `clean` is never true while the room may hold something of ours that is not durable.
 * Liveness: once the link is synced and the server has acknowledged every frame sent on it, `clean` is true.
 */

export type Link =
  | 'down'
  /** The socket is open and the server's text has not arrived. */
  | 'open'
  | 'synced';

export type LocalCopy =
  | 'opening'
  /** The browser keeps a copy, and it had nothing yet. */
  | 'empty'
  /** The browser's copy held text or settings of this room. */
  | 'loaded'
  /** No IndexedDB, or it failed: nothing outlives this tab. */
  | 'refused';

export interface ConnectionState {
  readonly link: Link;
  readonly everSynced: boolean;
  /** `navigator.onLine`; only believed while the link is not synced. */
  readonly online: boolean;
  /** Not synced for longer than people should have to wonder. */
  readonly longDown: boolean;
  /** The server said that it restarts. */
  readonly draining: boolean;
  readonly localCopy: LocalCopy;
  /** Document-changing frames sent on this connection, and how many of the first of them are durable. */
  readonly sent: number;
  readonly saved: number;
  /** Everything in this document is durable. */
  readonly clean: boolean;
  /** Something was typed here that is not known to be durable. */
  readonly ownChanges: boolean;
  /** Own edits since the link was last synced. */
  readonly keptEdits: number;
  /** When `clean` last became true, ms since the epoch. */
  readonly savedAt: number | null;
  readonly storageDown: boolean;
  /** A change of ours was over the limit and was not taken. */
  readonly tooLarge: boolean;
  /** The server serves a newer page than this one. */
  readonly outdated: boolean;
  /** The server ended it for good. */
  readonly end: { readonly code: number; readonly reason: string } | null;
}

export type ConnectionEvent =
  | { readonly type: 'copy'; readonly state: Exclude<LocalCopy, 'opening'> }
  | { readonly type: 'opened' }
  | { readonly type: 'synced' }
  | { readonly type: 'closed'; readonly draining: boolean }
  /** The link has not been synced for a while. */
  | { readonly type: 'still-down' }
  | { readonly type: 'online'; readonly online: boolean }
  /** The document changed by this person (`own`), or by another tab of this browser. */
  | { readonly type: 'edited'; readonly own: boolean }
  /** A document-changing frame left on this connection. */
  | { readonly type: 'sent' }
  | { readonly type: 'saved'; readonly count: number; readonly at: number }
  | { readonly type: 'storage'; readonly down: boolean }
  | { readonly type: 'too-large' }
  | { readonly type: 'outdated' }
  | { readonly type: 'ended'; readonly code: number; readonly reason: string }
  /** The person asked to try again after an end. */
  | { readonly type: 'reopened' };

export const initialState = (online: boolean): ConnectionState => ({
  link: 'down',
  everSynced: false,
  online,
  longDown: false,
  draining: false,
  localCopy: 'opening',
  sent: 0,
  saved: 0,
  clean: false,
  ownChanges: false,
  keptEdits: 0,
  savedAt: null,
  storageDown: false,
  tooLarge: false,
  outdated: false,
  end: null,
});

/** Frames are counted, so "all of them" needs at least the one that answers the server's greeting. */
function settle(state: ConnectionState, at: number): ConnectionState {
  const clean = state.link === 'synced' && state.sent >= 1 && state.saved === state.sent;
  return clean ? { ...state, clean, ownChanges: false, savedAt: at } : state;
}

export function reduce(state: ConnectionState, event: ConnectionEvent): ConnectionState {
  switch (event.type) {
    case 'copy':
      return { ...state, localCopy: event.state };
    case 'opened':
      return { ...state, link: 'open', sent: 0, saved: 0, storageDown: false, end: null };
    case 'synced':
      return { ...state, link: 'synced', everSynced: true, longDown: false, draining: false, keptEdits: 0 };
    case 'closed':
      // What was clean stays clean: a lost socket takes nothing back.
      return { ...state, link: 'down', sent: 0, saved: 0, draining: event.draining || state.draining };
    case 'still-down':
      return state.link === 'synced' ? state : { ...state, longDown: true };
    case 'online':
      return { ...state, online: event.online };
    case 'edited':
      return {
        ...state,
        clean: false,
        ownChanges: state.ownChanges || event.own,
        keptEdits: event.own && state.link !== 'synced' ? state.keptEdits + 1 : state.keptEdits,
      };
    case 'sent':
      return { ...state, sent: state.sent + 1, clean: false };
    case 'saved':
      // A count past what was sent cannot be about this connection; it proves nothing.
      if (event.count > state.sent || event.count < state.saved) return state;
      return settle({ ...state, saved: event.count }, event.at);
    case 'storage':
      return { ...state, storageDown: event.down };
    case 'too-large':
      return { ...state, tooLarge: true, clean: false };
    case 'outdated':
      return { ...state, outdated: true };
    case 'ended':
      return { ...state, link: 'down', sent: 0, saved: 0, end: { code: event.code, reason: event.reason } };
    case 'reopened':
      return { ...state, end: null, tooLarge: false };
  }
}

/** What the change from one state to the next is worth telling in passing. */
export function returnNotice(before: ConnectionState, after: ConnectionState): { changes: number } | null {
  return before.longDown && before.everSynced && after.link === 'synced'
    ? { changes: before.keptEdits }
    : null;
}
