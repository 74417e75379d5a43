/** The beginning of a room's document: one Yjs update, stored in the transaction that creates the room and never made again. */
import * as Y from 'yjs';

import { firstFilePath } from '../contract/languages.js';
import { SharedDoc } from '../contract/wire.js';
import { newDocument } from './fold.js';

/**
 * One update, of one transaction, by a client id drawn at random: the first file's text, language and path.
 * `code` is expected with LF line ends.
 */
export function firstUpdate(code: string, language: string): Uint8Array {
  const doc = newDocument(); // its client id is random
  doc.transact(() => {
    if (code !== '') doc.getText(SharedDoc.text(SharedDoc.mainFile)).insert(0, code);
    doc.getMap(SharedDoc.languages).set(SharedDoc.mainFile, language);
    doc.getMap(SharedDoc.paths).set(SharedDoc.mainFile, firstFilePath(language));
  });
  const update = Y.encodeStateAsUpdate(doc);
  doc.destroy();
  return update;
}
