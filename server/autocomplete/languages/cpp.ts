import type { LanguageTable } from '../types.js';
import { c, cIdioms } from './c.js';

export const cpp: LanguageTable = {
  ids: ['c++', 'cpp', 'cc', 'cxx', 'hpp'],
  words: [
    ...(
      'std cout endl vector string auto class public private protected template typename namespace using new delete ' +
      'this virtual override constexpr nullptr noexcept operator explicit friend static_cast dynamic_cast unique_ptr ' +
      'shared_ptr make_unique make_shared map unordered_map set pair tuple optional push_back emplace_back begin end ' +
      'size empty cin cerr throw try catch mutable concept requires iostream algorithm'
    ).split(' '),
    ...c.words,
  ],
  lines: [
    '#include <iostream>',
    '#include <vector>',
    '#include <string>',
    '#include <algorithm>',
    '#include <memory>',
    '#include <map>',
    'using namespace std;',
    'int main() {',
    'std::cout << ',
    'std::vector<',
    'for (const auto& item : ',
    'for (int i = 0; i < ',
    'template <typename T>',
    'public:',
    'private:',
    'while (true) {',
    '} else {',
    '} catch (const std::exception& error) {',
    'return 0;',
  ],
  idioms: [
    ...cIdioms,
    { after: /^\s*(?:class|namespace) \w+(?: : (?:public|private) \w+)?$/, insert: ' {' },
    { after: /std::cout << .*[\w")\]]$/, insert: ' << std::endl;' },
  ],
  keywords: (
    'int char float double long short unsigned signed void const static extern struct union enum typedef ' +
    'return if else for while do switch case break continue default goto sizeof inline volatile class ' +
    'public private protected virtual override namespace using template typename new delete this true ' +
    'false nullptr auto constexpr throw try catch operator friend explicit'
  ).split(' '),
  blockComment: ['/*', '*/'],
  lineComments: ['//'],
  quotes: '"\'',
};
