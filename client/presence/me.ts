/** Who this person is: a name and a colour, given at the first visit and remembered by this browser. */
import { signal, type ReadonlySignal } from '@preact/signals';

import { PALETTE_SIZE } from '../../server/contract/limits.js';
import { browserStore, type KeyValueStore } from '../support/storage.js';
import { cleanName, inventName } from './names.js';

export interface Identity {
  readonly name: string;
  readonly color: number;
}

function parseIdentity(raw: unknown): Identity | undefined {
  if (typeof raw !== 'object' || raw === null || !('name' in raw) || !('color' in raw)) return undefined;
  const name = cleanName(raw.name);
  const { color } = raw;
  const valid = typeof color === 'number' && Number.isInteger(color) && color >= 0 && color < PALETTE_SIZE;
  return name !== null && valid ? { name, color } : undefined;
}

export class Me {
  readonly #store: KeyValueStore;
  readonly #identity;

  constructor(store: KeyValueStore, random: () => number) {
    this.#store = store;
    const known = store.read<Identity | null>('me', parseIdentity, null);
    const identity = known ?? { name: inventName(random), color: Math.floor(random() * PALETTE_SIZE) };
    this.#identity = signal(identity);
    if (known === null) store.write('me', identity);
  }

  get identity(): ReadonlySignal<Identity> {
    return this.#identity;
  }

  /** Takes the new name if anything of it is left after cleaning; answers with the name that holds now. */
  rename(raw: string): string {
    const name = cleanName(raw);
    if (name !== null && name !== this.#identity.value.name) {
      this.#identity.value = { ...this.#identity.value, name };
      this.#store.write('me', this.#identity.value);
    }
    return this.#identity.value.name;
  }

  /** @param color an index of the palette; anything else changes nothing */
  recolor(color: number): void {
    if (!Number.isInteger(color) || color < 0 || color >= PALETTE_SIZE) return;
    this.#identity.value = { ...this.#identity.value, color };
    this.#store.write('me', this.#identity.value);
  }
}

export const me = new Me(browserStore, Math.random);
