import type { LanguageTable } from '../types.js';

export const csharp: LanguageTable = {
  ids: ['c#', 'csharp', 'cs'],
  words: (
    'public return private static void string class int new using var Console this if else foreach in for while bool ' +
    'true false null readonly namespace async await Task get set double decimal long char byte float object ' +
    'interface abstract override virtual protected internal sealed partial record struct enum const try catch ' +
    'finally throw switch case break continue default do is as base out ref params yield lock typeof nameof List ' +
    'Dictionary IEnumerable Func Action Exception ArgumentException ArgumentNullException Math StringBuilder ' +
    'WriteLine ReadLine ToString Select Where FirstOrDefault ToList Count Length'
  ).split(' '),
  lines: [
    'using System;',
    'using System.Collections.Generic;',
    'using System.Linq;',
    'using System.Threading.Tasks;',
    'public static void Main(string[] args)',
    'Console.WriteLine(',
    'foreach (var item in ',
    'for (int i = 0; i < ',
    'public class ',
    'private readonly ',
    'while (true)',
    'catch (Exception ex)',
    'throw new ArgumentNullException(nameof(',
    'throw new ArgumentException(',
    'await Task.WhenAll(',
  ],
  idioms: [
    { after: /^\s*for \(int (\w+) = 0; $/, insert: '$1 < ' },
    { after: /^\s*for \(int (\w+) = 0; \1 < [^;]+; $/, insert: '$1++)' },
    { after: /^\s*foreach \(var \w+$/, insert: ' in ' },
    { after: /^\s*public [\w<>?[\]]+ [A-Z]\w*$/, insert: ' { get; set; }' },
    { after: /\b([A-Z]\w*(?:<[\w<>, ]*>)?) \w+ = new $/, insert: '$1(' },
  ],
  keywords: (
    'public private protected internal static void class interface struct enum namespace using new return ' +
    'if else for foreach in while do switch case break continue default try catch finally throw int ' +
    'string bool double long char byte float decimal object true false null this base readonly const ' +
    'override virtual abstract sealed is as out ref'
  ).split(' '),
  blockComment: ['/*', '*/'],
  lineComments: ['//'],
  quotes: '"\'',
};
