/** The editor's looks. Colours are the stylesheet's variables, so that page and editor are one palette in light and dark. */
import { HighlightStyle } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { tags } from '@lezer/highlight';
import { EditorView } from 'codemirror';

import { highlighting } from './highlighting.js';

const theme = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', backgroundColor: 'var(--editor-background)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: 'var(--font-code)',
    fontSize: 'var(--code-size)',
    lineHeight: 'var(--code-line)',
    overscrollBehavior: 'contain',
  },
  '.cm-content': { padding: '10px 0 40vh', caretColor: 'var(--caret)' },
  '.cm-line': { padding: '0 12px 0 8px' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--caret)', borderLeftWidth: '2px' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'var(--selection)',
  },
  '.cm-gutters': {
    backgroundColor: 'var(--editor-background)',
    color: 'var(--line-number)',
    border: 'none',
    paddingLeft: '4px',
  },
  '.cm-activeLine': { backgroundColor: 'var(--active-line)' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--text)' },
  '.cm-foldGutter .cm-gutterElement': { cursor: 'pointer', padding: '0 3px' },
  '.cm-foldPlaceholder': {
    backgroundColor: 'var(--raised)',
    border: '1px solid var(--line)',
    color: 'var(--muted)',
    padding: '0 6px',
  },
  '&.cm-focused .cm-matchingBracket': {
    backgroundColor: 'transparent',
    boxShadow: 'inset 0 0 0 1px var(--bracket)',
    borderRadius: '2px',
  },
  '&.cm-focused .cm-nonmatchingBracket': {
    backgroundColor: 'transparent',
    boxShadow: 'inset 0 0 0 1px var(--bad)',
    borderRadius: '2px',
  },
  '.cm-selectionMatch': { backgroundColor: 'var(--match)' },
  '.cm-searchMatch': { backgroundColor: 'var(--match)', outline: '1px solid var(--line-strong)' },
  '.cm-searchMatch-selected': { backgroundColor: 'var(--match-selected)' },
  '.cm-specialChar': {
    color: 'var(--bad)',
    backgroundColor: 'var(--bad-background)',
    borderRadius: '3px',
    padding: '0 2px',
  },
  '.cm-bidiChar': {
    fontSize: '0.75em',
    fontWeight: '700',
    outline: '1px solid var(--bad)',
    unicodeBidi: 'isolate',
  },
  '.cm-panels': { backgroundColor: 'var(--panel)', color: 'var(--text)' },
  '.cm-panels-bottom': { borderTop: '1px solid var(--line)' },
  '.cm-panels-top': { borderBottom: '1px solid var(--line)' },
  '.cm-panel.cm-search': { padding: '8px 36px 8px 10px', fontFamily: 'var(--font-ui)' },
  '.cm-panel.cm-search [name=close]': { top: '8px', right: '10px', fontSize: '18px', color: 'var(--muted)' },
  '.cm-panel.cm-search label': { fontSize: '13px', marginRight: '8px' },
  '.cm-panel.cm-search input[type=checkbox]': { accentColor: 'var(--accent)' },
  '.cm-textfield:focus-visible, .cm-button:focus-visible': {
    outline: '2px solid var(--focus)',
    outlineOffset: '1px',
  },
  '.cm-textfield': {
    backgroundColor: 'var(--field)',
    border: '1px solid var(--line-strong)',
    borderRadius: '6px',
    padding: '4px 8px',
    color: 'var(--text)',
    fontSize: '13px',
  },
  '.cm-button': {
    backgroundImage: 'none',
    backgroundColor: 'var(--raised)',
    border: '1px solid var(--line-strong)',
    borderRadius: '6px',
    padding: '4px 10px',
    color: 'var(--text)',
    fontSize: '13px',
  },
  '.cm-tooltip': {
    backgroundColor: 'var(--panel)',
    color: 'var(--text)',
    border: '1px solid var(--line-strong)',
    borderRadius: '8px',
    boxShadow: 'var(--shadow)',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--font-code)', fontSize: '13px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px', lineHeight: '1.5' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--accent)',
    color: 'var(--on-accent)',
  },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
});

const syntax = HighlightStyle.define([
  {
    tag: [tags.keyword, tags.moduleKeyword, tags.modifier, tags.self, tags.null],
    color: 'var(--syntax-keyword)',
  },
  {
    tag: [tags.string, tags.special(tags.string), tags.regexp, tags.character],
    color: 'var(--syntax-string)',
  },
  { tag: [tags.number, tags.bool, tags.atom, tags.escape, tags.unit], color: 'var(--syntax-number)' },
  { tag: [tags.comment, tags.docComment], color: 'var(--syntax-comment)', fontStyle: 'italic' },
  {
    tag: [tags.function(tags.variableName), tags.function(tags.propertyName), tags.macroName, tags.labelName],
    color: 'var(--syntax-function)',
  },
  {
    tag: [tags.typeName, tags.className, tags.namespace, tags.standard(tags.variableName)],
    color: 'var(--syntax-type)',
  },
  { tag: [tags.tagName, tags.angleBracket], color: 'var(--syntax-tag)' },
  {
    tag: [tags.attributeName, tags.annotation, tags.meta, tags.processingInstruction],
    color: 'var(--syntax-type)',
  },
  {
    tag: [tags.operator, tags.punctuation, tags.bracket, tags.separator],
    color: 'var(--syntax-punctuation)',
  },
  { tag: tags.heading, color: 'var(--syntax-keyword)', fontWeight: '700' },
  { tag: tags.strong, fontWeight: '700' },
  { tag: tags.emphasis, fontStyle: 'italic' },
  { tag: [tags.link, tags.url], color: 'var(--syntax-function)', textDecoration: 'underline' },
  { tag: tags.inserted, color: 'var(--syntax-string)' },
  { tag: tags.deleted, color: 'var(--syntax-tag)' },
  { tag: tags.invalid, color: 'var(--bad)' },
]);

export const editorTheme: Extension = [theme, highlighting(syntax)];
