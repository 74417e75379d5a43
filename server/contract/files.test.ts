/** The files of a room on two and three replicas: whatever order changes meet in, all see the same, and no typed text is out of reach. */
import { describe, expect, test } from '@jest/globals';
import * as Y from 'yjs';

import { createRandom, seeds } from '../../tests/support/random.js';
import {
  chooseLanguage,
  createFiles,
  deletedFiles,
  deleteFiles,
  emptyDeleted,
  FileRefused,
  findFile,
  listFiles,
  moveFile,
  moveFolder,
  restoreFile,
  textOf,
} from './files.js';
import { MAX_FILES } from './limits.js';
import { pathFault, TakenPaths } from './paths.js';

function replicas(count: number): Y.Doc[] {
  return Array.from({ length: count }, (_, index) => {
    const doc = new Y.Doc();
    doc.clientID = index + 1;
    return doc;
  });
}

/** What each has and the others lack, to everybody. */
function meet(...docs: Y.Doc[]): void {
  const updates = docs.map((doc) => Y.encodeStateAsUpdate(doc));
  for (const doc of docs) for (const update of updates) Y.applyUpdate(doc, update);
}

const shown = (doc: Y.Doc): string[] => listFiles(doc).map((file) => file.path);

function make(doc: Y.Doc, path: string, text = ''): string {
  const [id = ''] = createFiles(doc, [{ path, text }], Math.random);
  return id;
}

function faultOf(change: () => unknown): string {
  try {
    change();
  } catch (error) {
    if (error instanceof FileRefused) return error.fault;
    throw error;
  }
  return 'none';
}

describe('one person', () => {
  test('a room that only ever had file:main has one file, named after its language', () => {
    const [doc] = replicas(1) as [Y.Doc];
    doc.getText('file:main').insert(0, 'x');
    expect(listFiles(doc)).toEqual([{ id: 'main', path: 'main.py', language: 'python', recovered: false }]);
    chooseLanguage(doc, 'main', 'rust');
    expect(shown(doc)).toEqual(['main.rs']);
  });

  test('makes, renames, deletes and restores; the text stays through all of it', () => {
    const [doc] = replicas(1) as [Y.Doc];
    const id = make(doc, 'src/util.js', 'let x;');
    expect(shown(doc)).toEqual(['main.py', 'src/util.js']);
    expect(moveFile(doc, id, ' lib/tool.ts ')).toBe('src/util.js');
    expect(findFile(listFiles(doc), 'lib/tool.ts')).toMatchObject({ id, language: 'typescript' });
    deleteFiles(doc, [id]);
    expect(shown(doc)).toEqual(['main.py']);
    expect(deletedFiles(doc)).toEqual([{ id, path: 'lib/tool.ts', length: 6 }]);
    make(doc, 'lib/tool.ts');
    expect(restoreFile(doc, id)).toBe('lib/tool (2).ts');
    expect(textOf(doc, id).toJSON()).toBe('let x;');
    expect(deletedFiles(doc)).toEqual([]);
  });

  test('the first file can be renamed, deleted and brought back like any other', () => {
    const [doc] = replicas(1) as [Y.Doc];
    doc.getText('file:main').insert(0, 'x');
    moveFile(doc, 'main', 'app/start.py');
    deleteFiles(doc, ['main']);
    expect(shown(doc)).toEqual([]);
    expect(restoreFile(doc, 'main')).toBe('app/start.py');
  });

  test('the language follows the name, unless somebody chose another', () => {
    const [doc] = replicas(1) as [Y.Doc];
    const language = (id: string) => findFile(listFiles(doc), id)?.language;
    chooseLanguage(doc, 'main', 'cpp');
    moveFile(doc, 'main', 'main.js');
    expect([language('main'), doc.getMap('languages').get('main')]).toEqual(['javascript', 'javascript']);
    const id = make(doc, 'a.js');
    moveFile(doc, id, 'a.py');
    expect(language(id)).toBe('python');
    chooseLanguage(doc, id, 'cython');
    moveFile(doc, id, 'b.rb');
    expect(language(id)).toBe('cython');
    moveFile(doc, id, 'LICENSE.unheard-of');
    expect(language(id)).toBe('cython');
    const notes = make(doc, 'notes');
    expect(language(notes)).toBe('text');
  });

  test('a folder moves with all that is in it, or not at all', () => {
    const [doc] = replicas(1) as [Y.Doc];
    make(doc, 'src/a.js');
    make(doc, 'src/deep/b.js');
    make(doc, 'srcs/c.js');
    moveFolder(doc, 'src', 'lib/src');
    expect(shown(doc)).toEqual(['lib/src/a.js', 'lib/src/deep/b.js', 'main.py', 'srcs/c.js']);
    make(doc, 'x/deep/b.js');
    expect(faultOf(() => moveFolder(doc, 'lib/src', 'x'))).toBe('exists');
    expect(shown(doc)).toContain('lib/src/a.js');
    // Into itself: what goes out of the way is not in the way.
    moveFolder(doc, 'lib', 'lib/inner');
    expect(shown(doc)).toContain('lib/inner/src/a.js');
  });

  test('refuses what cannot be, and changes nothing', () => {
    const [doc] = replicas(1) as [Y.Doc];
    const id = make(doc, 'src/a.js');
    const before = Y.encodeStateAsUpdate(doc);
    const faults: [() => unknown, string][] = [
      [() => make(doc, 'src/a.js'), 'exists'],
      [() => make(doc, 'src'), 'exists'],
      [() => make(doc, 'src/a.js/b.js'), 'exists'],
      [() => make(doc, '../x'), 'dots'],
      [() => createFiles(doc, [{ path: 'new.js' }, { path: 'new.js' }], Math.random), 'exists'],
      [
        () =>
          createFiles(
            doc,
            Array.from({ length: MAX_FILES }, (_, n) => ({ path: `f${n}` })),
            Math.random,
          ),
        'too-many',
      ],
      [() => moveFile(doc, id, 'main.py'), 'exists'],
      [() => moveFile(doc, 'nobody', 'x.js'), 'missing'],
      [() => moveFolder(doc, 'nowhere', 'x'), 'missing'],
      [() => deleteFiles(doc, [id, 'nobody']), 'missing'],
      [() => restoreFile(doc, id), 'missing'],
      [() => emptyDeleted(doc, id), 'missing'],
    ];
    for (const [change, fault] of faults) expect([fault, faultOf(change)]).toEqual([fault, fault]);
    expect(Y.encodeStateAsUpdate(doc)).toEqual(before);
  });

  test('a deleted file can be emptied for good, and its bytes are free', () => {
    const [doc] = replicas(1) as [Y.Doc];
    const id = make(doc, 'big.txt', 'x'.repeat(100_000));
    deleteFiles(doc, [id]);
    emptyDeleted(doc, id);
    expect([shown(doc), deletedFiles(doc)]).toEqual([['main.py'], []]);
    expect(Y.encodeStateAsUpdate(doc).length).toBeLessThan(1000);
  });

  test('what other programs write into the maps is mended or left aside', () => {
    const [doc] = replicas(1) as [Y.Doc];
    const paths = doc.getMap<unknown>('paths');
    paths.set('one', '../../etc/passwd');
    paths.set('two', 7);
    paths.set('three', '');
    paths.set('__proto__', 'p.js');
    doc.getMap<unknown>('deleted').set('main', 'nonsense');
    doc.getMap<unknown>('languages').set('one', { a: 1 });
    doc.getText('file:../stray').insert(0, 'text without a name');
    const files = listFiles(doc);
    for (const { path } of files) expect(pathFault(path)).toBeNull();
    expect(files.filter((file) => file.recovered).map((file) => file.path)).toEqual(['recovered/___stray']);
    expect(files.map((file) => file.id).sort()).toEqual(['../stray', '__proto__', 'main', 'one']);
    expect(restoreFile(doc, '../stray')).toBe('___stray');
    expect(listFiles(doc).some((file) => file.recovered)).toBe(false);
  });
});

describe('two at once', () => {
  test('make a file of one name: both are there, one with a number, the same for both', () => {
    const [ann, ben] = replicas(2) as [Y.Doc, Y.Doc];
    make(ann, 'util.js', 'ann');
    make(ben, 'util.js', 'ben');
    meet(ann, ben);
    expect(shown(ann)).toEqual(['main.py', 'util (2).js', 'util.js']);
    expect(listFiles(ben)).toEqual(listFiles(ann));
    const texts = listFiles(ann).map((file) => textOf(ben, file.id).toJSON());
    expect(texts.sort()).toEqual(['', 'ann', 'ben']);
  });

  test('one makes a file where the other makes a folder: both can be reached', () => {
    const [ann, ben] = replicas(2) as [Y.Doc, Y.Doc];
    make(ann, 'src');
    make(ben, 'src/a.js');
    meet(ann, ben);
    expect(shown(ann)).toEqual(['main.py', 'src (2)', 'src/a.js']);
    expect(listFiles(ben)).toEqual(listFiles(ann));
  });

  test('rename one file: one of the names holds, for both', () => {
    const [ann, ben] = replicas(2) as [Y.Doc, Y.Doc];
    const id = make(ann, 'a.js', 'x');
    meet(ann, ben);
    moveFile(ann, id, 'ann.js');
    moveFile(ben, id, 'ben.js');
    meet(ann, ben);
    expect(listFiles(ann)).toEqual(listFiles(ben));
    expect(shown(ann).filter((path) => ['ann.js', 'ben.js'].includes(path))).toHaveLength(1);
  });

  test('one renames what the other deletes: it stays, under the new name', () => {
    for (const [renamer, deleter] of [replicas(2), replicas(2).reverse()] as [Y.Doc, Y.Doc][]) {
      const id = make(renamer, 'a.js', 'x');
      meet(renamer, deleter);
      moveFile(renamer, id, 'b.js');
      deleteFiles(deleter, [id]);
      meet(renamer, deleter);
      expect(shown(renamer)).toEqual(['b.js', 'main.py']);
      expect(listFiles(deleter)).toEqual(listFiles(renamer));
      expect(deletedFiles(deleter)).toEqual([]);
    }
  });

  test('one deletes what the other types in: the text is offered back to both, whole', () => {
    for (const file of ['a.js', 'main.py']) {
      const [ann, ben] = replicas(2) as [Y.Doc, Y.Doc];
      const id = file === 'main.py' ? 'main' : make(ann, file);
      textOf(ann, id).insert(0, 'one ');
      meet(ann, ben);
      deleteFiles(ann, [id]);
      textOf(ben, id).insert(4, 'two');
      meet(ann, ben);
      expect(findFile(listFiles(ann), id)).toMatchObject({ path: `recovered/${file}`, recovered: true });
      expect(listFiles(ben)).toEqual(listFiles(ann));
      expect(textOf(ann, id).toJSON()).toBe('one two');
      expect(restoreFile(ben, id)).toBe(file);
      meet(ann, ben);
      expect(findFile(listFiles(ann), id)).toMatchObject({ path: file, recovered: false });
    }
  });

  test('both delete one file: it is gone, and can be restored', () => {
    const [ann, ben] = replicas(2) as [Y.Doc, Y.Doc];
    const id = make(ann, 'a.js', 'x');
    meet(ann, ben);
    deleteFiles(ann, [id]);
    deleteFiles(ben, [id]);
    meet(ann, ben);
    expect([shown(ann), shown(ben)]).toEqual([['main.py'], ['main.py']]);
    expect(restoreFile(ben, id)).toBe('a.js');
  });

  test('a file that is emptied for good while somebody types in it keeps what was typed', () => {
    const [ann, ben] = replicas(2) as [Y.Doc, Y.Doc];
    const id = make(ann, 'a.js', 'old ');
    deleteFiles(ann, [id]);
    meet(ann, ben);
    emptyDeleted(ann, id);
    textOf(ben, id).insert(4, 'new');
    meet(ann, ben);
    expect(findFile(listFiles(ben), id)).toMatchObject({ path: 'recovered/a.js' });
    expect(textOf(ann, id).toJSON()).toBe('new');
  });
});

describe('any order', () => {
  /** One run: people act on their own replicas and meet at random; then all meet. */
  function run(seed: number, people: number): void {
    const random = createRandom(seed);
    const docs = replicas(people);
    const names = ['a.js', 'b.py', 'src', 'src/a.js', 'src/b.py', 'lib/src/a.js', 'main.py'];
    const typed = new Map<string, string>();
    for (let step = 0; step < 120; step++) {
      const doc = random.pick(docs);
      const shownFiles = listFiles(doc);
      const id = shownFiles.length > 0 ? random.pick(shownFiles).id : 'main';
      const name = random.pick(names);
      try {
        switch (random.below(9)) {
          case 0:
            createFiles(doc, [{ path: name, text: 'new ' }], () => random.next());
            break;
          case 1:
            moveFile(doc, id, name);
            break;
          case 2:
            moveFolder(doc, random.pick(['src', 'lib', 'lib/src']), random.pick(['src', 'x', 'lib/y']));
            break;
          case 3:
            deleteFiles(doc, [id]);
            break;
          case 4:
            restoreFile(doc, deletedFiles(doc)[0]?.id ?? id);
            break;
          case 5:
            chooseLanguage(doc, id, random.pick(['rust', 'go', 'python']));
            break;
          case 6: {
            meet(random.pick(docs), random.pick(docs));
            break;
          }
          default: {
            const word = `<${step}>`;
            const text = textOf(doc, id);
            text.insert(random.below(text.length + 1), word);
            typed.set(word, id);
          }
        }
      } catch (error) {
        if (!(error instanceof FileRefused)) throw error;
      }
    }
    meet(...docs);
    const [first, ...others] = docs as [Y.Doc, ...Y.Doc[]];
    const files = listFiles(first);
    for (const other of others) expect(listFiles(other)).toEqual(files);
    const taken = new TakenPaths();
    for (const { path } of files) {
      expect(pathFault(path)).toBeNull();
      expect(taken.has(path)).toBe(false);
      taken.add(path);
    }
    // Every text with something in it is shown, or was deleted as it is and can be restored.
    const within = new Set([...files.map((file) => file.id), ...deletedFiles(first).map((file) => file.id)]);
    for (const id of typed.values()) {
      const content = textOf(first, id).toJSON();
      if (content !== '') expect([id, within.has(id)]).toEqual([id, true]);
    }
    // Nobody deleted text in this run: all that was typed is there. Words may lie inside words, so letters are counted.
    const letters = (text: string): string =>
      text
        .replace(/[^<>\d]/g, '')
        .split('')
        .sort()
        .join('');
    const all = [...new Set(typed.values())].map((id) => textOf(first, id).toJSON()).join('');
    expect(letters(all)).toBe(letters([...typed.keys()].join('')));
  }

  test.each([2, 3])('%i replicas', (people) => {
    for (const seed of seeds(1, 80)) {
      try {
        run(seed, people);
      } catch (error) {
        throw new Error(`SEED=${seed} with ${people} replicas`, { cause: error });
      }
    }
  });
});
