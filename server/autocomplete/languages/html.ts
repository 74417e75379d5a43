import type { LanguageTable } from '../types.js';
import { closingTag, VOID_ELEMENTS } from './closing-tag.js';

export const html: LanguageTable = {
  ids: ['html', 'htm', 'vue', 'svelte'],
  words: (
    'div class span href script style head body title meta link html button input form label table thead tbody ' +
    'section header footer main nav article aside h1 h2 h3 p ul ol li img src alt id name value type placeholder ' +
    'charset content rel stylesheet width height target viewport lang required disabled checked select option ' +
    'textarea fieldset legend figure figcaption video audio canvas template slot aria-label role tabindex'
  ).split(' '),
  lines: [
    '<!DOCTYPE html>',
    '<html lang="en">',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<link rel="stylesheet" href="',
    '<script src="',
    '<a href="',
    '<img src="',
    '<button type="button">',
    '<input type="',
    '<label for="',
    '<form action="',
  ],
  idioms: [
    {
      // The end of an element that was just begun.
      after: /<([a-z][\w-]*)(?:\s[^<>]*)?>$/i,
      insert: ([whole, name]) =>
        VOID_ELEMENTS.test(name ?? '') || whole.endsWith('/>') ? null : `</${name}>`,
    },
    closingTag,
  ],
  blockComment: ['<!--', '-->'],
  lineComments: [],
  quotes: '"',
  wordExtras: '-',
};
