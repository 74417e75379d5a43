/** Gates that know something: what tests of verdicts begin with. */
import { expect } from '@jest/globals';

import { Gate } from '../../server/rooms/gate.js';

/** Has the gate take in these updates, each of which it must accept; returns it. */
export function taking(gate: Gate, ...updates: readonly Uint8Array[]): Gate {
  for (const update of updates) {
    expect(gate.check(update)).toMatchObject({ kind: 'accept' });
    gate.commit();
  }
  return gate;
}

/** A gate of texts and flat maps that took in these updates. */
export const gateOf = (...updates: readonly Uint8Array[]): Gate => taking(new Gate(), ...updates);
