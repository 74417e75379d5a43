import type { LanguageTable } from '../types.js';

export const go: LanguageTable = {
  ids: ['go', 'golang'],
  words: (
    'func return err nil fmt package import if for range string int var type struct error interface map make append ' +
    'len defer go chan select switch case default break continue const else bool true false byte rune float64 int64 ' +
    'uint8 any fallthrough goto cap copy delete panic recover new close context time strings strconv errors sync os ' +
    'io json http Println Printf Sprintf Errorf WaitGroup Mutex Context Background'
  ).split(' '),
  lines: [
    'package main',
    'func main() {',
    'if err != nil {',
    'return nil, err',
    'return nil',
    'for i := 0; i < ',
    'for _, item := range ',
    'for i := range ',
    'fmt.Println(',
    'fmt.Printf("',
    'import "fmt"',
    'defer func() {',
    '} else {',
    'switch {',
    'return fmt.Errorf("',
  ],
  idioms: [
    { after: /^type \w+ (?:struct|interface)$/, insert: ' {' },
    { after: /^func $/, insert: (_match, { code }) => (/func main\b/.test(code) ? null : 'main() {') },
    { after: /^func (?:\([^()]*\) )?\w+$/, insert: '() {' },
    { after: /^func (?:\([^()]*\) )?\w+\([^()]*\)(?: [\w.*[\]]+| \([^()]*\))?$/, insert: ' {' },
    { after: /^\s*for (\w+) := 0; $/, insert: '$1 < ' },
    { after: /^\s*for (\w+) := 0; \1 < [^;{]+; $/, insert: '$1++ {' },
    { after: /^\s*if err$/, insert: ' != nil {' },
  ],
  keywords: (
    'func return package import if else for range var type struct interface map defer go chan select ' +
    'switch case default break continue const fallthrough goto'
  ).split(' '),
  blockComment: ['/*', '*/'],
  lineComments: ['//'],
  quotes: '"\'',
  longQuotes: ['`'],
};
