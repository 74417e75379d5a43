import type { Idiom, LanguageTable } from '../types.js';

/** Shared with C++. */
export const cIdioms: readonly Idiom[] = [
  { after: /^\s*(?:\} else )?(?:if|while|switch|for) \(.*[^(\s]\)$/, insert: ' {' },
  { after: /^\s*for \((?:int|size_t) (\w+) = 0; $/, insert: '$1 < ' },
  { after: /^\s*for \((?:int|size_t) (\w+) = 0; \1 < [^;]+; $/, insert: '$1++) {' },
  { after: /^(?:int|void|char|double|float|bool|size_t|static \w+) \*?\w+\([^()]*\)$/, insert: ' {' },
  { after: /^\s*(?:struct|enum|union) \w+$/, insert: ' {' },
  { after: /^#ifndef (\w+)$/, insert: '\n#define $1' },
];

export const c: LanguageTable = {
  ids: ['c', 'h'],
  words: (
    'return int char include printf void struct const if else for while sizeof static NULL unsigned size_t double ' +
    'float long short break continue switch case default do typedef enum union extern define ifdef ifndef endif ' +
    'goto volatile inline register signed bool true false malloc free calloc realloc memcpy memset strlen strcmp ' +
    'strcpy strncpy scanf fprintf snprintf fopen fclose fgets stderr stdout stdin exit main argc argv uint8_t ' +
    'uint32_t uint64_t int32_t int64_t assert'
  ).split(' '),
  lines: [
    '#include <stdio.h>',
    '#include <stdlib.h>',
    '#include <string.h>',
    '#include <stdint.h>',
    '#include <stdbool.h>',
    '#define ',
    'int main(void) {',
    'int main(int argc, char *argv[]) {',
    'printf("',
    'for (int i = 0; i < ',
    'typedef struct {',
    'while (1) {',
    '} else {',
    '} else if (',
    'return 0;',
    'fprintf(stderr, "',
  ],
  idioms: cIdioms,
  keywords: (
    'int char float double long short unsigned signed void const static extern struct union enum typedef ' +
    'return if else for while do switch case break continue default goto sizeof inline register volatile'
  ).split(' '),
  blockComment: ['/*', '*/'],
  lineComments: ['//'],
  quotes: '"\'',
};
