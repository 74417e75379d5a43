import { describe, expect, test } from '@jest/globals';

import { messages } from '../messages.js';
import { viewOf, type StatusView } from './status-view.js';
import { initialState, reduce, returnNotice, type ConnectionEvent, type ConnectionState } from './status.js';

const after = (
  events: readonly ConnectionEvent[],
  from: ConnectionState = initialState(true),
): ConnectionState => events.reduce(reduce, from);

const view = (state: ConnectionState): StatusView => viewOf(state, (at) => `@${at}`);

const copyLoaded: ConnectionEvent = { type: 'copy', state: 'loaded' };
const copyEmpty: ConnectionEvent = { type: 'copy', state: 'empty' };
const copyRefused: ConnectionEvent = { type: 'copy', state: 'refused' };
const opened: ConnectionEvent = { type: 'opened' };
const synced: ConnectionEvent = { type: 'synced' };
const sent: ConnectionEvent = { type: 'sent' };
const edited: ConnectionEvent = { type: 'edited', own: true };
const lost: ConnectionEvent = { type: 'closed', draining: false };
const stillDown: ConnectionEvent = { type: 'still-down' };
const offline: ConnectionEvent = { type: 'online', online: false };
const saved = (count: number, at = 1402): ConnectionEvent => ({ type: 'saved', count, at });

/** Connected, greeting answered, everything acknowledged. */
const settled = [copyEmpty, opened, sent, synced, saved(1)];

describe('the words of the state table', () => {
  const { status } = messages;
  test.each<[string, readonly ConnectionEvent[], string, string | null]>([
    ['first sync', [copyEmpty], status.connecting, null],
    ['local copy, not yet server', [copyLoaded], status.openingCopy, null],
    ['nothing acknowledged yet', [copyEmpty, opened, sent, synced], status.saving, null],
    ['everything acknowledged', settled, 'Saved @1402', null],
    ['edits sent, not persisted', [...settled, edited, sent], status.saving, null],
    ['a part persisted', [...settled, edited, sent, edited, sent, saved(2)], status.saving, null],
    ['all persisted', [...settled, edited, sent, saved(2, 1500)], 'Saved @1500', null],
    ['socket down for a moment', [...settled, lost], 'Saved @1402', null],
    ['socket down for a moment, edited', [...settled, lost, edited], status.saving, null],
    ['socket down for long', [...settled, lost, stillDown], status.reconnecting, status.reconnecting],
    ['the machine is offline', [...settled, offline, lost], status.offline, status.offline],
    ['offline, nothing kept', [copyRefused, opened, synced, offline, lost], status.tabOnly, status.tabOnly],
    ['never reached the server', [copyEmpty, stillDown], status.connecting, status.unreachable],
    [
      'long without the server, copy at hand',
      [copyLoaded, stillDown],
      status.reconnecting,
      status.reconnecting,
    ],
    ['the server restarts', [...settled, { type: 'closed', draining: true }], status.draining, null],
    [
      'the database is down',
      [...settled, edited, sent, { type: 'storage', down: true }],
      status.saving,
      status.storageDown,
    ],
    ['a newer page is served', [...settled, { type: 'outdated' }], 'Saved @1402', status.newVersion],
    [
      'a newer page, and down',
      [...settled, { type: 'outdated' }, lost, stillDown],
      status.reconnecting,
      status.reconnecting,
    ],
    ['a paste was too large', [...settled, { type: 'too-large' }], status.notShared, status.tooLarge],
  ])('%s', (_row, events, text, bar) => {
    const shown = view(after(events));
    expect(shown.text).toBe(text);
    expect(shown.bar?.text ?? null).toBe(bar);
  });

  test('offers to retry whenever the link is shown as down', () => {
    for (const events of [[stillDown], [...settled, lost, stillDown], [...settled, offline, lost]]) {
      expect(view(after([copyEmpty, ...events])).bar?.actions).toContain('retry');
    }
  });
});

describe('"Saved"', () => {
  test('needs every frame of this connection acknowledged, and at least one', () => {
    expect(after([copyEmpty, opened, synced]).clean).toBe(false);
    expect(after([copyEmpty, opened, synced, saved(0)]).clean).toBe(false);
    expect(after([copyEmpty, opened, synced, sent, sent, saved(1)]).clean).toBe(false);
    expect(after([copyEmpty, opened, synced, sent, sent, saved(2)]).clean).toBe(true);
  });

  test('is not believed before the server has been heard in full', () => {
    expect(after([copyEmpty, opened, sent, saved(1)]).clean).toBe(false);
  });

  test('ignores an acknowledgement of more than was sent, and one that goes back', () => {
    expect(after([copyEmpty, opened, synced, sent, saved(7)]).clean).toBe(false);
    const state = after([copyEmpty, opened, synced, sent, sent, saved(2), saved(1)]);
    expect(state.saved).toBe(2);
  });

  test('counts from zero on each connection, and stays unsaved until the new one has acknowledged', () => {
    const back = after([...settled, edited, sent, lost, opened, synced]);
    expect(view(back).text).toBe(messages.status.saving);
    expect(view(after([sent, saved(1, 9)], back)).text).toBe('Saved @9');
  });
});

describe('editing', () => {
  test('waits for the text: from the server or from a local copy that holds something', () => {
    expect(view(after([])).editable).toBe(false);
    expect(view(after([copyEmpty])).editable).toBe(false);
    expect(view(after([copyRefused, opened])).editable).toBe(false);
    expect(view(after([copyLoaded])).editable).toBe(true);
    expect(view(after([copyEmpty, opened, synced])).editable).toBe(true);
  });

  test('goes on while the link is down, and ends with the room', () => {
    expect(view(after([...settled, lost, stillDown])).editable).toBe(true);
    expect(view(after([...settled, { type: 'ended', code: 4410, reason: '' }])).editable).toBe(false);
  });
});

describe('closing the tab', () => {
  test('is guarded only when something would be lost', () => {
    expect(view(after([copyRefused, opened, synced, sent, saved(1)])).guardUnload).toBe(false);
    expect(view(after([copyRefused, opened, synced, sent, saved(1), edited])).guardUnload).toBe(true);
    expect(view(after([copyRefused, opened, synced, edited, sent, saved(1)])).guardUnload).toBe(false);
    expect(view(after([...settled, lost, edited])).guardUnload).toBe(false);
  });
});

describe('coming back', () => {
  test('tells how many own changes were made meanwhile, once', () => {
    const down = after([...settled, lost, edited, edited, stillDown, edited, opened]);
    const up = reduce(down, synced);
    expect(returnNotice(down, up)).toEqual({ changes: 3 });
    expect(returnNotice(up, reduce(up, sent))).toBeNull();
  });

  test('says nothing of a break too short to be shown, nor of the first connection', () => {
    const blink = after([...settled, lost, edited, opened]);
    expect(returnNotice(blink, reduce(blink, synced))).toBeNull();
    const first = after([copyEmpty, stillDown, opened]);
    expect(returnNotice(first, reduce(first, synced))).toBeNull();
  });

  test('after a too large change was taken back, the room is as before', () => {
    const refused = after([
      ...settled,
      edited,
      sent,
      { type: 'too-large' },
      lost,
      { type: 'ended', code: 4413, reason: '' },
    ]);
    expect(view(refused).editable).toBe(true);
    const again = after([{ type: 'reopened' }, opened, sent, synced, saved(1, 5)], refused);
    expect(view(again)).toMatchObject({ text: 'Saved @5', bar: null });
  });
});
