/**
 * The embedded database's engine, with a working fsync. As delivered, PGlite runs with fsync off (`-F`), and its file
 * system has no fsync at all and an fdatasync that does nothing: a commit would survive the end of the process, but
 * not of the machine.
 */
import { fsyncSync } from 'node:fs';

import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

type InitOptions = Parameters<NodeFS['init']>[1];

/** What we touch of Emscripten's file system; it has no types of its own. */
interface NodeFilesystem {
  stream_ops: { fsync?: (stream: { nfd: number }) => number };
}

class DurableFS extends NodeFS {
  readonly #onFailure: (error: unknown) => void;

  /** @param onFailure the disk refused a sync: what is in memory may never be trusted to be on disk again */
  constructor(folder: string, onFailure: (error: unknown) => void) {
    super(folder);
    this.#onFailure = onFailure;
  }

  override async init(engine: PGlite, options: InitOptions): ReturnType<NodeFS['init']> {
    const patch = (module: unknown) => {
      const { filesystems } = (module as { FS: { filesystems: { NODEFS: NodeFilesystem } } }).FS;
      filesystems.NODEFS.stream_ops.fsync = (stream) => {
        try {
          fsyncSync(stream.nfd);
          return 0;
        } catch (error) {
          this.#onFailure(error);
          return 29; // EIO, as Emscripten numbers it
        }
      };
    };
    return super.init(engine, { ...options, preRun: [patch, ...(options.preRun ?? [])] });
  }
}

/** Postgres' settings for it: PGlite's own without `-F`, and the one way of syncing the WAL that reaches the disk. */
const startParams: string[] = [
  ...PGlite.defaultStartParams.filter((param) => param !== '-F'),
  '-c',
  'wal_sync_method=fsync',
];

/**
 * Opens the database in `folder`, or makes one when there is none.
 * @param onFailure see DurableFS
 */
export function openEngine(folder: string, onFailure: (error: unknown) => void): Promise<PGlite> {
  return PGlite.create({ fs: new DurableFS(folder, onFailure), startParams, relaxedDurability: false });
}
