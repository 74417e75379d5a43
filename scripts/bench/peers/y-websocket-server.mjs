/** @y/websocket-server as its own `server.js` runs it, on a free port; YPERSISTENCE names a LevelDB folder, if any. */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { setupWSConnection } from '@y/websocket-server/utils';

const sockets = new WebSocketServer({ noServer: true });
sockets.on('connection', setupWSConnection);
const server = createServer((_request, response) => response.end('okay'));
server.on('upgrade', (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, (ws) => sockets.emit('connection', ws, request));
});
server.listen(Number(process.env.PORT), '127.0.0.1', () => {
  console.log(`ready at ${server.address().port}`);
});
