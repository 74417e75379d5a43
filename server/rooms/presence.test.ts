/** Whose awareness id is whose, and what the others are told. */
import { describe, expect, test } from '@jest/globals';

import { Presence, type PresenceOwner } from './presence.js';

class Somebody implements PresenceOwner {
  probe(): void {}
}

const utf8 = new TextDecoder();

/** A presence that speaks JSON instead of bytes. */
function createPresence() {
  const presence = new Presence<Somebody>();
  const plain = ({ client, clock, state }: { client: number; clock: number; state: Uint8Array }) => [
    client,
    clock,
    JSON.parse(utf8.decode(state)) as unknown,
  ];
  return {
    /** Returns whoever holds the id instead. */
    say(owner: Somebody, client: number, clock: number, state: unknown): Somebody | null {
      const bytes = new TextEncoder().encode(JSON.stringify(state));
      return presence.take(owner, { client, clock, state: bytes }, state === null);
    },
    drop: (owner: Somebody) => presence.drop(owner),
    changes: () => presence.takeChanges().map(plain),
    everyone: () => presence.everyone().map(plain),
    isDirty: () => presence.isDirty,
  };
}

const ann = new Somebody();
const bob = new Somebody();
const eve = new Somebody();

describe('ownership', () => {
  test('the first id with a state is the owner’s', () => {
    const presence = createPresence();
    expect(presence.say(ann, 1, 1, { name: 'Ann' })).toBeNull();
    expect(presence.everyone()).toEqual([[1, 1, { name: 'Ann' }]]);
  });

  test('[G29] what an owner says of other ids is ignored in silence, free ones too', () => {
    const presence = createPresence();
    presence.say(ann, 1, 1, { name: 'Ann' });
    presence.say(bob, 2, 1, { name: 'Bob' });
    presence.changes();
    expect(presence.say(bob, 1, 9, { name: 'not Ann' })).toBeNull();
    expect(presence.say(bob, 1, 9, null)).toBeNull();
    expect(presence.say(bob, 3, 1, { name: 'third' })).toBeNull();
    expect(presence.everyone()).toEqual([
      [1, 1, { name: 'Ann' }],
      [2, 1, { name: 'Bob' }],
    ]);
    expect(presence.isDirty()).toBe(false);
  });

  test('a null state makes nobody an owner', () => {
    const presence = createPresence();
    presence.say(ann, 1, 1, null);
    presence.say(bob, 1, 1, { name: 'Bob' });
    expect(presence.everyone()).toEqual([[1, 1, { name: 'Bob' }]]);
  });

  test('an owner keeps its id while its state is null', () => {
    const presence = createPresence();
    presence.say(ann, 1, 1, { name: 'Ann' });
    presence.say(ann, 1, 2, null);
    expect(presence.say(bob, 1, 3, { name: 'Bob' })).toBe(ann);
    presence.say(ann, 1, 4, { name: 'Ann again' });
    expect(presence.everyone()).toEqual([[1, 4, { name: 'Ann again' }]]);
  });
});

describe('an id that somebody else holds (a reconnect racing its dead predecessor)', () => {
  test('names the holder, and is handed over with the newest state when that one goes', () => {
    const presence = createPresence();
    presence.say(ann, 1, 5, { at: 'old socket' });
    presence.changes();
    expect(presence.say(bob, 1, 6, { at: 'new socket' })).toBe(ann);
    expect(presence.say(bob, 1, 7, { at: 'new socket, later' })).toBe(ann);
    expect(presence.isDirty()).toBe(false);
    presence.drop(ann);
    expect(presence.changes()).toEqual([[1, 7, { at: 'new socket, later' }]]);
    presence.say(bob, 1, 8, { at: 'owner now' });
    expect(presence.changes()).toEqual([[1, 8, { at: 'owner now' }]]);
  });

  test('is not handed to somebody who left meanwhile', () => {
    const presence = createPresence();
    presence.say(ann, 1, 5, { name: 'Ann' });
    presence.say(bob, 1, 6, { name: 'Bob' });
    presence.drop(bob);
    presence.drop(ann);
    expect(presence.everyone()).toEqual([]);
    expect(presence.changes()).toEqual([[1, 5, null]]);
  });

  test('is not handed to somebody who took another one meanwhile', () => {
    const presence = createPresence();
    presence.say(ann, 1, 5, { name: 'Ann' });
    presence.say(bob, 1, 6, { name: 'Bob as 1' });
    presence.say(bob, 2, 1, { name: 'Bob as 2' });
    presence.drop(ann);
    expect(presence.everyone()).toEqual([[2, 1, { name: 'Bob as 2' }]]);
  });

  test('goes to the last who asked', () => {
    const presence = createPresence();
    presence.say(ann, 1, 5, { name: 'Ann' });
    presence.say(bob, 1, 6, { name: 'Bob' });
    presence.say(eve, 1, 7, { name: 'Eve' });
    presence.drop(ann);
    expect(presence.everyone()).toEqual([[1, 7, { name: 'Eve' }]]);
  });
});

describe('clocks', () => {
  const cases: [what: string, clock: number, state: unknown, shown: unknown[][]][] = [
    ['a newer one is shown', 6, 'new', [[1, 6, 'new']]],
    ['the same one is not', 5, 'new', [[1, 5, 'old']]],
    ['an older one is not', 4, 'new', [[1, 5, 'old']]],
    ['a null state may come with the same one', 5, null, []],
    ['a null state with an older one is ignored', 4, null, [[1, 5, 'old']]],
    ['a jump of a million is taken', 1_000_005, 'new', [[1, 1_000_005, 'new']]],
    ['a wider one is not: its state could never be replaced', 1_000_006, 'new', [[1, 5, 'old']]],
    ['nor the highest that there is', 2 ** 53 - 1, 'new', [[1, 5, 'old']]],
  ];
  test.each(cases)('%s', (_what, clock, state, shown) => {
    const presence = createPresence();
    presence.say(ann, 1, 5, 'old');
    presence.say(ann, 1, clock, state);
    expect(presence.everyone()).toEqual(shown);
  });

  test('a first state with a clock out of reach makes nobody an owner', () => {
    const presence = createPresence();
    expect(presence.say(ann, 1, 1_000_001, 'high')).toBeNull();
    expect(presence.everyone()).toEqual([]);
    presence.say(ann, 1, 1_000_000, 'as high as may be');
    expect(presence.everyone()).toEqual([[1, 1_000_000, 'as high as may be']]);
  });

  test('a null state is told once, however often it is repeated with its clock', () => {
    const presence = createPresence();
    presence.say(ann, 1, 5, 'here');
    presence.say(ann, 1, 5, null);
    expect(presence.changes()).toEqual([[1, 5, null]]);
    presence.say(ann, 1, 5, null);
    expect(presence.isDirty()).toBe(false);
  });
});

describe('changes', () => {
  test('are taken once, the newest state of each id', () => {
    const presence = createPresence();
    expect(presence.isDirty()).toBe(false);
    presence.say(ann, 1, 1, 'first');
    presence.say(ann, 1, 2, 'second');
    presence.say(bob, 2, 1, 'Bob');
    expect(presence.isDirty()).toBe(true);
    expect(presence.changes()).toEqual([
      [1, 2, 'second'],
      [2, 1, 'Bob'],
    ]);
    expect(presence.isDirty()).toBe(false);
    expect(presence.changes()).toEqual([]);
  });

  test('somebody who leaves is told as a null state with the same clock, as stock servers do', () => {
    const presence = createPresence();
    presence.say(ann, 1, 4, 'Ann');
    presence.changes();
    presence.drop(ann);
    expect(presence.isDirty()).toBe(true);
    expect(presence.changes()).toEqual([[1, 4, null]]);
    expect(presence.everyone()).toEqual([]);
  });

  test('somebody who comes back before they were taken never left', () => {
    const presence = createPresence();
    presence.say(ann, 1, 4, 'Ann');
    presence.changes();
    presence.drop(ann);
    presence.say(bob, 1, 5, 'Ann again');
    expect(presence.changes()).toEqual([[1, 5, 'Ann again']]);
  });

  test('dropping somebody unknown changes nothing', () => {
    const presence = createPresence();
    presence.drop(ann);
    expect(presence.isDirty()).toBe(false);
  });
});
