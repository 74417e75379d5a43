import type { LanguageTable } from '../types.js';

export const php: LanguageTable = {
  ids: ['php'],
  words: (
    'function return public echo $this array foreach as private class new if else elseif string int null true false ' +
    'protected static namespace use extends implements interface abstract final const while for do switch case break ' +
    'continue default try catch finally throw instanceof isset empty unset count strlen str_replace explode implode ' +
    'in_array array_map array_filter array_merge array_keys array_values is_null json_encode json_decode printf ' +
    'sprintf var_dump require_once include_once require include __construct self parent bool float void mixed ' +
    'readonly match fn enum trait Exception InvalidArgumentException declare strict_types'
  ).split(' '),
  lines: [
    '<?php',
    'declare(strict_types=1);',
    'public function __construct(',
    'public function ',
    'private function ',
    'foreach ($items as $item) {',
    'for ($i = 0; $i < ',
    'echo ',
    'throw new InvalidArgumentException(',
    '} else {',
    '} catch (Exception $e) {',
    'require_once __DIR__ . ',
  ],
  idioms: [
    { after: /\bfunction \w+$/, insert: '()' },
    { after: /^\s*(?:abstract |final )?(?:class|interface|trait) \w+(?: extends \w+)?$/, insert: ' {' },
    { after: /^\s*(?:\} else)?(?:if|while|switch|foreach|for) \(.*[^(\s]\)$/, insert: ' {' },
    { after: /^\s*foreach \((\$\w+?)s$/, insert: ' as $1) {' },
    { after: /^\s*for \((\$\w+) = 0; $/, insert: '$1 < ' },
    { after: /^\s*for \((\$\w+) = 0; \1 < [^;]+; $/, insert: '$1++) {' },
  ],
  keywords: (
    'function return if else elseif for foreach while do switch case break continue class interface ' +
    'extends implements public private protected static const new echo true false null use namespace try ' +
    'catch finally throw as'
  ).split(' '),
  blockComment: ['/*', '*/'],
  lineComments: ['//', '#'],
  quotes: '"\'',
  wordExtras: '$',
};
