import type { LanguageTable } from '../types.js';

export const java: LanguageTable = {
  ids: ['java'],
  words: (
    'public return private static void String class int final new import System this if else for while boolean true ' +
    'false null double long char byte short float extends implements interface abstract protected package throws ' +
    'throw try catch finally switch case break continue default do instanceof super enum record var synchronized ' +
    'volatile transient List ArrayList Map HashMap Set HashSet Integer Long Double Boolean Object Override Optional ' +
    'Stream Collectors Arrays Collections Math StringBuilder Exception RuntimeException IllegalArgumentException ' +
    'length println equals hashCode toString stream filter collect forEach'
  ).split(' '),
  lines: [
    'public static void main(String[] args) {',
    'System.out.println(',
    'for (int i = 0; i < ',
    'import java.util.*;',
    'import java.util.List;',
    'import java.util.ArrayList;',
    'public class Main {',
    'private static final ',
    'private final ',
    'try {',
    '} else {',
    '} catch (Exception e) {',
    '@Override',
    'throw new IllegalArgumentException(',
    'while (true) {',
    'List<String> list = new ArrayList<>();',
    'Map<String, Integer> map = new HashMap<>();',
  ],
  idioms: [
    { after: /\b(?:class|interface|enum) \w+(?: (?:extends|implements) [\w<>, ]+)?$/, insert: ' {' },
    { after: /^\s*(?:\} else )?(?:if|while|switch|for) \(.*[^(\s]\)$/, insert: ' {' },
    { after: /^\s*for \(int (\w+) = 0; $/, insert: '$1 < ' },
    { after: /^\s*for \(int (\w+) = 0; \1 < [^;]+; $/, insert: '$1++) {' },
    { after: /\b([A-Z]\w*(?:<[\w<>, ]*>)?) \w+ = new $/, insert: '$1(' },
    { after: /^\s*(?:public|private|protected) [\w<>[\], ]+ \w+\([^()]*\)$/, insert: ' {' },
  ],
  keywords: (
    'public return private static void class int final new import this if else for while boolean true ' +
    'false null double long char byte short float extends implements interface abstract protected package ' +
    'throws throw try catch finally switch case break continue default do instanceof super enum ' +
    'synchronized volatile transient'
  ).split(' '),
  blockComment: ['/*', '*/'],
  lineComments: ['//'],
  quotes: '"\'',
};
