import type { LanguageTable } from '../types.js';

export const ruby: LanguageTable = {
  ids: ['ruby', 'rb'],
  words: (
    'def end puts return class module if else elsif unless do each require attr_accessor attr_reader self nil true ' +
    'false initialize while until case when then begin rescue ensure raise yield super include extend private ' +
    'protected public lambda proc and or not in next break redo retry alias print require_relative attr_writer map ' +
    'select reject reduce inject each_with_index each_with_object to_s to_i to_a length size empty push first last ' +
    'sort sort_by join split gsub include? nil? respond_to? freeze'
  ).split(' '),
  lines: [
    '# frozen_string_literal: true',
    'require_relative ',
    "require 'json'",
    'attr_accessor :',
    'attr_reader :',
    'def initialize(',
    'def to_s',
    'rescue StandardError => e',
    'raise ArgumentError, ',
    'if __FILE__ == $PROGRAM_NAME',
    'begin',
    'ensure',
    'loop do',
  ],
  idioms: [
    { after: /\.(?:each|map|select|reject|each_with_index|times|tap)$/, insert: ' do |item|' },
    { after: /\.(?:each|map|select|reject|times|tap) do $/, insert: '|item|' },
    { after: /\.(?:each|map|select|reject|times|tap) \{ $/, insert: '|item| ' },
    {
      after: /^\s*def $/,
      insert: (_match, { code }) => (/def (?:main|initialize)\b/.test(code) ? null : 'initialize'),
    },
    { after: /^\s*class [A-Z]\w*$/, insert: ' < ' },
  ],
  keywords: (
    'def end if elsif else unless while until for in do return class module self nil true false and or ' +
    'not then yield begin rescue ensure case when next break super'
  ).split(' '),
  lineComments: ['#'],
  quotes: '"\'',
};
