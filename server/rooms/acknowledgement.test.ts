/** What a connection may be told is saved: the acknowledgement rule, sentence by sentence. */
import { describe, expect, test } from '@jest/globals';

import { Acknowledgement } from './acknowledgement.js';

/** A connection and the room's log: `end` moves with each update that is appended, `durable` with each commit. */
class Conversation {
  readonly acks = new Acknowledgement();
  end = 0;

  /** A step 2 that was accepted or repaired. */
  step2({ appends = 0 } = {}): this {
    return this.#handle(true, appends);
  }

  update({ appends = 1 } = {}): this {
    return this.#handle(false, appends);
  }

  /** A frame that was dropped for a gap. */
  gap(): this {
    this.acks.receive();
    this.acks.dropped();
    return this;
  }

  /** Somebody else's updates. */
  others(appends = 1): this {
    this.end += appends;
    return this;
  }

  /** Returns what may be told after the commit. */
  commit(position = this.end): number {
    const before = this.acks.saved;
    expect(this.acks.durable(position)).toBe(this.acks.saved > before);
    return this.acks.saved;
  }

  #handle(answersQuestion: boolean, appends: number): this {
    this.acks.receive();
    this.end += appends;
    this.acks.handled(answersQuestion, this.end);
    return this;
  }
}

test('[G1] nothing is saved before the log is durable', () => {
  const it = new Conversation().step2().update();
  expect(it.acks.saved).toBe(0);
  expect(it.acks.isWaiting).toBe(true);
  expect(it.commit()).toBe(2);
  expect(it.acks.isWaiting).toBe(false);
});

test('counts every step 2 and update that was received, empty and known ones included', () => {
  const it = new Conversation().step2({ appends: 0 }).update({ appends: 0 }).update().update({ appends: 0 });
  expect(it.commit()).toBe(4);
});

test('saved is the largest frame whose position is durable', () => {
  const it = new Conversation().step2().update().update().update();
  expect(it.commit(1)).toBe(2);
  expect(it.commit(1)).toBe(2);
  expect(it.commit(2)).toBe(3);
  expect(it.commit(3)).toBe(4);
});

test('a frame with nothing new waits for the end of the log at that moment: what it repeats may not be durable yet', () => {
  const it = new Conversation().step2().others(5).update({ appends: 0 });
  expect(it.commit(4)).toBe(1);
  expect(it.commit(5)).toBe(2);
});

test('what others append afterwards is not waited for', () => {
  const it = new Conversation().step2().update().others(100);
  expect(it.commit(1)).toBe(2);
});

describe('a connection is uncovered', () => {
  test('at the start: updates before its first step 2 are not told', () => {
    const it = new Conversation().update().update();
    expect(it.acks.isWaiting).toBe(false);
    expect(it.commit()).toBe(0);
  });

  test('until a step 2 is durable, which then counts for all that came before it', () => {
    const it = new Conversation().update().update().step2({ appends: 1 });
    expect(it.commit(2)).toBe(0);
    expect(it.commit(3)).toBe(3);
  });

  test('again when a frame is dropped for a gap: that one is not told, and what follows is not either', () => {
    const it = new Conversation().step2().update().gap().update();
    expect(it.commit()).toBe(2);
    it.update();
    expect(it.commit()).toBe(2);
  });

  test('until the next step 2 after a gap is durable: it holds what was dropped', () => {
    const it = new Conversation().step2().gap().update().step2({ appends: 2 });
    expect(it.commit(1)).toBe(1);
    expect(it.commit(2)).toBe(1);
    expect(it.commit(3)).toBe(4);
  });

  test('and what was queued before the gap may still be told meanwhile', () => {
    const it = new Conversation().step2().update().update().gap();
    expect(it.acks.saved).toBe(0);
    expect(it.commit(1)).toBe(2);
    expect(it.commit(2)).toBe(3);
    expect(it.acks.isWaiting).toBe(false);
  });

  test('twice, when a second gap comes before the step 2', () => {
    const it = new Conversation().step2().gap().gap().step2({ appends: 1 }).gap();
    expect(it.commit()).toBe(4);
    it.step2();
    expect(it.commit()).toBe(6);
  });
});

test('saved never goes back and never passes what was received', () => {
  const it = new Conversation().step2().update();
  expect(it.commit()).toBe(2);
  expect(it.commit(0)).toBe(2);
  expect(it.commit(1000)).toBe(2);
});

test('deletes alone need nothing special: they are updates that append', () => {
  const it = new Conversation().step2().update({ appends: 1 });
  expect(it.commit(0)).toBe(1);
  expect(it.commit(1)).toBe(2);
});
