/** Structs of every kind, put by hand where chance wants them: next to any items, in any type or in what is none. */
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';

import type { Random } from './random.js';

const HAS_ORIGIN = 0x80;
const HAS_RIGHT_ORIGIN = 0x40;
const HAS_KEY = 0x20;

type Id = readonly [client: number, clock: number];

/** An update of one struct that leans on what is in `doc`, by somebody new or by one of its clients, at or before its next clock. */
export function forgedStruct(random: Random, doc: Y.Doc): Uint8Array {
  const clients = [...doc.store.clients.keys()];
  const client = clients.length === 0 || random.chance(0.4) ? 77 + random.below(3) : random.pick(clients);
  const known = Y.getState(doc.store, client);
  const clock = random.chance(0.15) ? random.below(known + 1) : known;
  const id = (): Id => (random.chance(0.5) ? idInOrder(random, doc) : anyId(random, doc));
  return encoding.encode((encoder) => {
    const write = (...values: number[]): void => {
      for (const value of values) encoding.writeVarUint(encoder, value);
    };
    write(1, 1, client, clock);
    if (random.chance(0.05)) write(0, 1 + random.below(4));
    else {
      const left = random.chance(0.5) ? id() : null;
      const right = random.chance(0.4) ? (left && random.chance(0.6) ? rightOf(doc, left) : id()) : null;
      const key = random.chance(0.3);
      const content = random.pick([1, 2, 3, 4, 4, 4, 5, 6, 7, 7, 7, 8]);
      encoding.writeUint8(
        encoder,
        content | (left ? HAS_ORIGIN : 0) | (right ? HAS_RIGHT_ORIGIN : 0) | (key ? HAS_KEY : 0),
      );
      if (left) write(...left);
      if (right) write(...right);
      if (!left && !right) {
        if (random.chance(0.25)) {
          write(1);
          encoding.writeVarString(
            encoder,
            random.pick(['data', 'list', 'prose', 'tree', 'page', 'file:main']),
          );
        } else write(0, ...(random.chance(0.8) ? idOfType(random, doc) : anyId(random, doc)));
        if (key) encoding.writeVarString(encoder, random.pick(['a', 'b']));
      }
      writeContent(encoder, random, content);
    }
    write(0);
  });
}

function writeContent(encoder: encoding.Encoder, random: Random, content: number): void {
  const json = (value: unknown): void => encoding.writeVarString(encoder, JSON.stringify(value));
  switch (content) {
    case 1:
      return encoding.writeVarUint(encoder, 1 + random.below(3));
    case 2:
      encoding.writeVarUint(encoder, 2);
      encoding.writeVarString(encoder, 'undefined');
      return json({ a: 1 });
    case 3:
      return encoding.writeVarUint8Array(encoder, Uint8Array.of(1, 2));
    case 4:
      return encoding.writeVarString(encoder, random.pick(['f', 'gh', '🙂']));
    case 5:
      return json({ image: 1 });
    case 6:
      encoding.writeVarString(encoder, random.pick(['bold', 'color']));
      return json(random.pick([true, null]));
    case 7: {
      const kind = random.below(7);
      encoding.writeVarUint(encoder, kind);
      if (kind === 3 || kind === 5) encoding.writeVarString(encoder, 'p');
      return;
    }
    default:
      encoding.writeVarUint(encoder, 2);
      encoding.writeAny(encoder, 1);
      encoding.writeAny(encoder, { b: ['c'] });
  }
}

function anyId(random: Random, doc: Y.Doc): Id {
  const clients = [...doc.store.clients.keys()];
  if (clients.length === 0) return [1, 0];
  const client = random.pick(clients);
  return [client, random.below(Y.getState(doc.store, client))];
}

/** The end of an item, where people hang things. */
function idInOrder(random: Random, doc: Y.Doc): Id {
  const [client, clock] = anyId(random, doc);
  const struct = structAt(doc, [client, clock]);
  return struct ? [client, struct.id.clock + struct.length - 1] : [client, clock];
}

/** What stands behind it, where that is known. */
function rightOf(doc: Y.Doc, id: Id): Id {
  const struct = structAt(doc, id);
  const right = struct instanceof Y.Item ? struct.right : null;
  return right ? [right.id.client, right.id.clock] : id;
}

function idOfType(random: Random, doc: Y.Doc): Id {
  const types = [...doc.store.clients.values()].flatMap((structs) =>
    structs.filter((struct) => struct instanceof Y.Item && struct.content instanceof Y.ContentType),
  );
  if (types.length === 0) return anyId(random, doc);
  const { client, clock } = random.pick(types).id;
  return [client, clock];
}

function structAt(doc: Y.Doc, [client, clock]: Id): Y.Item | Y.GC | undefined {
  const structs = doc.store.clients.get(client);
  return structs && clock < Y.getState(doc.store, client)
    ? structs[Y.findIndexSS(structs, clock)]
    : undefined;
}
