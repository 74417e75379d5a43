/** A model's server that does as it is told: answers well, or in one of the ways in which such servers fail. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Behaviour =
  | { readonly kind: 'answers'; readonly text: string; readonly after?: Promise<void> }
  /** Takes the question and says nothing. */
  | { readonly kind: 'hangs' }
  /** Headers at once, then a byte now and then, for ever. */
  | { readonly kind: 'drips' }
  /** A gigabyte of JSON, as fast as it is read. */
  | { readonly kind: 'floods' }
  | { readonly kind: 'redirects'; readonly to: string }
  | {
      readonly kind: 'says';
      readonly status: number;
      readonly body: string;
      readonly headers?: Record<string, string>;
    }
  /** Ends the connection in the middle of the answer. */
  | { readonly kind: 'breaks' };

export interface Heard {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
}

export interface FakeModel {
  /** For AI_BASE_URL. */
  readonly baseUrl: string;
  behaviour: Behaviour;
  /** Questions so far. */
  readonly heard: Heard[];
  /** Questions whose asker hung up before the answer's end. */
  hungUp: number;
  /** Bytes of answers handed to sockets. */
  sentBytes: number;
  stop(): Promise<void>;
}

const GIGABYTE = 1024 ** 3;

/** The answer in the shape of the path's dialect. */
function shaped(path: string, text: string): string {
  const choice = path.endsWith('/chat/completions')
    ? { message: { role: 'assistant', content: text } }
    : { text };
  return JSON.stringify({ id: 'x', object: 'y', choices: [{ index: 0, ...choice, finish_reason: 'stop' }] });
}

export async function startFakeModel(
  behaviour: Behaviour = { kind: 'answers', text: '' },
): Promise<FakeModel> {
  const timers = new Set<NodeJS.Timeout>();

  const answer = (path: string, res: ServerResponse): void => {
    const now = fake.behaviour;
    res.once('close', () => {
      if (!res.writableFinished) fake.hungUp++;
    });
    const json = { 'content-type': 'application/json' };
    switch (now.kind) {
      case 'answers':
        void (now.after ?? Promise.resolve()).then(() =>
          res.writeHead(200, json).end(shaped(path, now.text)),
        );
        return;
      case 'hangs':
        return;
      case 'drips': {
        res.writeHead(200, json).write('{"choices":[');
        const timer = setInterval(() => res.write(' '), 50);
        timers.add(timer);
        res.once('close', () => clearInterval(timer));
        return;
      }
      case 'floods': {
        res.writeHead(200, json).write('{"choices":[{"text":"');
        const part = 'x'.repeat(64 * 1024);
        const more = (): void => {
          while (fake.sentBytes < GIGABYTE && !res.destroyed) {
            fake.sentBytes += part.length;
            if (!res.write(part)) return void res.once('drain', more);
          }
        };
        more();
        return;
      }
      case 'redirects':
        res.writeHead(307, { location: now.to }).end();
        return;
      case 'says':
        res.writeHead(now.status, { ...json, ...now.headers }).end(now.body);
        return;
      case 'breaks':
        res.writeHead(200, { ...json, 'content-length': '1000' }).write('{"choices":[{');
        setImmediate(() => res.destroy());
        return;
    }
  };

  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.once('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
      fake.heard.push({ path: req.url ?? '', headers: req.headers, body });
      answer(req.url ?? '', res);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const fake: FakeModel = {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    behaviour,
    heard: [],
    hungUp: 0,
    sentBytes: 0,
    async stop() {
      for (const timer of timers) clearInterval(timer);
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return fake;
}
