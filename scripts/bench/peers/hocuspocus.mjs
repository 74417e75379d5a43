/** @hocuspocus/server with its database extension: one row a document in DATABASE_URL; all settings are its defaults. */
import { Database } from '@hocuspocus/extension-database';
import { Server } from '@hocuspocus/server';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 5 });
await pool.query(`create table if not exists documents (name text primary key, state bytea not null)`);
await pool.query('alter table documents alter column state set storage external');

const server = new Server({
  port: Number(process.env.PORT),
  address: '127.0.0.1',
  quiet: true,
  stopOnSignals: false,
  extensions: [
    new Database({
      async fetch({ documentName }) {
        const { rows } = await pool.query('select state from documents where name = $1', [documentName]);
        return rows[0]?.state ?? null;
      },
      async store({ documentName, state }) {
        await pool.query(
          'insert into documents values ($1, $2) on conflict (name) do update set state = excluded.state',
          [documentName, state],
        );
      },
    }),
  ],
});
await server.listen();
console.log(`ready at ${server.address.port}`);
