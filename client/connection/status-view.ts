/** Puts the connection's state into words, a bar and permissions. Every row of the page's state table is here; the words are messages.ts's. */
import { CloseCode } from '../../server/contract/wire.js';
import { messages } from '../messages.js';
import type { ConnectionState } from './status.js';

export type Tone = 'waiting' | 'busy' | 'good' | 'bad';

export type BarAction = 'retry' | 'download' | 'undo-paste' | 'reload';

export interface Bar {
  /** 'news' is nothing to worry about. */
  readonly tone: 'bad' | 'busy' | 'news';
  readonly text: string;
  readonly actions: readonly BarAction[];
}

export interface StatusView {
  readonly tone: Tone;
  readonly text: string;
  readonly bar: Bar | null;
  /** Typing is safe: the text is there, and what is typed has somewhere to go. */
  readonly editable: boolean;
  /** Closing the tab now would lose something. */
  readonly guardUnload: boolean;
}

/** 4413 and `ws`'s own 1009 mean the same to a person: the last change was too big to send. */
export const isTooLarge = (code: number): boolean => code === CloseCode.TooLarge || code === 1009;

type Words = Omit<StatusView, 'editable' | 'guardUnload'>;

const bar = (tone: Bar['tone'], text: string, ...actions: BarAction[]): Bar => ({ tone, text, actions });

function downWords(state: ConnectionState): Words {
  const { status } = messages;
  if (!state.everSynced && state.localCopy !== 'loaded') {
    return { tone: 'waiting', text: status.connecting, bar: bar('bad', status.unreachable, 'retry') };
  }
  if (state.localCopy === 'refused') {
    return { tone: 'bad', text: status.tabOnly, bar: bar('bad', status.tabOnly, 'download', 'retry') };
  }
  if (!state.online) {
    return { tone: 'bad', text: status.offline, bar: bar('bad', status.offline, 'download', 'retry') };
  }
  const text = state.draining ? status.draining : status.reconnecting;
  return { tone: 'bad', text, bar: bar('bad', status.reconnecting, 'retry') };
}

function words(state: ConnectionState, clockTime: (at: number) => string): Words {
  const { status } = messages;
  if (state.tooLarge) {
    return {
      tone: 'bad',
      text: status.notShared,
      bar: bar('bad', status.tooLarge, 'undo-paste', 'download'),
    };
  }
  if (state.end !== null) return { tone: 'bad', text: status.closed, bar: null };

  const saved: Words =
    state.clean && state.savedAt !== null
      ? { tone: 'good', text: status.saved(clockTime(state.savedAt)), bar: null }
      : { tone: 'busy', text: status.saving, bar: null };

  if (state.link === 'synced') {
    if (!state.storageDown) return saved;
    const text = state.localCopy === 'refused' ? status.storageDownTabOnly : status.storageDown;
    return { ...saved, bar: bar('busy', text, 'download') };
  }
  // A link that is not synced, told at once when the machine itself is offline, else after a moment.
  if (state.longDown || (!state.online && state.link === 'down' && state.everSynced)) return downWords(state);
  if (state.draining) return { tone: 'waiting', text: status.draining, bar: null };
  if (state.everSynced) return saved;
  const text = state.localCopy === 'loaded' ? status.openingCopy : status.connecting;
  return { tone: 'waiting', text, bar: null };
}

/** Said only while nothing worse has to be. */
const newVersionBar: Bar = bar('news', messages.status.newVersion, 'reload');

/** @param clockTime how a moment is written for this person */
export function viewOf(state: ConnectionState, clockTime: (at: number) => string): StatusView {
  const stopped = state.end !== null && !state.tooLarge;
  const said = words(state, clockTime);
  return {
    ...said,
    bar: said.bar ?? (state.outdated && state.link === 'synced' ? newVersionBar : null),
    editable: !stopped && (state.everSynced || state.localCopy === 'loaded'),
    guardUnload: state.localCopy === 'refused' && state.ownChanges,
  };
}
