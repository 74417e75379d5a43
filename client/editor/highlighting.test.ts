/** @jest-environment jsdom */
import { forceParsing, HighlightStyle, syntaxHighlighting, type LanguageSupport } from '@codemirror/language';
import { describe, expect, jest, test } from '@jest/globals';
import { highlightTree, tags } from '@lezer/highlight';
import { EditorView } from 'codemirror';

import { loadLanguage } from '../languages/load.js';
import { sampleOf } from '../languages/samples.js';
import { highlightFrom, highlighting } from './highlighting.js';

const style = HighlightStyle.define([
  { tag: tags.keyword, color: 'red' },
  { tag: tags.string, color: 'green' },
  { tag: [tags.variableName, tags.propertyName, tags.function(tags.variableName)], color: 'blue' },
  { tag: [tags.number, tags.bool], color: 'teal' },
  { tag: [tags.tagName, tags.heading], color: 'navy' },
  { tag: [tags.punctuation, tags.operator], color: 'gray' },
  { tag: tags.emphasis, fontStyle: 'italic' },
]);

/** Also what holds other languages within it. */
const texts: Readonly<Record<string, string>> = {
  html: '<p class="a">Hello</p>\n<script>\nconst a = "b"; call(a, 1);\n</script>\n<style>p { color: red }</style>\n',
  markdown: '# Head *one*\n\n- item `code`\n\n```js\nconst a = "b";\n```\n\n<b class="x">bold</b>\n\n',
  php: '<p>Hi <?php echo "a" . $b; function f($x) { return 1; } ?></p>\n',
  json: '{"a": [1, true, "x"], "b": {"c": null}}\n',
};

async function support(language: string): Promise<LanguageSupport> {
  const loaded = await loadLanguage(language);
  if (loaded === null) throw new Error(`no highlighting for ${language}`);
  return loaded;
}

type Span = readonly [from: number, to: number, classes: string];

describe('what is coloured from some place on', () => {
  const languages = [
    'javascript',
    'typescript',
    'python',
    'java',
    'rust',
    'sql',
    'shell',
    ...Object.keys(texts),
  ];
  test.each(languages)('is what is coloured there from the beginning on: %s', async (name) => {
    const text = (texts[name] ?? sampleOf(name)).repeat(30);
    expect(text.length).toBeGreaterThan(500);
    const tree = (await support(name)).language.parser.parse(text);
    let coloured = 0;
    for (let from = 0; from < text.length; from += 97) {
      for (const length of [1, 40, 700]) {
        const to = Math.min(text.length, from + length);
        const [whole, near]: [Span[], Span[]] = [[], []];
        highlightTree(tree, style, (...span) => whole.push(span), from, to);
        highlightFrom(tree, style, (...span) => near.push(span), from, to);
        expect(near).toEqual(whole);
        coloured += whole.length;
      }
    }
    expect(coloured).toBeGreaterThan(0);
  });

  test('costs no more where much stands before it', async () => {
    const { language } = await support('javascript');
    const steps = (statements: number): number => {
      const text = 'call(value, 12);\n'.repeat(statements);
      const tree = language.parser.parse(text);
      const walk = jest.spyOn(
        Object.getPrototypeOf(tree.cursor()) as { nextSibling(): boolean },
        'nextSibling',
      );
      highlightFrom(tree, style, () => {}, text.length - 170, text.length);
      const { length } = walk.mock.calls;
      walk.mockRestore();
      return length;
    };
    expect(steps(100)).toBeGreaterThan(10);
    expect(steps(5_000)).toBeLessThan(2 * steps(100));
  });
});

describe('the editor', () => {
  test("looks as with CodeMirror's own highlighting, through edits", async () => {
    const language = await support('javascript');
    const doc = sampleOf('javascript').repeat(3);
    const [ours, theirs] = [highlighting(style), syntaxHighlighting(style)].map(
      (extension) => new EditorView({ doc, extensions: [language, extension], parent: document.body }),
    );
    const same = (): void => {
      // A slow machine does not come to the end of the text in its 20 ms.
      for (const view of [ours, theirs]) if (view) forceParsing(view, view.state.doc.length, Infinity);
      expect(ours?.contentDOM.innerHTML).toBe(theirs?.contentDOM.innerHTML);
    };
    same();
    expect(ours?.contentDOM.querySelectorAll('.cm-line span').length).toBeGreaterThan(10);
    for (const changes of [
      { from: 0, insert: 'let a = "b";\n' },
      { from: 4, insert: '`open' },
      { from: 4, to: 9 },
      { from: 20, to: doc.length },
    ]) {
      for (const view of [ours, theirs]) view?.dispatch({ changes });
      same();
    }
    for (const view of [ours, theirs]) view?.destroy();
  });
});
