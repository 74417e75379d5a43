import { describe, expect, test } from '@jest/globals';
import * as Y from 'yjs';

import { firstUpdate } from './first-update.js';

function opened(...updates: Uint8Array[]): Y.Doc {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc;
}

describe('the first update of a room', () => {
  test('holds the code, the language and the path of the first file', () => {
    const doc = opened(firstUpdate('# 😀 hello\n', 'python'));
    expect(doc.getText('file:main').toJSON()).toBe('# 😀 hello\n');
    expect(doc.getMap('languages').toJSON()).toEqual({ main: 'python' });
    expect(doc.getMap('paths').toJSON()).toEqual({ main: 'main.py' });
  });

  test('of an empty room has no text and still a language', () => {
    const doc = opened(firstUpdate('', 'brainfuck'));
    expect(doc.getText('file:main').toJSON()).toBe('');
    expect(doc.getMap('languages').get('main')).toBe('brainfuck');
    expect(doc.getMap('paths').get('main')).toBe('main.txt');
  });

  test('[G12] applied twice it is there once', () => {
    const update = firstUpdate('once', 'go');
    expect(opened(update, update).getText('file:main').toJSON()).toBe('once');
  });

  test('comes from one client id, another one each time', () => {
    const clients = [firstUpdate('x', 'go'), firstUpdate('x', 'go')].map((update) => [
      ...Y.decodeStateVector(Y.encodeStateVectorFromUpdate(update)).keys(),
    ]);
    expect(clients.map((ids) => ids.length)).toEqual([1, 1]);
    expect(clients[0]).not.toEqual(clients[1]);
  });
});
