import type { LanguageTable } from '../types.js';

export const css: LanguageTable = {
  ids: ['css', 'scss', 'less', 'sass'],
  words: (
    'color background display margin padding width height font-size border position flex align-items justify-content ' +
    'background-color border-radius font-weight font-family text-align line-height max-width min-height min-width ' +
    'max-height overflow top left right bottom z-index opacity transition transform grid grid-template-columns gap ' +
    'flex-direction flex-wrap box-shadow cursor content none auto block inline inline-block inline-flex absolute ' +
    'relative fixed sticky center space-between column row wrap bold italic hidden visible solid transparent inherit ' +
    'initial unset pointer uppercase underline box-sizing border-box text-decoration letter-spacing animation ' +
    'margin-top margin-bottom margin-left margin-right padding-top padding-bottom outline white-space important var ' +
    'calc rgba hover focus active before after nth-child first-child last-child media keyframes'
  ).split(' '),
  lines: [
    '@media (max-width: 768px) {',
    '@media (prefers-color-scheme: dark) {',
    '@media (prefers-reduced-motion: reduce) {',
    '@import url(',
    '@keyframes ',
    '@font-face {',
    ':root {',
    'display: flex;',
    'display: grid;',
    'position: absolute;',
    'position: relative;',
    'box-sizing: border-box;',
    'align-items: center;',
    'justify-content: center;',
    'justify-content: space-between;',
    'flex-direction: column;',
    'text-align: center;',
    'margin: 0 auto;',
    'cursor: pointer;',
    'text-decoration: none;',
    'border: 1px solid ',
  ],
  idioms: [{ after: /^[.#][\w-]+$/, insert: ' {' }],
  blockComment: ['/*', '*/'],
  lineComments: [],
  quotes: '"\'',
  wordExtras: '-',
};
