/** @jest-environment jsdom */
import { closeBrackets, insertBracket } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { yCollab } from 'y-codemirror.next';

import {
  acceptGhost,
  acceptGhostWord,
  dismissGhost,
  GHOST_DELAY_MS,
  ghostText,
  visibleGhost,
  windowAround,
  type GhostQuestion,
} from './ghost-text.js';
import { Peer, syncTexts } from './test-room.js';

interface Asked {
  readonly question: GhostQuestion;
  readonly signal: AbortSignal;
  /** An answer after which a better one may come. */
  readonly show: (text: string) => void;
  /** The last answer. */
  readonly answer: (text: string) => Promise<void>;
}

let ana: Peer;
let ben: Peer;
let asked: Asked[];
let enabled: boolean;

const shown = (): string | null => visibleGhost(ana.view.state)?.text ?? null;
const ghostInPage = (): string | null =>
  ana.view.dom.querySelector('.ghost-text > span')?.textContent ?? null;

/** The newest question; fails when none was asked. */
function question(): Asked {
  const last = asked.at(-1);
  if (last === undefined) throw new Error('nothing was asked');
  return last;
}

async function suggest(text: string): Promise<void> {
  jest.advanceTimersByTime(GHOST_DELAY_MS);
  await question().answer(text);
}

// jsdom lays nothing out; CodeMirror asks where things are when it scrolls.
Range.prototype.getClientRects = () => [] as unknown as DOMRectList;

beforeEach(() => {
  jest.useFakeTimers();
  asked = [];
  enabled = true;
  ana = new Peer();
  ben = new Peer();
  ana.open([
    yCollab(ana.text, null, { undoManager: ana.undo }),
    closeBrackets(),
    ghostText({
      acceptLabel: 'Accept',
      enabled: () => enabled,
      ask: (question, signal, show) =>
        new Promise((resolve) => {
          const answer = async (text: string): Promise<void> => {
            show(text);
            resolve();
            await Promise.resolve();
            await Promise.resolve();
          };
          asked.push({ question, signal, show, answer });
        }),
    }),
  ]);
});

afterEach(() => {
  ana.close();
  ben.close();
  jest.useRealTimers();
});

describe('asking', () => {
  test('waits until the person has paused, and asks once', () => {
    ana.type('re');
    jest.advanceTimersByTime(GHOST_DELAY_MS - 1);
    ana.type('t');
    jest.advanceTimersByTime(GHOST_DELAY_MS - 1);
    expect(asked).toHaveLength(0);
    jest.advanceTimersByTime(1);
    expect(asked.map((one) => one.question)).toEqual([{ code: 'ret', cursorPosition: 3 }]);
  });

  test("is never caused by somebody else's typing, nor by moving about", () => {
    ben.text.insert(0, 'hello');
    syncTexts(ana, ben);
    ana.view.dispatch({ selection: { anchor: 3 } });
    jest.advanceTimersByTime(GHOST_DELAY_MS * 3);
    expect(asked).toHaveLength(0);
  });

  test("is not put off by somebody else's typing", () => {
    ana.type('ret');
    syncTexts(ana, ben);
    jest.advanceTimersByTime(GHOST_DELAY_MS - 1);
    ben.text.insert(0, '# ');
    syncTexts(ana, ben);
    jest.advanceTimersByTime(1);
    expect(asked.map((one) => one.question)).toEqual([{ code: '# ret', cursorPosition: 5 }]);
  });

  test('does not happen on a page that nobody sees', () => {
    const hidden = jest.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    ana.type('a');
    jest.advanceTimersByTime(GHOST_DELAY_MS);
    hidden.mockRestore();
    expect(asked).toHaveLength(0);
    ana.type('b');
    jest.advanceTimersByTime(GHOST_DELAY_MS);
    expect(asked).toHaveLength(1);
  });

  test('waits for the end of a composition', () => {
    const composing = jest.spyOn(ana.view, 'composing', 'get').mockReturnValue(true);
    ana.type('に');
    jest.advanceTimersByTime(GHOST_DELAY_MS * 2);
    expect(asked).toHaveLength(0);
    composing.mockRestore();
    jest.advanceTimersByTime(GHOST_DELAY_MS);
    expect(asked).toHaveLength(1);
  });

  test('comes anew after the bracket that the editor closed is typed over', async () => {
    const typeBracket = (bracket: string): void => {
      const typed = insertBracket(ana.view.state, bracket);
      if (typed === null) throw new Error(`the editor does nothing about ${bracket}`);
      ana.view.dispatch(typed);
    };
    ana.type('f');
    typeBracket('(');
    await suggest('x');
    expect(shown()).toBe('x');
    typeBracket(')');
    expect([ana.text.toJSON(), shown()]).toEqual(['f()', null]);
    await suggest(':');
    expect(shown()).toBe(':');
    expect(question().question).toEqual({ code: 'f()', cursorPosition: 3 });
  });

  test('stops when the person goes on typing', () => {
    ana.type('re');
    jest.advanceTimersByTime(GHOST_DELAY_MS);
    ana.type('t');
    expect(question().signal.aborted).toBe(true);
  });

  test('is off when switched off, and where one may not type', () => {
    enabled = false;
    ana.type('x');
    jest.advanceTimersByTime(GHOST_DELAY_MS);
    expect(asked).toHaveLength(0);
  });
});

describe('a suggestion', () => {
  test('is shown and is not part of the text', async () => {
    ana.type('ret');
    await suggest('urn 1');
    expect(ghostInPage()).toBe('urn 1');
    expect(ana.text.toJSON()).toBe('ret');
    expect(ana.view.state.doc.toString()).toBe('ret');
  });

  test('goes into the shared text when taken, as one step to undo', async () => {
    ana.type('ret');
    await suggest('urn 1');
    expect(acceptGhost(ana.view)).toBe(true);
    expect(ana.text.toJSON()).toBe('return 1');
    expect(ana.view.state.selection.main.head).toBe(8);
    ana.undo.undo();
    expect(ana.text.toJSON()).toBe('ret');
  });

  test('goes away unused on Escape', async () => {
    ana.type('ret');
    await suggest('urn 1');
    expect(dismissGhost(ana.view)).toBe(true);
    expect(shown()).toBeNull();
    expect(ana.text.toJSON()).toBe('ret');
  });

  test('leaves Tab and Escape alone when there is none', () => {
    expect(acceptGhost(ana.view)).toBe(false);
    expect(dismissGhost(ana.view)).toBe(false);
  });

  test('keeps its rest while the person types its beginning, without asking again', async () => {
    ana.type('ret');
    await suggest('urn 1');
    ana.type('ur');
    expect(shown()).toBe('n 1');
    jest.advanceTimersByTime(GHOST_DELAY_MS);
    expect(asked).toHaveLength(1);
    ana.type('x');
    expect(shown()).toBeNull();
  });

  /** As the editor does for who types an opening bracket or quote. */
  const typeClosed = (pair: string): void => {
    const at = ana.view.state.selection.main.head;
    ana.view.dispatch({
      changes: { from: at, insert: pair },
      selection: { anchor: at + 1 },
      userEvent: 'input.type',
    });
  };

  test.each([
    ['()', '(values, f(x)):', 'values, f(x)'],
    ['[]', '[0] = 1', '0'],
    ["''", "'w') as file:", 'w'],
    ['()', '(values', 'values'],
  ])('keeps what stands between %s when the editor closes what was opened', async (pair, text, rest) => {
    ana.type('ret');
    await suggest(text);
    typeClosed(pair);
    expect(shown()).toBe(rest);
    acceptGhost(ana.view);
    expect(ana.text.toJSON()).toBe(`ret${pair.charAt(0)}${rest}${pair.charAt(1)}`);
    expect(asked).toHaveLength(1);
  });

  test('is dropped when the editor closes what was opened and nothing stands between', async () => {
    ana.type('f');
    await suggest('():');
    typeClosed('()');
    expect(shown()).toBeNull();
    ana.type('x');
    await suggest('y');
    expect(asked).toHaveLength(2);
  });

  test("moves along with others' edits, also while it is being asked for", async () => {
    ana.type('ret');
    syncTexts(ana, ben);
    jest.advanceTimersByTime(GHOST_DELAY_MS);
    ben.text.insert(0, '# note\n');
    syncTexts(ana, ben);
    expect(question().signal.aborted).toBe(false);
    await question().answer('urn 1');
    expect(shown()).toBe('urn 1');
    ben.text.insert(0, '!');
    syncTexts(ana, ben);
    acceptGhost(ana.view);
    expect(ana.text.toJSON()).toBe('!# note\nreturn 1');
  });

  test('is dropped when the cursor goes elsewhere, and never shown when it comes late', async () => {
    ana.type('a b');
    await suggest(' c');
    ana.view.dispatch({ selection: { anchor: 0 } });
    expect(shown()).toBeNull();

    ana.view.dispatch({ selection: { anchor: 3 } });
    ana.type('d');
    jest.advanceTimersByTime(GHOST_DELAY_MS);
    ana.view.dispatch({ selection: { anchor: 0 } });
    await question().answer('late');
    expect(shown()).toBeNull();
  });
});

describe('word by word', () => {
  const takeAll = (): string[] => {
    const taken: string[] = [];
    let before = ana.text.length;
    while (acceptGhostWord(ana.view)) {
      taken.push(ana.text.toJSON().slice(before));
      before = ana.text.length;
    }
    return taken;
  };

  test('words, signs and line ends are taken one by one, and the rest stays', async () => {
    ana.type('ret');
    await suggest('urn fooBar(a_1, 2):\n    größe');
    expect(acceptGhostWord(ana.view)).toBe(true);
    expect([ana.text.toJSON(), shown()]).toEqual(['return', ' fooBar(a_1, 2):\n    größe']);
    jest.advanceTimersByTime(GHOST_DELAY_MS);
    expect(asked).toHaveLength(1);
    expect(takeAll()).toEqual([' fooBar', '(', 'a_1', ',', ' 2', '):', '\n    ', 'größe']);
    expect(ana.text.toJSON()).toBe('return fooBar(a_1, 2):\n    größe');
  });

  test('ends whatever the text is made of, and leaves the key alone when there is none', async () => {
    expect(acceptGhostWord(ana.view)).toBe(false);
    for (const text of ['   ', '\t\n', '😀😀', '\u00a0x', 'e\u0301.']) {
      ana.type('x');
      await suggest(text);
      expect(takeAll().join('')).toBe(text);
      ana.view.dispatch({ selection: { anchor: ana.text.length } });
    }
  });
});

describe('a better answer', () => {
  test('takes the place of the first', async () => {
    ana.type('ret');
    jest.advanceTimersByTime(GHOST_DELAY_MS);
    question().show('urn');
    expect(shown()).toBe('urn');
    await question().answer('urn sum(values)');
    expect(shown()).toBe('urn sum(values)');
    expect(ana.text.toJSON()).toBe('ret');
  });

  test('that is none leaves the first', async () => {
    ana.type('ret');
    jest.advanceTimersByTime(GHOST_DELAY_MS);
    question().show('urn');
    await question().answer('');
    expect(shown()).toBe('urn');
  });

  test.each<[string, () => unknown]>([
    ['typed its beginning', () => ana.type('u')],
    ['taken a word of it', () => acceptGhostWord(ana.view)],
    ['taken it', () => acceptGhost(ana.view)],
    ['refused it', () => dismissGhost(ana.view)],
    ['moved away', () => ana.view.dispatch({ selection: { anchor: 0 } })],
  ])('does not come to who has %s', async (_what, act) => {
    ana.type('ret');
    jest.advanceTimersByTime(GHOST_DELAY_MS);
    question().show('urn x');
    act();
    const before = [ana.text.toJSON(), shown()];
    expect(question().signal.aborted).toBe(true);
    await question().answer('something else');
    expect([ana.text.toJSON(), shown()]).toEqual(before);
  });
});

test('is hidden where one may not type', () => {
  const state = EditorState.create({ doc: 'x', extensions: EditorState.readOnly.of(true) });
  expect(visibleGhost(state)).toBeNull();
});

describe('the text that is sent', () => {
  const questionAt = (text: string, at: number): GhostQuestion =>
    windowAround(EditorState.create({ doc: text }), at);

  test('is all of a small file', () => {
    expect(questionAt('one\ntwo', 5)).toEqual({ code: 'one\ntwo', cursorPosition: 5 });
  });

  test('is a window of at most 16,000 characters of a large one, with the cursor counted inside it', () => {
    const line = `${'x'.repeat(99)}\n`;
    const text = line.repeat(1_000);
    const { code, cursorPosition } = questionAt(text, 50_000);
    expect(code.length).toBeLessThanOrEqual(16_000);
    expect(code).toBe(text.slice(50_000 - cursorPosition, 50_000 - cursorPosition + code.length));
    expect(cursorPosition).toBe(12_000);
  });

  test('never begins or ends with half a character', () => {
    const text = '😀'.repeat(20_000);
    for (const at of [20_000, 20_002]) {
      const { code } = questionAt(`a${text}`, at + 1);
      expect(() => encodeURIComponent(code)).not.toThrow();
    }
  });
});
