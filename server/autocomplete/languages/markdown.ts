import type { LanguageTable } from '../types.js';

export const markdown: LanguageTable = {
  ids: ['markdown', 'md', 'mdx'],
  words: (
    'the and for with that this from have which when where there these those their about after before because between ' +
    'example usage installation install configuration options license contributing requirements introduction overview ' +
    'getting started features documentation reference https http note warning important see also'
  ).split(' '),
  lines: [
    '# Getting started',
    '## Installation',
    '## Usage',
    '## License',
    '## Contributing',
    '## Configuration',
    '- [ ] ',
    '- [x] ',
    '```sh',
    '```js',
    '```python',
    '```json',
    '| --- | --- |',
  ],
  idioms: [{ after: /^(\s*[-*]) \[$/, insert: ' ] ' }],
  lineComments: [],
  blockComment: ['<!--', '-->'],
  quotes: '',
};
