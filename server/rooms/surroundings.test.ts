import { beforeEach, expect, test } from '@jest/globals';

import { MemoryRooms, MemoryStore } from '../../tests/fakes/memory-rooms.js';
import { ManualClock, systemClock } from '../support/clock.js';
import { Directory } from './directory.js';
import { Surroundings } from './surroundings.js';
import type { TextLimits } from './types.js';

let clock: ManualClock;
let rooms: MemoryRooms;
let directory: Directory;
let surroundings: Surroundings;
let owner: string;

beforeEach(async () => {
  const store = new MemoryStore();
  clock = new ManualClock();
  rooms = new MemoryRooms(store);
  directory = new Directory({
    store,
    source: rooms,
    clock: systemClock,
    autoCreate: false,
    onDeleted: () => undefined,
  });
  const made = await directory.create({
    id: 'r',
    code: 'main = 1\n',
    language: 'python',
    name: null,
    createdBy: null,
  });
  owner = made.ownerToken;
  surroundings = new Surroundings(directory, rooms, clock);
});

const write = (file: string, text: string): void =>
  rooms.room('r').doc.getText(`file:${file}`).insert(0, text);
const seen = async (file?: string): Promise<string[]> =>
  (await surroundings.of('r', file)).others.map(({ path, code }) => `${path}: ${code}`);

test('are all files but the one that is edited', async () => {
  write('util', 'helper = 2\n');
  expect(await seen()).toEqual(['util: helper = 2\n']);
  expect(await seen('util')).toEqual(['main: main = 1\n']);
  expect(rooms.holds).toBe(0);
});

test('are whole files within bounds', async () => {
  write('huge', 'x'.repeat(70_000));
  for (let i = 0; i < 30; i++) write(`small${i}`, `y${i}`);
  const others = await seen();
  expect(others.length).toBeLessThanOrEqual(20);
  expect(others.length).toBeGreaterThan(15);
  expect(others.join('')).not.toContain('xx');
});

test('are read again when they changed, and not with every question', async () => {
  const room = rooms.room('r');
  let reads = 0;
  const readTexts = room.readTexts.bind(room);
  room.readTexts = (limits: TextLimits) => {
    reads++;
    return readTexts(limits);
  };
  await seen();
  clock.advance(60_000);
  await seen();
  expect(reads).toBe(1); // nothing changed
  write('util', 'helper = 2\n');
  Object.assign(room, { changedAt: new Date(1) });
  expect(await seen()).toEqual(['util: helper = 2\n']);
  write('util', '# ');
  Object.assign(room, { changedAt: new Date(2) });
  expect(await seen()).toEqual(['util: helper = 2\n']); // somebody types: believed for a while
  expect(reads).toBe(2);
  clock.advance(3_000);
  expect(await seen()).toEqual(['util: # helper = 2\n']);
});

test('say at once what the owner decided', async () => {
  expect((await surroundings.of('r')).aiEnabled).toBe(true);
  await directory.update('r', owner, { aiEnabled: false });
  expect((await surroundings.of('r')).aiEnabled).toBe(false);
  expect(await directory.get('r')).toMatchObject({ record: { aiEnabled: false } });
  await expect(directory.update('r', 'not the token', { aiEnabled: true })).rejects.toMatchObject({
    code: 'forbidden',
  });
});

test('of a room that is not there are refused, each time', async () => {
  await expect(surroundings.of('never')).rejects.toMatchObject({ code: 'room-not-found' });
  await surroundings.of('r');
  await directory.remove('r', owner);
  await expect(surroundings.of('r')).rejects.toMatchObject({ code: 'room-gone' });
});
