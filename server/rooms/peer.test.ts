/** One Yjs connection in a real room: the conversation, frame by frame. */
import { describe, expect, test } from '@jest/globals';
import * as Y from 'yjs';

import { TestClient, createTestRoom, kindsOf, type Heard } from '../../tests/support/room.js';
import { CloseCode, NoticeCode } from '../contract/wire.js';

const savedCounts = (heard: Heard[]): number[] =>
  heard.flatMap((message) => (message.kind === 'saved' ? [message.count] : []));

/** Two updates of one document, of which the second leans on the first. */
function twoUpdates(): [first: Uint8Array, second: Uint8Array, doc: Y.Doc] {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  doc.getText('file:main').insert(0, 'first ');
  doc.getText('file:main').insert(6, 'second');
  return [updates[0] as Uint8Array, updates[1] as Uint8Array, doc];
}

/** The room's whole text. */
function textOf(updates: Uint8Array[]): string {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc.getText('file:main').toString();
}

describe('the greeting', () => {
  test('a peer that opens is asked for what the room lacks', () => {
    const stored = new TestClient(createTestRoom().room).change((text) => text.insert(0, 'stored'));
    const { room } = createTestRoom({ updates: [stored] });
    const ann = new TestClient(room);
    ann.peer.open();
    expect(ann.line.heard()).toEqual([{ kind: 'step1', clocks: room.clocks }]);
    expect(room.memberCount).toBe(1);
  });

  test('is of the room as it is when somebody comes, also right behind an edit', () => {
    const { room } = createTestRoom();
    const bob = new TestClient(room).join();
    const asked = [];
    for (const typed of ['', 'a', 'b']) {
      if (typed) bob.type(typed);
      const ann = new TestClient(room);
      ann.peer.open();
      asked.push(
        ...ann.line.heard().map((heard) => (heard.kind === 'step1' ? [...heard.clocks.values()] : [])),
      );
    }
    expect(asked).toEqual([[], [1], [2]]);
  });

  test('its own question is answered with everything, and only then is it live', () => {
    const stored = new TestClient(createTestRoom().room).change((text) => text.insert(0, 'stored'));
    const { room, clock } = createTestRoom({ updates: [stored] });
    const bob = new TestClient(room).join();
    const ann = new TestClient(room);
    ann.peer.open();
    ann.read();
    bob.type('!');
    clock.turn();
    expect(ann.peer.isLive).toBe(false);
    expect(ann.line.heard()).toEqual([]);
    ann.peer.step1(Y.encodeStateVector(ann.doc));
    expect(ann.peer.isLive).toBe(true);
    expect(kindsOf(ann.read())).toEqual(['step2']);
    expect(ann.text.toString()).toBe('stored!');
  });

  test('who is present is told with the answer', () => {
    const { room } = createTestRoom();
    const bob = new TestClient(room).join();
    bob.peer.presence([{ client: 5, clock: 1, state: Buffer.from('{"name":"Bob"}'), isNull: false }]);
    const ann = new TestClient(room);
    ann.peer.open();
    ann.peer.step1(new Uint8Array([0]));
    expect(ann.line.heard().at(-1)).toEqual({ kind: 'awareness', states: { 5: { name: 'Bob' } } });
  });

  test('a later question is answered and changes nothing else', () => {
    const { room } = createTestRoom();
    const ann = new TestClient(room).join();
    ann.peer.step1(Y.encodeStateVector(ann.doc));
    expect(kindsOf(ann.line.heard())).toEqual(['step2']);
    expect(ann.peer.isLive).toBe(true);
  });
});

describe('what others write', () => {
  test('reaches live peers in one write a flush, and not its only author', () => {
    const { room, clock } = createTestRoom();
    const [ann, bob] = [new TestClient(room).join(), new TestClient(room).join()];
    const before = bob.line.writes;
    ann.type('a');
    ann.type('b');
    clock.turn();
    expect(kindsOf(bob.read())).toEqual(['update', 'update']);
    expect(bob.line.writes).toBe(before + 1);
    expect(bob.text.toString()).toBe('ab');
    expect(ann.line.heard()).toEqual([]);
  });

  test('goes back to authors too when several wrote', () => {
    const { room, clock } = createTestRoom();
    const [ann, bob] = [new TestClient(room).join(), new TestClient(room).join()];
    ann.type('a');
    bob.type('b');
    clock.turn();
    ann.read();
    bob.read();
    expect(ann.text.toString()).toHaveLength(2);
    expect(bob.text.toString()).toBe(ann.text.toString());
  });

  test('is relayed as the bytes that came', () => {
    const { room, clock } = createTestRoom();
    const [ann, bob] = [new TestClient(room).join(), new TestClient(room).join()];
    const update = ann.change((text) => text.insert(0, 'verbatim'));
    ann.peer.update(update);
    clock.turn();
    const [heard] = bob.line.heard();
    expect(heard?.kind === 'update' && Buffer.from(heard.update).equals(update)).toBe(true);
  });
});

describe('a gap', () => {
  test('an update that leans on something missing is dropped, and asked about once', () => {
    const { room, log } = createTestRoom();
    const ann = new TestClient(room).join();
    const [, second] = twoUpdates();
    expect(ann.peer.update(second)).toEqual({ kind: 'gap' });
    expect(ann.line.heard()).toEqual([{ kind: 'step1', clocks: new Map() }]);
    expect(ann.peer.update(second)).toEqual({ kind: 'gap' });
    expect(ann.line.heard()).toEqual([]);
    expect(log.end).toBe(0);
  });

  test('the greeting’s question counts as open: a gap before the first step 2 asks nothing', () => {
    const { room } = createTestRoom();
    const ann = new TestClient(room);
    ann.peer.open();
    ann.line.heard();
    expect(ann.peer.update(twoUpdates()[1])).toEqual({ kind: 'gap' });
    expect(ann.line.heard()).toEqual([]);
  });

  test('a step 2 closes the question, so that the next gap asks again', () => {
    const { room } = createTestRoom();
    const ann = new TestClient(room).join();
    const [first, second, doc] = twoUpdates();
    ann.peer.update(second);
    ann.peer.step2(Y.encodeStateAsUpdate(doc));
    expect(textOf(room.updates())).toBe('first second');
    ann.line.heard();
    expect(ann.peer.update(first)).toEqual({ kind: 'taken' });
    expect(ann.line.heard()).toEqual([]);
    ann.peer.update(twoUpdates()[1]);
    expect(kindsOf(ann.line.heard())).toEqual(['step1']);
  });

  test('[G1] a dropped frame is saved only when the step 2 that holds it is durable', () => {
    const { room, log } = createTestRoom();
    const ann = new TestClient(room).join();
    const [, second, doc] = twoUpdates();
    ann.peer.update(second);
    log.commit();
    expect(savedCounts(ann.line.heard())).toEqual([]);
    ann.peer.step2(Y.encodeStateAsUpdate(doc));
    expect(savedCounts(ann.line.heard())).toEqual([]);
    log.commit();
    expect(savedCounts(ann.line.heard())).toEqual([3]);
  });
});

describe('a step 2 with a gap (the client’s own copy has a hole)', () => {
  /** A whole copy of somebody who lacks the first update of one client and has the text of another. */
  function copyWithHole(): { copy: Uint8Array; missing: Uint8Array } {
    const [first, second] = twoUpdates();
    const doc = new Y.Doc();
    doc.getText('notes').insert(0, 'whole');
    Y.applyUpdate(doc, second);
    return { copy: Y.encodeStateAsUpdate(doc), missing: first };
  }

  test('is repaired: what can be integrated is taken in, the rest left out', () => {
    const { room, log } = createTestRoom();
    const ann = new TestClient(room);
    ann.peer.open();
    expect(ann.peer.step2(copyWithHole().copy)).toEqual({ kind: 'taken' });
    const doc = new Y.Doc();
    for (const update of room.updates()) Y.applyUpdate(doc, update);
    expect(doc.store.pendingStructs).toBeNull();
    expect([doc.getText('notes').toString(), doc.getText('file:main').toString()]).toEqual(['whole', '']);
    expect(log.end).toBeGreaterThan(0);
  });

  test('counts as answered, and is saved once what it gave is durable', () => {
    const { room, log } = createTestRoom();
    const ann = new TestClient(room);
    ann.peer.open();
    ann.peer.step2(copyWithHole().copy);
    expect(savedCounts(ann.line.heard())).toEqual([]);
    log.commit();
    expect(savedCounts(ann.line.heard())).toEqual([1]);
  });

  test('is asked for again after 10 s, then 20 s: only a question brings what fills the hole', () => {
    const { room, clock } = createTestRoom();
    const ann = new TestClient(room);
    const { copy, missing } = copyWithHole();
    ann.peer.open();
    ann.peer.step2(copy);
    ann.line.heard();
    clock.advance(9_999);
    expect(ann.line.heard()).toEqual([]);
    clock.advance(1);
    expect(kindsOf(ann.line.heard())).toEqual(['step1']);
    ann.peer.step2(copy);
    clock.advance(19_999);
    expect(ann.line.heard()).toEqual([]);
    clock.advance(1);
    expect(kindsOf(ann.line.heard())).toEqual(['step1']);

    const healed = new Y.Doc();
    Y.applyUpdate(healed, copy);
    Y.applyUpdate(healed, missing);
    ann.peer.step2(Y.encodeStateAsUpdate(healed));
    expect(textOf(room.updates())).toBe('first second');
  });

  test('somebody who left is not asked again', () => {
    const { room, clock } = createTestRoom();
    const ann = new TestClient(room);
    ann.peer.open();
    ann.peer.step2(copyWithHole().copy);
    ann.peer.close();
    ann.line.heard();
    clock.advance(1_000_000);
    expect(ann.line.heard()).toEqual([]);
  });
});

describe('a slow reader', () => {
  test('[G22] is written nothing more, and caught up with one diff when its queue is empty', () => {
    const { room, clock } = createTestRoom();
    const ann = new TestClient(room).join();
    const slow = new TestClient(room, { wantsSaved: false }).join();
    slow.line.isCongested = true;
    ann.type('one ');
    clock.turn();
    slow.read();
    expect(slow.peer.isLive).toBe(false);
    for (let i = 0; i < 50; i++) {
      ann.type(`${i} `);
      clock.turn();
    }
    ann.peer.update(ann.change((text) => text.delete(0, 4)));
    clock.turn();
    expect(slow.line.heard()).toEqual([]);
    room.fold();

    slow.line.isCongested = false;
    slow.peer.drained();
    expect(kindsOf(slow.read())).toEqual(['step2']);
    expect(slow.text.toString()).toBe(ann.text.toString());
    expect(slow.peer.isLive).toBe(true);
    ann.type('live again');
    clock.turn();
    expect(kindsOf(slow.read())).toEqual(['update']);
  });

  test('hears who is present when it is back', () => {
    const { room, clock } = createTestRoom();
    const [ann, slow] = [new TestClient(room).join(), new TestClient(room).join()];
    slow.line.isCongested = true;
    ann.type('x');
    clock.turn();
    slow.line.heard();
    ann.peer.presence([{ client: 5, clock: 1, state: Buffer.from('{}'), isNull: false }]);
    clock.advance(100);
    slow.line.isCongested = false;
    slow.peer.drained();
    expect(slow.line.heard().filter(({ kind }) => kind === 'awareness')).toEqual([
      { kind: 'awareness', states: { 5: {} } },
    ]);
  });

  test('a question of its own while it is slow is answered without making it live', () => {
    const { room, clock } = createTestRoom();
    const [ann, slow] = [new TestClient(room).join(), new TestClient(room).join()];
    slow.line.isCongested = true;
    ann.type('x');
    clock.turn();
    slow.peer.step1(Y.encodeStateVector(slow.doc));
    expect(slow.peer.isLive).toBe(false);
    slow.line.isCongested = false;
    slow.peer.drained();
    slow.read();
    expect(slow.text.toString()).toBe('x');
  });

  test('draining means nothing to a peer that was never slow, or has left', () => {
    const { room, clock } = createTestRoom();
    const [ann, slow] = [new TestClient(room).join(), new TestClient(room).join()];
    slow.peer.drained();
    expect(slow.line.heard()).toEqual([]);
    slow.line.isCongested = true;
    ann.type('x');
    clock.turn();
    slow.line.heard();
    slow.peer.close();
    slow.peer.drained();
    expect(slow.line.heard()).toEqual([]);
    expect(slow.peer.isLive).toBe(false);
  });
});

describe('saved', () => {
  test('[G1] is told after the commit, and once a commit', () => {
    const { room, log } = createTestRoom();
    const ann = new TestClient(room).join();
    ann.type('a');
    ann.type('b');
    expect(ann.line.heard()).toEqual([]);
    log.commit(1);
    expect(savedCounts(ann.line.heard())).toEqual([2]);
    log.commit();
    expect(savedCounts(ann.line.heard())).toEqual([3]);
    log.commit();
    expect(ann.line.heard()).toEqual([]);
  });

  test('is told at once when nothing is waited for', () => {
    const { room } = createTestRoom();
    const ann = new TestClient(room);
    ann.peer.open();
    ann.line.heard();
    ann.peer.step2(new Uint8Array([0, 0]));
    expect(ann.line.heard()).toEqual([{ kind: 'saved', count: 1 }]);
  });

  test('a frame with nothing new waits for what it repeats', () => {
    const { room, log } = createTestRoom();
    const [ann, bob] = [new TestClient(room).join(), new TestClient(room).join()];
    const update = ann.change((text) => text.insert(0, 'a'));
    ann.peer.update(update);
    bob.line.heard();
    bob.peer.update(update);
    expect(log.end).toBe(1);
    expect(bob.line.heard()).toEqual([]);
    log.commit();
    expect(savedCounts(bob.line.heard())).toEqual([2]);
  });

  test('is not told to those who did not ask', () => {
    const { room, log } = createTestRoom();
    const stock = new TestClient(room, { wantsSaved: false }).join();
    stock.type('a');
    log.commit();
    room.notifyAll(NoticeCode.StorageDown, 'down');
    expect(stock.line.heard()).toEqual([]);
  });

  test('is not told to somebody who left', () => {
    const { room, log } = createTestRoom();
    const ann = new TestClient(room).join();
    ann.type('a');
    ann.peer.close();
    ann.line.heard();
    log.commit();
    expect(ann.line.heard()).toEqual([]);
  });
});

describe('refusals', () => {
  test('a malformed update is refused with a reason, and never acknowledged', () => {
    const { room, log } = createTestRoom();
    const ann = new TestClient(room).join();
    const outcome = ann.peer.update(new Uint8Array([1, 2, 3]));
    expect(outcome).toMatchObject({ kind: 'refused', code: CloseCode.BadFrame });
    expect(outcome.kind === 'refused' && outcome.reason).not.toBe('');
    log.commit();
    expect(ann.line.heard()).toEqual([]);
    expect(log.end).toBe(0);
  });

  test('a document over its limit is refused to its sender alone, with a notice', () => {
    const { room, clock, log } = createTestRoom({ limits: { maxDocBytes: 10_000 } });
    const [ann, bob] = [new TestClient(room).join(), new TestClient(room).join()];
    const outcome = ann.type('x'.repeat(20_000));
    expect(outcome).toMatchObject({ kind: 'refused', code: CloseCode.TooLarge });
    expect(ann.line.heard()).toEqual([
      { kind: 'notice', code: NoticeCode.TooLarge, text: expect.stringMatching(/limit of 10000 bytes/) },
    ]);
    log.commit();
    clock.advance(1000);
    expect([...ann.line.heard(), ...bob.line.heard()]).toEqual([]);
    expect(room.updates().map((update) => update.length)).toEqual([2]);
  });

  test('a malformed step 2 is refused too', () => {
    const { room } = createTestRoom();
    const ann = new TestClient(room);
    ann.peer.open();
    expect(ann.peer.step2(new Uint8Array([255]))).toMatchObject({
      kind: 'refused',
      code: CloseCode.BadFrame,
    });
  });
});

describe('presence', () => {
  const entry = (client: number, clock: number, state: unknown) => ({
    client,
    clock,
    state: Buffer.from(JSON.stringify(state)),
    isNull: state === null,
  });

  test('is echoed to its sender too: stock clients hang up on silence', () => {
    const { room, clock } = createTestRoom();
    const [ann, bob] = [new TestClient(room).join(), new TestClient(room).join()];
    ann.peer.presence([entry(5, 1, { name: 'Ann' })]);
    clock.advance(40);
    const told = [{ kind: 'awareness', states: { 5: { name: 'Ann' } } }];
    expect([ann.line.heard(), bob.line.heard()]).toEqual([told, told]);
  });

  test('alone is sent on as often a second as the setting says, the newest state of each', () => {
    const { room, clock } = createTestRoom({ limits: { awarenessPerSecond: 2 } });
    const [ann, bob] = [new TestClient(room).join(), new TestClient(room).join()];
    ann.peer.presence([entry(5, 1, { at: 1 })]);
    clock.advance(499);
    ann.peer.presence([entry(5, 2, { at: 2 })]);
    expect(bob.line.heard()).toEqual([]);
    clock.advance(1);
    expect(bob.line.heard()).toEqual([{ kind: 'awareness', states: { 5: { at: 2 } } }]);
  });

  test('a cursor that comes with an edit does not go back to who typed it, and everybody else’s does', () => {
    const { room, clock } = createTestRoom();
    const [ann, bob] = [new TestClient(room).join(), new TestClient(room).join()];
    ann.peer.presence([entry(5, 1, { name: 'Ann' })]);
    clock.advance(40);
    [ann, bob].forEach(({ line }) => line.heard());

    ann.type('a');
    ann.peer.presence([entry(5, 2, { at: 'behind a' })]);
    clock.advance(0);
    expect(ann.line.heard()).toEqual([]);
    expect(bob.line.heard()).toEqual([
      expect.objectContaining({ kind: 'update' }),
      { kind: 'awareness', states: { 5: { at: 'behind a' } } },
    ]);

    ann.type('b');
    ann.peer.presence([entry(5, 3, { at: 'behind b' })]);
    bob.peer.presence([entry(6, 1, { name: 'Bob' })]);
    clock.advance(0);
    expect(ann.line.heard()).toEqual([
      { kind: 'awareness', states: { 5: { at: 'behind b' }, 6: { name: 'Bob' } } },
    ]);
  });

  test('[G29] an id that is another’s is probed there, and handed over when that peer goes', () => {
    const { room, clock } = createTestRoom();
    const [dead, back] = [new TestClient(room).join(), new TestClient(room).join()];
    dead.peer.presence([entry(5, 1, { at: 'dead socket' })]);
    clock.advance(40);
    back.line.heard();
    back.peer.presence([entry(5, 2, { at: 'new socket' })]);
    expect([dead.line.probes, back.line.probes]).toEqual([1, 0]);
    clock.advance(40);
    expect(back.line.heard()).toEqual([]);
    dead.peer.close();
    clock.advance(40);
    expect(back.line.heard()).toEqual([{ kind: 'awareness', states: { 5: { at: 'new socket' } } }]);
  });

  test('somebody who leaves is taken away', () => {
    const { room, clock } = createTestRoom();
    const [ann, bob] = [new TestClient(room).join(), new TestClient(room).join()];
    ann.peer.presence([entry(5, 1, {})]);
    clock.advance(40);
    bob.line.heard();
    ann.peer.close();
    ann.peer.close();
    clock.advance(40);
    expect(bob.line.heard()).toEqual([{ kind: 'awareness', states: { 5: null } }]);
    expect(room.memberCount).toBe(1);
  });

  test('a query is answered with everybody, and with nothing when nobody is there', () => {
    const { room } = createTestRoom();
    const ann = new TestClient(room).join();
    ann.peer.tellPresence();
    expect(ann.line.heard()).toEqual([]);
    ann.peer.presence([entry(5, 1, {})]);
    ann.peer.tellPresence();
    expect(ann.line.heard()).toEqual([{ kind: 'awareness', states: { 5: {} } }]);
  });
});
