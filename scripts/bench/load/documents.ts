/** Documents as people leave them: typed in bursts at places that move about, with corrections; the same every time. */
import * as Y from 'yjs';

import { TEXT } from './bytes.js';

/** mulberry32. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A document of about so many characters.
 * @param burst characters typed at one place on average: fewer make a document of more pieces
 */
export function typedDocument(characters: number, burst: number): Y.Doc {
  const chance = random(characters);
  const doc = new Y.Doc();
  doc.clientID = 0x0bad_cafe;
  const text = doc.getText(TEXT);
  let place = 0;
  while (text.length < characters) {
    doc.transact(() => {
      for (let bursts = 0; bursts < 50 && text.length < characters; bursts++) {
        if (chance() < 0.5) place = Math.floor(chance() * (text.length + 1));
        place = Math.min(place, text.length);
        for (let left = Math.ceil(chance() * burst * 2); left > 0; left--) {
          text.insert(place++, String.fromCharCode(97 + Math.floor(chance() * 26)));
        }
        if (chance() < 0.6) {
          const taken = Math.min(place, Math.ceil(chance() * 8));
          if (taken > 0) text.delete(place - taken, taken);
          place -= taken;
        }
      }
    });
  }
  return doc;
}
