import type { LanguageTable } from '../types.js';

export const rust: LanguageTable = {
  ids: ['rust', 'rs'],
  words: (
    'let mut return self impl struct match pub use String Some None Ok Err println fn for in if else while loop enum ' +
    'trait Vec Option Result Self mod crate const static async await move ref where type dyn as break continue true ' +
    'false unsafe extern super str u8 u32 u64 i32 i64 usize f64 bool char Box Rc Arc RefCell Mutex HashMap HashSet ' +
    'Iterator Default Debug Clone Copy derive format vec assert_eq panic unwrap expect clone iter into_iter collect ' +
    'filter push len to_string into as_str'
  ).split(' '),
  lines: [
    'fn main() {',
    'println!("',
    'let mut ',
    'use std::collections::HashMap;',
    'use std::fmt;',
    'use std::io;',
    '#[derive(Debug, Clone)]',
    '#[cfg(test)]',
    '#[test]',
    'for i in 0..',
    'impl fmt::Display for ',
    'pub struct ',
    'pub enum ',
    'pub trait ',
    'if let Some(',
    'while let Some(',
    '} else {',
    'mod tests {',
  ],
  idioms: [
    {
      after: /^\s*(?:pub )?fn $/,
      insert: (_match, { code }) => (/fn main\b/.test(code) ? null : 'main() {'),
    },
    {
      after: /^\s*(?:pub )?(?:async )?fn \w+$/,
      insert: (_match, { parentLine }) => (/^impl\b/.test(parentLine) ? '(&self)' : '() {'),
    },
    { after: /^\s*(?:pub )?(?:async )?fn \w+\([^()]*\)(?: -> [\w<>&:, ]+)?$/, insert: ' {' },
    { after: /^\s*(?:pub )?(?:struct|enum|trait) \w+$/, insert: ' {' },
    { after: /^\s*impl(?:<[^>]*>)? \w+(?: for \w+)?$/, insert: ' {' },
    { after: /^\s*match [\w.&()]+$/, insert: ' {' },
    { after: /^\s*for \w+$/, insert: ' in ' },
  ],
  keywords: (
    'fn let mut pub struct enum impl trait use mod match if else for in while loop return self Self true ' +
    'false const static ref move where async await dyn as break continue crate super type unsafe'
  ).split(' '),
  blockComment: ['/*', '*/'],
  lineComments: ['//'],
  quotes: '"',
};
