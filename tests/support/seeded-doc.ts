/** Documents whose bytes a seed decides: Yjs itself draws client ids from the system's chance, and orders what is concurrent by them. */
import * as Y from 'yjs';

import type { Random } from './random.js';

/** A document with a client id of the seed, also when Yjs takes another because somebody else types under this one. */
export function seededDoc(random: Random, options: ConstructorParameters<typeof Y.Doc>[0] = {}): Y.Doc {
  const doc = new Y.Doc(options);
  let id = (doc.clientID = random.below(2 ** 32));
  doc.on('beforeTransaction', () => (id = doc.clientID));
  doc.on('afterTransactionCleanup', () => {
    if (doc.clientID !== id) id = doc.clientID = random.below(2 ** 32);
  });
  return doc;
}

/** For an UndoManager: each edit is undone alone, whatever the system's clock says of the time between two. */
export const EACH_ALONE = { captureTimeout: -Infinity } as const;
