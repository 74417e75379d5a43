/**
 * [G1 G7 G14] A whole server whose rooms may hold every shape: stock clients write trees, formatted text and types in types
 * beside a file that is also read and written by REST and by a JSON member, while the server is killed again and again.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as Y from 'yjs';

import { areEqual, freshCopy, textOf } from '../support/checker.js';
import { JsonTypist } from '../support/json-typist.js';
import { createRandom, seeds } from '../support/random.js';
import { ask, makeRoom } from '../support/rest-client.js';
import { contentOfRich, editRich, rootsOf } from '../support/rich-documents.js';
import { startServer, type TestServer } from '../support/server.js';
import { Typist } from '../support/typist.js';
import { until } from '../support/until.js';

const KILLS = 4;
const EDITS = 150;

let server: TestServer;
beforeAll(async () => {
  // Rooms are compacted as soon as nobody is in them.
  server = await startServer({ RICH_TYPES: 'true', ROOM_IDLE_SECONDS: '0' });
});
afterAll(() => server.dispose());

interface Author {
  readonly typist: Typist;
  readonly undo: Y.UndoManager;
}

/** The next turn of the event loop, so that sockets are read and written between edits. */
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

test.each(seeds(1, 1))(
  '[G1 G7 G14] nothing of any shape is refused or lost (seed %i)',
  async (seed) => {
    const random = createRandom(seed);
    const roomId = await makeRoom(server.url);
    let names = 0;
    const join = async (): Promise<Author> => {
      const typist = new Typist(`t${names++}`, server.wsUrl, roomId);
      await typist.synced();
      return { typist, undo: new Y.UndoManager(rootsOf(typist.doc), { captureTimeout: 0 }) };
    };
    let authors = [await join(), await join(), await join()];
    const json = new JsonTypist('j', `${server.wsUrl}/ws/${roomId}`, true);
    await until(() => json.isGreeted, 'the JSON member is greeted');

    const edit = async ({ typist, undo }: Author): Promise<void> => {
      const choice = random.next();
      if (choice < 0.1) undo.undo();
      else if (choice < 0.2) undo.redo();
      else editRich(random, typist.doc);
      if (random.chance(0.1)) json.type(random);
      if (random.chance(0.3)) await turn();
    };
    for (let kill = 0; kill <= KILLS; kill++) {
      for (let edits = 0; edits < EDITS; edits++) await edit(random.pick(authors));
      const isLast = kill === KILLS;
      const isKept = kill % 2 === 1;
      if (!isLast && !isKept) {
        // Those who stay bring back what was under way.
        await server.kill();
        for (let edits = 0; edits < EDITS; edits++) await edit(random.pick(authors));
        await server.restart();
      }
      await until(() => json.isGreeted, 'the JSON member is back');
      await json.wasRead();
      // A token is saved when all before it is.
      for (const { typist } of authors) typist.type(random);
      await until(() => authors.every(({ typist }) => typist.isSaved), 'all is saved');
      const docs = authors.map(({ typist }) => typist.doc);
      await until(() => areEqual(docs), 'all copies are equal');
      const expected = contentOfRich(docs[0] as Y.Doc);
      for (const doc of docs) expect(contentOfRich(doc)).toEqual(expected);
      for (const { typist } of authors) expect(typist.closeCodes.filter((code) => code >= 4000)).toEqual([]);
      if (isKept) {
        // Everybody goes in the moment of the kill: what is there then comes from the database.
        await server.kill();
        for (const { typist } of authors) typist.leave();
        await server.restart();
        authors = [];
      }
      const fresh = await freshCopy(server.wsUrl, roomId);
      expect(contentOfRich(fresh)).toEqual(expected);
      await until(() => json.isGreeted && json.text === textOf(fresh), 'the JSON member sees the file');
      const shown = await fetch(`${server.url}/rooms/${roomId}/text`);
      expect(await shown.text()).toBe(textOf(fresh));
      while (authors.length < 3) authors.push(await join());
    }

    // An edit by REST beside all that, seen by everybody.
    const change = [{ at: 0, delete: 0, insert: 'by REST ' }];
    const { status } = await ask('PATCH', `${server.url}/rooms/${roomId}/text`, change, { 'If-Match': '*' });
    expect(status).toBe(204);
    await until(
      () => authors.every(({ typist }) => textOf(typist.doc).startsWith('by REST ')),
      'the edit came',
    );
    const before = contentOfRich(authors[0]?.typist.doc as Y.Doc);
    for (const { typist } of authors) typist.leave();
    json.leave();
    await server.restart();
    expect(contentOfRich(await freshCopy(server.wsUrl, roomId))).toEqual(before);
    // Nothing was parked, no fold and no compaction failed: that is logged as an error.
    expect(server.output()).not.toMatch(/"level":"?(50|error)/);
  },
  240_000,
);
