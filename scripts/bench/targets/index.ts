import { coderoom, coderoomEmbedded, coderoomIn } from './coderoom.js';
import { hocuspocus } from './hocuspocus.js';
import { lossyRelay, relay } from './relay.js';
import type { Target } from './target.js';
import { yWebsocketServer, yWebsocketServerLevel } from './y-websocket-server.js';

export const targets: readonly Target[] = [
  coderoom,
  coderoomEmbedded,
  yWebsocketServer,
  yWebsocketServerLevel,
  hocuspocus,
  relay,
  lossyRelay,
];

/** By name, or `name=folder`: Coderoom as built in another folder. */
export function targetNamed(name: string): Target {
  const [label = '', folder] = name.split('=', 2);
  const found = folder ? coderoomIn(folder, label) : targets.find((target) => target.name === label);
  if (!found)
    throw new Error(`there is no target ${name}; there are ${targets.map((one) => one.name).join(', ')}`);
  return found;
}
