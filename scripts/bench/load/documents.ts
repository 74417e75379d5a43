/** Documents as people leave them: typed in bursts at places that move about, with corrections; the same every time. */
import * as Y from 'yjs';

import { TEXT, type ItemId } from './bytes.js';

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
 * @param burst characters typed at one place on average: fewer make a document of more pieces; from 3 on, or corrections would take
 *   away as much as is typed
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

/** A thousand characters that so many edits went over: each put one somewhere and took another away. */
export function editedDocument(edits: number): Y.Doc {
  const chance = random(edits);
  const doc = typedDocument(1000, 15);
  const text = doc.getText(TEXT);
  for (let done = 0; done < edits;) {
    doc.transact(() => {
      for (let some = 0; some < 100 && done < edits; some++, done++) {
        text.insert(Math.floor(chance() * text.length), String.fromCharCode(97 + (done % 26)));
        text.delete(Math.floor(chance() * text.length), 1);
      }
    });
  }
  return doc;
}

/** More than a room has members. */
const PLACES = 300;
const known = new WeakMap<Y.Doc, readonly ItemId[]>();

/**
 * The ids of the first characters of a text in the order in which they stand, deleted ones too: between two that follow each other
 * somebody may type. (Clocks that follow each other were typed one after the other, and may stand far apart.)
 */
export function placesOf(doc: Y.Doc): readonly ItemId[] {
  let places = known.get(doc);
  if (places === undefined) {
    const found: ItemId[] = [];
    for (let item = doc.getText(TEXT)._start; item !== null && found.length < PLACES; item = item.right) {
      for (let unit = 0; unit < item.length; unit++) {
        found.push({ client: item.id.client, clock: item.id.clock + unit });
      }
    }
    known.set(doc, (places = found));
  }
  return places;
}
