/** The roof: bare sockets in Node that pass messages on; and one that loses some, which the generator must notice. */
import { yWebsocket } from '../load/dialect.js';
import { peerProgram, type Target } from './target.js';

export const relay: Target = {
  name: 'relay',
  about: 'the roof: bare sockets in Node, messages passed on as they came, nothing checked or kept',
  dialect: yWebsocket,
  keepsDocuments: false,
  storage: 'none',
  program: [peerProgram('relay.mjs')],
  environment: {},
};

export const lossyRelay: Target = {
  ...relay,
  name: 'lossy-relay',
  about: 'a relay that loses one delivery in 500: it must show as FAILED',
  environment: { DROP_ONE_IN: '500' },
};
