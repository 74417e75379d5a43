/**
 * The connection by which group commits travel: one of their own, kept open, so that no slow request can hold them up.
 * Made at the first commit and anew after one that failed; one commit at a time.
 */
import type { Socket } from 'node:net';

import pg from 'pg';

import { DirectWriter } from '../support/direct-write.js';
import { messageOf } from '../support/errors.js';
import type { Log } from '../support/log.js';
import { appendMessage } from './append-message.js';
import type { LogBatch } from './log.js';

export class CommitLine {
  #client: pg.Client | null = null;
  #isClosed = false;

  /** @param options with `query_timeout`: a commit that takes longer has failed, as far as can be told */
  constructor(
    private readonly options: pg.ClientConfig,
    private readonly log: Log,
  ) {}

  /** Commits the batch, all rows or none. Rejects when it is not known to be committed; it may be repeated then. */
  async commit(batch: LogBatch): Promise<void> {
    if (this.#isClosed) throw new Error('the connection is closed');
    const client = this.#client ?? (await this.#connect());
    try {
      await new Promise<void>((resolve, reject) => {
        client.query(new Append(appendMessage(batch), (error) => (error ? reject(error) : resolve())));
      });
    } catch (error) {
      this.#drop(client);
      throw error;
    }
  }

  /** Safe to call twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const client = this.#client;
    this.#client = null;
    await client?.end();
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client(this.options);
    // Without a listener, a connection that breaks would end the process.
    client.on('error', (error) => {
      if (this.#client !== client) return; // said by the call that it breaks
      this.log.warn({ reason: messageOf(error) }, 'database: the connection for commits broke');
      this.#drop(client);
    });
    try {
      await client.connect();
    } catch (error) {
      this.#drop(client);
      throw error;
    }
    if (this.#isClosed) {
      this.#drop(client);
      throw new Error('the connection is closed');
    }
    this.#client = client;
    return client;
  }

  #drop(client: pg.Client): void {
    if (this.#client === client) this.#client = null;
    client.end().catch(() => undefined); // nothing hangs on a polite goodbye
  }
}

/** What the driver calls a submittable: it is handed the connection in its turn, and then each answer. */
class Append implements pg.Submittable {
  #isDone = false;

  /** @param callback by this name: the driver puts its timeout around it */
  constructor(
    private readonly bytes: Buffer,
    public callback: (error: Error | null) => void,
  ) {}

  submit(connection: pg.Connection): void {
    new DirectWriter(connection.stream as Socket).write(this.bytes);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    // Anything but an INSERT's answer means that we are not talking to what we think.
    if (text.startsWith('INSERT')) this.#isDone = true;
    else this.callback(new Error(`the commit was answered by ${text}`));
  }

  handleReadyForQuery(): void {
    this.callback(this.#isDone ? null : new Error('the commit was not answered'));
  }

  handleError(error: Error): void {
    this.callback(error);
  }
}
