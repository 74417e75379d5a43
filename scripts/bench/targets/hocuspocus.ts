/** @hocuspocus/server 4.7.0 with @hocuspocus/extension-database on the same Postgres: one row a document, stored 2 s after the last edit, 10 s at most. */
import { hocuspocusDialect } from '../load/dialect.js';
import { peerProgram, type Target } from './target.js';

export const hocuspocus: Target = {
  name: 'hocuspocus',
  about: '@hocuspocus/server 4.7.0 with @hocuspocus/extension-database on the same Postgres',
  dialect: hocuspocusDialect,
  keepsDocuments: true,
  storage: 'postgres',
  program: [peerProgram('hocuspocus.mjs')],
  environment: {},
};
