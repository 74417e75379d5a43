import type { LanguageTable } from '../types.js';

export const sql: LanguageTable = {
  ids: ['sql', 'postgresql', 'mysql', 'sqlite', 'pl/sql', 'plsql'],
  words: (
    'select from where insert update delete create table into values set join left inner on order group by having ' +
    'and or not null as distinct limit offset union all exists in between like is case when then else end primary ' +
    'key foreign references unique default constraint index alter drop add column view with returning integer ' +
    'varchar text boolean timestamp date numeric serial bigint count sum avg min max coalesce cast asc desc begin ' +
    'commit rollback outer right full cross using current_timestamp'
  ).split(' '),
  lines: [
    'select * from ',
    'select count(*) from ',
    'insert into ',
    'delete from ',
    'create table ',
    'create table if not exists ',
    'create index ',
    'alter table ',
    'drop table if exists ',
    'order by ',
    'group by ',
    'left join ',
    'inner join ',
    'begin;',
    'commit;',
  ],
  idioms: [
    { after: /^\s*insert into \w+ \([^()]*\)$/, insert: ' values (' },
    { after: /^\s*INSERT INTO \w+ \([^()]*\)$/, insert: ' VALUES (' },
    { after: /^\s*update \w+$/, insert: ' set ' },
    { after: /^\s*UPDATE \w+$/, insert: ' SET ' },
    { after: /^\s*create table (?:if not exists )?\w+$/, insert: ' (' },
    { after: /^\s*CREATE TABLE (?:IF NOT EXISTS )?\w+$/, insert: ' (' },
  ],
  keywords: (
    'select from where and or not insert into values update set delete create table primary key foreign ' +
    'references join left right inner outer on group by order having limit offset distinct as in is null ' +
    'between like union all case when then else end alter drop index view'
  ).split(' '),
  blockComment: ['/*', '*/'],
  lineComments: ['--'],
  quotes: '"\'',
  caseless: true,
};
