/** Convergence over a network that delays, stalls and breaks: stock Yjs clients and prototypes' clients in one room. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { ChaosProxy } from '../support/chaos-proxy.js';
import { areEqual, faultsOf, freshCopy, textFaults, textOf } from '../support/checker.js';
import { JsonTypist } from '../support/json-typist.js';
import { createRandom, seeds } from '../support/random.js';
import { ask, makeRoom } from '../support/rest-client.js';
import { startServer, type TestServer } from '../support/server.js';
import { keepTyping, Typist } from '../support/typist.js';
import { until } from '../support/until.js';

const YJS_CLIENTS = 5;
const JSON_CLIENTS = 2;
const TOKENS = 500;
/** Something goes wrong about so often, in tokens typed. */
const TROUBLE_EVERY = 15;
const START = 'print("start")\n';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.dispose());

test.each(seeds(1, 4))(
  'everybody ends with the same text whatever the network does (seed %i)',
  async (seed) => {
    const random = createRandom(seed);
    const roomId = await makeRoom(server.url, { initial_code: START });
    const network = await ChaosProxy.start(server.url, random, { delayMs: 20 });
    const typists = Array.from({ length: YJS_CLIENTS }, (_, n) => new Typist(`y${n}`, network.wsUrl, roomId));
    const jsonTypists = Array.from(
      { length: JSON_CLIENTS },
      (_, n) => new JsonTypist(`j${n}`, `${network.wsUrl}/ws/${roomId}`, n % 2 === 0),
    );
    const everybody = [...typists, ...jsonTypists];
    await until(() => typists.every(({ provider }) => provider.synced), 'the Yjs clients are synced');
    await until(() => jsonTypists.every(({ isGreeted }) => isGreeted), 'the JSON clients are greeted');

    const typing = keepTyping(() => everybody, random);
    let isStalled = false;
    for (let next = TROUBLE_EVERY; next < TOKENS; next += 1 + random.below(2 * TROUBLE_EVERY)) {
      await until(() => typing.count >= next, 'more was typed');
      if (isStalled || random.chance(0.2)) {
        isStalled = !isStalled;
        if (isStalled) network.stall();
        else network.resume();
      } else if (random.chance(0.05)) network.breakAll();
      else network.break();
    }
    typing.stop();
    network.resume();
    await Promise.all(jsonTypists.map((typist) => typist.wasRead()));

    const docs = typists.map(({ doc }) => doc);
    await until(
      () => typists.every((typist) => typist.isSaved),
      'the Yjs clients are told that all is saved',
    );
    await until(
      () =>
        areEqual(docs) &&
        jsonTypists.every(({ isGreeted, text }) => isGreeted && docs[0] && text === textOf(docs[0])),
      'all show the same text',
    ).catch(() => undefined); // what differs is said below
    expect(faultsOf([await freshCopy(server.wsUrl, roomId), ...docs], everybody, START)).toEqual([]);
    for (const typist of jsonTypists) expect(textFaults(typist.text, everybody, START)).toEqual([]);
    const text = textOf(await freshCopy(server.wsUrl, roomId));
    expect(jsonTypists.map((typist) => typist.text)).toEqual(jsonTypists.map(() => text));
    expect((await ask('GET', `${server.url}/rooms/${roomId}`)).body['code']).toBe(text);
    expect(network.broken).toBeGreaterThan(5);
    // The prototypes' clients were part of it.
    expect(text).toMatch(/<j0\.\d+>/);
    expect(text).toMatch(/<j1\.\d+>/);

    for (const typist of everybody) typist.leave();
    await network.close();
    await server.restart();
    const cold = await freshCopy(server.wsUrl, roomId);
    expect(faultsOf([cold, ...docs], everybody, START)).toEqual([]);
    expect((await ask('GET', `${server.url}/rooms/${roomId}`)).body['code']).toBe(text);
    process.stdout.write(
      `chaos, seed ${seed}: ${typing.count} tokens, ${network.broken} connections broken of ${network.taken}\n`,
    );
  },
);
