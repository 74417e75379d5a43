/**
 * The roof: bare sockets that pass each edit and cursor to the others of the room, encoded by nobody, kept nowhere. What a
 * server does beyond this is what it costs. DROP_ONE_IN=500 loses one delivery in 500, to see that the generator notices.
 */
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';

const dropOneIn = Number(process.env.DROP_ONE_IN ?? 0);
const rooms = new Map();
let deliveries = 0;

function header(length) {
  if (length < 126) return Buffer.from([0x82, length]);
  const bytes = Buffer.alloc(length < 65536 ? 4 : 10);
  bytes[0] = 0x82;
  bytes[1] = length < 65536 ? 126 : 127;
  if (length < 65536) bytes.writeUInt16BE(length, 2);
  else bytes.writeBigUInt64BE(BigInt(length), 2);
  return bytes;
}

/** Passes on the whole frames of `input`; returns what is left. */
function relay(input, socket, members) {
  let at = 0;
  while (input.length - at >= 6) {
    let length = input[at + 1] & 127;
    let start = at + 2;
    if (length === 126) {
      length = input.readUInt16BE(start);
      start += 2;
    } else if (length === 127) {
      if (input.length - start < 8) break;
      length = Number(input.readBigUInt64BE(start));
      start += 8;
    }
    if (input.length < start + 4 + length) break;
    const payload = Buffer.allocUnsafe(length);
    for (let i = 0; i < length; i++) payload[i] = input[start + 4 + i] ^ input[start + (i & 3)];
    at = start + 4 + length;
    const isUpdate = payload[0] === 0 && payload[1] === 2;
    if (!isUpdate && payload[0] !== 1) continue;
    const head = header(length);
    for (const member of members) {
      if (member === socket) continue;
      if (isUpdate && dropOneIn > 0 && ++deliveries % dropOneIn === 0) continue;
      member.cork();
      member.write(head);
      member.write(payload);
      member.uncork();
    }
  }
  return input.subarray(at);
}

const server = createServer((socket) => {
  let rest = Buffer.alloc(0);
  let members = null;
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => members?.delete(socket));
  socket.on('data', (chunk) => {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    if (members === null) {
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      const request = rest.subarray(0, end).toString('latin1');
      rest = rest.subarray(end + 4);
      const key = /sec-websocket-key: *(\S+)/i.exec(request)?.[1] ?? '';
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      const room = request.split(' ')[1];
      if (!rooms.has(room)) rooms.set(room, new Set());
      members = rooms.get(room);
      members.add(socket);
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
    }
    rest = relay(rest, socket, members);
  });
});
server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log(`ready at ${server.address().port}`));
