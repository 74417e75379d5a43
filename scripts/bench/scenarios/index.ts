import { cursors } from './cursors.js';
import { editing } from './editing.js';
import { growth } from './growth.js';
import { joining } from './joining.js';
import { keeping } from './keeping.js';
import { manyRooms } from './many-rooms.js';
import { memoryScenario } from './memory.js';
import { oneRoom } from './one-room.js';
import type { Scenario } from './scenario.js';

/** A to G, in this order, and what the fits are made of. */
export const scenarios: readonly Scenario[] = [
  oneRoom,
  manyRooms,
  joining,
  keeping,
  memoryScenario,
  cursors,
  editing,
  growth,
];
