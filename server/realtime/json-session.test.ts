import { describe, expect, test } from '@jest/globals';

import { limits } from '../../tests/support/limits.js';
import { MemoryRoom } from '../../tests/support/memory-room.js';
import { DEFAULT_MAX_TEXT_BYTES } from '../contract/limits.js';
import type { Member } from '../rooms/types.js';
import { ManualClock } from '../support/clock.js';
import { silentLog } from '../support/log.js';
import { JsonHub } from './json-hub.js';
import { openJsonSession, type JsonSession } from './json-session.js';

type Message = Record<string, unknown>;

/** A script client whose wire has no delay: it answers pings at once and keeps what it hears. */
class Client {
  readonly heard: Message[] = [];
  closed: { code: number; reason: string } | null = null;
  waiting = 0;
  pongs = true;
  session!: JsonSession;
  readonly #pings: string[] = [];

  constructor(
    readonly world: World,
    readonly username: string | null,
  ) {}

  async join(): Promise<this> {
    this.session = await openJsonSession({
      room: this.world.room,
      hub: this.world.hub,
      limits: limits.sockets,
      send: (json) => void this.heard.push(JSON.parse(json) as Message),
      ping: (payload) => void this.#pings.push(payload),
      bufferedAmount: () => this.waiting,
      close: (code, reason) => void (this.closed ??= { code, reason }),
      clock: this.world.clock,
      log: silentLog,
      username: this.username,
    });
    this.world.clients.push(this);
    this.world.settle();
    return this;
  }

  /** What was heard since the last call. */
  news(): Message[] {
    return this.heard.splice(0);
  }

  says(message: unknown): void {
    this.session.receive(JSON.stringify(message));
    this.world.settle();
  }

  types(code: string, more: Message = {}): void {
    this.says({ type: 'code_update', code, ...more });
  }

  answerPings(): void {
    for (const payload of this.#pings.splice(0)) if (this.pongs) this.session.confirmed(payload);
  }
}

class World {
  readonly clock = new ManualClock(1_000_000);
  readonly hub = new JsonHub();
  readonly room: MemoryRoom;
  readonly clients: Client[] = [];

  constructor(code = '') {
    this.room = new MemoryRoom(this.clock, code);
  }

  get text(): string {
    return this.room.main.toJSON();
  }

  join(username: string | null = null): Promise<Client> {
    return new Client(this, username).join();
  }

  /** All that was sent has arrived, been answered, and stood there for a while. */
  settle(): void {
    for (let i = 0; i < 3; i++) {
      this.clock.turn();
      for (const one of this.clients) one.answerPings();
      this.clock.advance(150);
    }
  }
}

const yjsMember: Member = { kind: 'sync', dismiss: () => undefined, membersChanged: () => undefined };

describe('joining', () => {
  test('greets with init, then the count, which includes Yjs members and the joiner', async () => {
    const world = new World('print(1)\n');
    world.room.join(yjsMember);
    const alice = await world.join();
    expect(alice.news()).toEqual([
      { type: 'init', code: 'print(1)\n', language: 'python', version: 1, count: 2 },
      { type: 'user_count_update', count: 2 },
    ]);
  });

  test('tells the others, and tells them of leaving', async () => {
    const world = new World();
    const alice = await world.join();
    alice.news();
    const bob = await world.join();
    expect(alice.news()).toEqual([
      { type: 'user_joined', count: 2 },
      { type: 'user_count_update', count: 2 },
    ]);
    bob.session.end();
    bob.session.end();
    expect(alice.news()).toEqual([
      { type: 'user_left', count: 1 },
      { type: 'user_count_update', count: 1 },
    ]);
    expect(world.room.openTexts).toBe(1);
  });

  test('leaves nothing open when the room refuses', async () => {
    const world = new World();
    world.room.join = () => {
      throw new Error('full');
    };
    await expect(world.join()).rejects.toThrow('full');
    expect(world.room.openTexts).toBe(0);
  });

  test('closes when the room dismisses it, and takes nothing more', async () => {
    const world = new World('a');
    const alice = await world.join();
    alice.session.dismiss(4410, 'deleted');
    expect(alice.closed).toEqual({ code: 4410, reason: 'deleted' });
    alice.types('b');
    expect(world.text).toBe('a');
  });
});

describe('code_update', () => {
  test('reaches the others with version, language and author, and not its sender', async () => {
    const world = new World();
    const alice = await world.join('alice');
    const bob = await world.join();
    alice.news();
    bob.news();
    alice.types('hello');
    expect(world.text).toBe('hello');
    expect(alice.news()).toEqual([]);
    expect(bob.news()).toEqual([
      { type: 'code_update', code: 'hello', version: 2, language: 'python', username: 'alice' },
    ]);
  });

  test('of one turn reach the others as one text', async () => {
    const world = new World();
    const alice = await world.join();
    const bob = await world.join();
    bob.news();
    for (const code of ['h', 'he', 'hel'])
      alice.session.receive(JSON.stringify({ type: 'code_update', code }));
    world.settle();
    expect(bob.news().map((message) => message['code'])).toEqual(['hel']);
  });

  test('names no author when a Yjs member typed as well', async () => {
    const world = new World('x');
    const alice = await world.join('alice');
    const bob = await world.join();
    bob.news();
    world.room.main.insert(0, 'yjs ');
    alice.session.receive(JSON.stringify({ type: 'code_update', code: 'x!' }));
    world.settle();
    expect(bob.news()).toEqual([{ type: 'code_update', code: 'yjs x!', version: 2, language: 'python' }]);
  });

  test('comes back to its sender only when the merged text differs from what it sent', async () => {
    const world = new World('one two');
    const alice = await world.join();
    alice.news();
    world.room.main.insert(7, ' three');
    // Alice has not heard of it when she types.
    alice.session.receive(JSON.stringify({ type: 'code_update', code: 'zero one two' }));
    world.settle();
    expect(world.text).toBe('zero one two three');
    expect(alice.news().map((message) => message['code'])).toEqual(['zero one two three']);
    alice.types('zero one two three four');
    expect(alice.news()).toEqual([]);
  });

  test('[J1] typed over a text that was on its way erases nothing of it', async () => {
    const world = new World('base\n');
    const alice = await world.join();
    const bob = await world.join();
    bob.types('base\nfrom bob\n');
    bob.pongs = false;
    alice.types('base\nfrom alice\nfrom bob\n');
    // Bob clears what he sees while Alice's line is on its way to him.
    bob.types('');
    expect(world.text).toBe('from alice\n');
  });

  test('replaces what its sender has long seen', async () => {
    const world = new World();
    const alice = await world.join();
    const bob = await world.join();
    alice.types('alpha');
    bob.types('something else');
    expect(world.text).toBe('something else');
    alice.types('');
    expect(world.text).toBe('');
  });

  test('with the version it is based on is merged exactly', async () => {
    const world = new World('ab');
    const alice = await world.join();
    alice.pongs = false;
    world.room.main.insert(2, 'cd');
    world.settle();
    expect(alice.news().at(-1)).toMatchObject({ code: 'abcd', version: 2 });
    // Without `base`, `ab` would be the text she joined with, sent again; with it, the new letters were deleted.
    alice.types('ab', { base: 2 });
    expect(world.text).toBe('ab');
    world.room.main.insert(2, 'ef');
    world.settle();
    alice.types('abX', { base: 2 });
    expect(world.text).toBe('abefX');
  });

  test('with a version that never was is merged as without', async () => {
    const world = new World('ab');
    const alice = await world.join();
    alice.types('abc', { base: 77 });
    expect(world.text).toBe('abc');
  });

  test('sets the language for everybody', async () => {
    const world = new World('x');
    const alice = await world.join();
    const bob = await world.join();
    alice.news();
    bob.news();
    alice.types('x', { language: 'JavaScript' });
    expect(await world.room.language()).toBe('javascript');
    expect(bob.news()).toMatchObject([{ type: 'code_update', code: 'x', language: 'javascript' }]);
    expect(alice.news()).toEqual([]);
  });

  test('becomes LF only, and its sender is told', async () => {
    const world = new World();
    const alice = await world.join();
    alice.news();
    alice.types('a\r\nb\rc', { cursorPosition: 3 });
    expect(world.text).toBe('a\nb\nc');
    expect(alice.news()).toMatchObject([{ type: 'code_update', code: 'a\nb\nc' }]);
    expect(world.room.present.at(-1)).toMatchObject({ position: 2 });
  });

  test('shows the cursor where it comes to lie in the merged text', async () => {
    const world = new World('one two');
    const alice = await world.join('alice');
    const bob = await world.join();
    bob.news();
    world.room.main.insert(0, 'zero ');
    alice.session.receive(JSON.stringify({ type: 'code_update', code: 'one two!', cursorPosition: 8 }));
    expect(world.room.present[0]).toEqual({ name: 'alice', color: 0, position: 13 });
    expect(bob.news()).toMatchObject([{ type: 'cursor_update', position: 13, user: 1, username: 'alice' }]);
  });

  test('beyond the size of a text is refused by name of the limit, and the connection kept', async () => {
    const world = new World('small');
    const alice = await world.join();
    alice.news();
    alice.types('x'.repeat(DEFAULT_MAX_TEXT_BYTES + 1));
    expect(alice.news()).toMatchObject([
      { type: 'error', code: 'too-large', message: expect.stringContaining(String(DEFAULT_MAX_TEXT_BYTES)) },
    ]);
    expect(world.text).toBe('small');
    expect(alice.closed).toBeNull();
    alice.types('smaller');
    expect(world.text).toBe('smaller');
  });

  test('that fits only without what others typed meanwhile is refused', async () => {
    const world = new World('-');
    const alice = await world.join();
    alice.pongs = false;
    alice.news();
    world.room.main.insert(0, 'y'.repeat(DEFAULT_MAX_TEXT_BYTES / 2));
    alice.types(`-${'x'.repeat(DEFAULT_MAX_TEXT_BYTES / 2 + 10)}`);
    expect(world.text).toHaveLength(DEFAULT_MAX_TEXT_BYTES / 2 + 1);
    expect(alice.news()[0]).toMatchObject({ type: 'error', code: 'too-large' });
  });
});

describe('cursor_update', () => {
  test('is clamped, shown to Yjs members, and passed on to the other JSON members of the room', async () => {
    const world = new World('abc');
    const alice = await world.join('alice');
    const bob = await world.join();
    alice.news();
    bob.news();
    alice.says({ type: 'cursor_update', position: 99 });
    expect(world.room.present).toEqual([
      { name: 'alice', color: 0, position: 3 },
      { name: 'Guest 2', color: 1, position: null },
    ]);
    expect(bob.news()).toEqual([{ type: 'cursor_update', position: 3, user: 1, username: 'alice' }]);
    expect(alice.news()).toEqual([]);
  });
});

describe('a slow reader', () => {
  test('is sent the newest text when its socket has drained, and none between', async () => {
    const world = new World();
    const alice = await world.join();
    const bob = await world.join();
    bob.news();
    bob.waiting = 2 * 1024 * 1024;
    alice.types('1');
    alice.types('12');
    alice.types('123');
    expect(bob.news()).toEqual([]);
    bob.waiting = 0;
    bob.session.drained();
    expect(bob.news().map((message) => message['code'])).toEqual(['123']);
  });

  test('catches up by itself when nobody says that it drained', async () => {
    const world = new World();
    const alice = await world.join();
    const bob = await world.join();
    bob.news();
    bob.waiting = 2 * 1024 * 1024;
    alice.types('1');
    bob.waiting = 0;
    world.clock.advance(1000);
    expect(bob.news().map((message) => message['code'])).toEqual(['1']);
  });

  test('that stops answering pings has no more than eight texts on their way', async () => {
    const world = new World();
    const alice = await world.join();
    const bob = await world.join();
    bob.news();
    bob.pongs = false;
    for (let i = 1; i <= 30; i++) alice.types('x'.repeat(i));
    expect(bob.news()).toHaveLength(8);
  });
});

describe('a bad message', () => {
  test.each([
    ['{"type":', 'bad-json', 'not JSON'],
    ['[]', 'bad-message', 'an array'],
    ['null', 'bad-message', 'null'],
    ['{}', 'bad-message', '"type" must be a string, not missing'],
    ['{"type":"shutdown"}', 'unknown-type', '"shutdown"'],
    ['{"type":"code_update"}', 'bad-message', '"code" must be a string, not missing'],
    ['{"type":"code_update","code":5}', 'bad-message', '"code" must be a string, not a number'],
    ['{"type":"code_update","code":"a\\u0000b"}', 'bad-message', 'U+0000 at 1'],
    ['{"type":"code_update","code":"ab\\ud800"}', 'bad-message', 'surrogate pair at 2'],
    ['{"type":"code_update","code":"","language":7}', 'bad-message', '"language" must be a string'],
    ['{"type":"code_update","code":"","language":"<b>"}', 'bad-message', '"<b>" is not a language id'],
    [
      '{"type":"code_update","code":"","cursorPosition":"9"}',
      'bad-message',
      '"cursorPosition" must be a number',
    ],
    ['{"type":"code_update","code":"","base":1.5}', 'bad-message', '"base" must be a whole number'],
    ['{"type":"cursor_update"}', 'bad-message', '"position" must be a number, not missing'],
    ['{"type":"cursor_update","position":1e999}', 'bad-message', 'whole number, not Infinity'],
    [
      `{"type":${'['.repeat(5000)}${']'.repeat(5000)}}`,
      'bad-message',
      '"type" must be a string, not an array',
    ],
    [null, 'binary-frame', 'binary'],
  ])('%.40s is answered with what was wrong, and changes nothing', async (data, code, words) => {
    const world = new World('kept');
    const alice = await world.join();
    alice.news();
    alice.session.receive(data);
    expect(alice.news()).toEqual([{ type: 'error', code, message: expect.stringContaining(words) }]);
    expect(alice.closed).toBeNull();
    expect(world.text).toBe('kept');
  });

  test('is forgiven nineteen times a minute; the twentieth closes with 1008', async () => {
    const world = new World();
    const alice = await world.join();
    for (let i = 0; i < 19; i++) alice.session.receive('{');
    world.clock.advance(60_000);
    for (let i = 0; i < 19; i++) alice.session.receive('{');
    expect(alice.closed).toBeNull();
    alice.session.receive('{');
    expect(alice.closed).toMatchObject({ code: 1008 });
  });

  test('is not what reading later is: that is told, and never counted', async () => {
    const world = new World();
    const alice = await world.join();
    alice.news();
    for (let n = 0; n < 30; n++) alice.session.slowedDown('reading pauses');
    expect(alice.news()).toEqual(
      Array(30).fill({ type: 'error', code: 'slowed-down', message: 'reading pauses' }),
    );
    alice.session.end();
    alice.session.slowedDown('reading pauses');
    expect([alice.news(), alice.closed]).toEqual([[], null]);
  });

  test('is not what a failing text is: the client is sent away to come back', async () => {
    const world = new World();
    const alice = await world.join();
    Object.defineProperty(world.room.main, 'toJSON', {
      value: () => {
        throw new Error('broken');
      },
    });
    world.room.main.insert(0, 'x');
    world.settle();
    expect(alice.closed).toMatchObject({ code: 1013 });
  });

  test('never leaves the session as an exception, even when the room fails', async () => {
    const world = new World();
    const alice = await world.join();
    alice.news();
    world.room.doc.transact = () => {
      throw new Error('broken');
    };
    alice.types('x');
    expect(alice.news()).toMatchObject([{ type: 'error', code: 'internal' }]);
    expect(alice.closed).toBeNull();
  });
});
