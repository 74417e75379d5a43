import type { LanguageTable } from '../types.js';

export const shell: LanguageTable = {
  ids: ['shell', 'bash', 'sh', 'zsh', 'shellscript'],
  words: (
    'echo then done export function local return if else elif for while do in case esac until read exit source set ' +
    'unset shift trap test printf grep sed awk find xargs cat cut sort uniq head tail mkdir chmod chown curl wget ' +
    'docker sudo break continue readonly declare alias eval exec true false sleep kill wait basename dirname'
  ).split(' '),
  lines: [
    '#!/usr/bin/env bash',
    '#!/bin/sh',
    'set -euo pipefail',
    'if [[ -z "$',
    'if [[ -f "$',
    'if [ -z "$',
    'for file in *',
    'while read -r line; do',
    'while true; do',
    'echo "$',
    'export PATH="$',
    'trap cleanup EXIT',
    'case "$1" in',
    'cd "$(dirname "$0")"',
    'then',
    'done',
    'else',
  ],
  idioms: [
    { after: /^\s*(?:if|elif) .*\]\]?$/, insert: '; then' },
    { after: /^\s*for \w+$/, insert: ' in ' },
    { after: /^\s*for \w+ in .*[^\s;]$/, insert: '; do' },
    { after: /^\s*while .*\]\]?$/, insert: '; do' },
    { after: /^[a-z_]\w*\(\)$/, insert: ' {' },
    { after: /^function \w+$/, insert: '() {' },
    { after: /"\$\{?(\w+)$/, insert: (match) => (match[0].includes('{') ? '}"' : '"') },
  ],
  keywords: (
    'if then else elif fi for in do done while until case esac function return local export exit break ' +
    'continue'
  ).split(' '),
  lineComments: ['#'],
  quotes: '',
};
