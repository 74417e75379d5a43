/** [G19] Ten thousand edits made in a day without a connection, and a sync that is cut again and again: they merge once. */
import { expect, test } from '@jest/globals';
import * as Y from 'yjs';

import { ChaosProxy } from '../support/chaos-proxy.js';
import { areEqual, faultsOf, freshCopy } from '../support/checker.js';
import { figuresOf } from '../support/figures.js';
import { createRandom, seeds } from '../support/random.js';
import { makeRoom } from '../support/rest-client.js';
import { startServer, type TestServer } from '../support/server.js';
import { Typist, type Testimony } from '../support/typist.js';
import { until } from '../support/until.js';
import { connectYjs } from '../support/yjs-client.js';

const OFFLINE = 10_000;
const MEANWHILE = 2_000;
const CUTS = 12;

/** What a local copy is: the same document with another client id, in a tab that was opened anew. */
function copyOf(doc: Y.Doc): Y.Doc {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  return copy;
}

/** Their copy is whole, so all that they typed has to be there. */
const witness = ({ id, typed }: Typist): Testimony => ({ id, typed, acked: typed.length });

/** What a day without somebody is for their room: everybody else went, it was compacted and let go, and the server was started anew. */
async function aDay(server: TestServer): Promise<void> {
  await until(async () => {
    const figures = await figuresOf(server.url);
    const isCompacted = (figures.get('coderoom_compactions_total') ?? 0) > 0;
    return isCompacted && figures.get('coderoom_rooms') === 0;
  }, 'the room was compacted and let go');
  await server.kill();
  await server.restart();
}

test.each(seeds(1, 1))(
  '[G19] 10,000 edits made offline are there once, though their tab is killed in the middle of twelve syncs (seed %i)',
  async (seed) => {
    const random = createRandom(seed);
    // The rates that everybody has: a long absence must not be refused for what it brings.
    const server = await startServer({ RATE_LIMIT_MESSAGES_PER_SECOND: '200', ROOM_IDLE_SECONDS: '1' });
    const network = await ChaosProxy.start(server.url, random, { delayMs: 0 });
    try {
      const roomId = await makeRoom(server.url);
      const away = new Typist('a', network.wsUrl, roomId);
      const present = new Typist('b', server.wsUrl, roomId);
      await until(() => [away, present].every(({ provider }) => provider.synced), 'both are synced');
      for (const typist of [away, present]) for (let n = 0; n < 20; n++) typist.type(random);
      await until(() => areEqual([away.doc, present.doc]), 'both have the same');
      away.provider.disconnect();
      for (let n = 0; n < OFFLINE; n++) away.type(random);
      for (let n = 0; n < MEANWHILE / 2; n++) present.type(random);
      await until(() => present.isSaved, 'what was typed meanwhile is saved');
      present.leave();
      await aDay(server);
      const later = new Typist('c', server.wsUrl, roomId);
      await until(() => later.provider.synced, 'somebody is in the room again');
      for (let n = 0; n < MEANWHILE / 2; n++) later.type(random);
      const kept = away.doc;
      const bytes = Y.encodeStateAsUpdate(kept).length;

      for (let cut = 1; cut <= CUTS; cut++) {
        // Somewhere in what the tab sends, and so never all of it.
        network.cutNext('up', random.below(bytes * 0.8));
        const tab = connectYjs(network.wsUrl, roomId, { doc: copyOf(kept) });
        await until(() => network.broken === cut, 'the sync was cut');
        tab.close(); // killed: only the local copy is left
      }
      expect(
        faultsOf([await freshCopy(server.wsUrl, roomId)], [{ ...witness(away), acked: 0 }, present, later]),
      ).toEqual([]);
      // One brings everything, and is killed before it could note that anywhere.
      const tab = connectYjs(network.wsUrl, roomId, { doc: copyOf(kept) });
      await until(() => areEqual([tab.doc, later.doc]), 'what was typed offline has arrived');
      tab.close();

      const last = connectYjs(network.wsUrl, roomId, { doc: copyOf(kept) });
      const docs = [last.doc, later.doc];
      await until(() => last.provider.synced && areEqual(docs), 'it comes once more');
      await until(() => later.isSaved, 'all is saved');
      const everything = [witness(away), present, later];
      expect(faultsOf([await freshCopy(server.wsUrl, roomId), ...docs], everything)).toEqual([]);
      process.stdout.write(
        `offline: ${OFFLINE} edits, ${MEANWHILE} meanwhile, ${bytes} bytes, ${network.broken} connections cut\n`,
      );
      last.close();
      for (const typist of [away, later]) typist.leave();
      await server.kill();
      await server.restart();
      expect(faultsOf([await freshCopy(server.wsUrl, roomId)], everything)).toEqual([]);
    } finally {
      await network.close();
      await server.dispose();
    }
  },
  180_000,
);
