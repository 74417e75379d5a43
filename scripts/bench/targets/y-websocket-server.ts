/** @y/websocket-server 0.1.1, the reference: in memory, and with its LevelDB. */
import { yWebsocket } from '../load/dialect.js';
import { peerProgram, type Target } from './target.js';

export const yWebsocketServer: Target = {
  name: 'yws',
  about: '@y/websocket-server 0.1.1, in memory: rooms are kept for ever and lost with the process',
  dialect: yWebsocket,
  keepsDocuments: true,
  storage: 'none',
  program: [peerProgram('y-websocket-server.mjs')],
  environment: {},
};

export const yWebsocketServerLevel: Target = {
  ...yWebsocketServer,
  name: 'yws-level',
  about: '@y/websocket-server 0.1.1 with y-leveldb',
  answersUnread: true,
  storage: 'folder',
  folderSetting: 'YPERSISTENCE',
};
