/** A disk that can be filled: a small file system in memory, which only root on Linux may mount. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  readonly folder: string;
  /** Takes all space, or all but so many KiB. */
  fill(leaveKiB?: number): void;
  /** Gives back what `fill` took. */
  empty(): void;
  remove(): void;
}

/** Null where we may not have one; whoever asks says what is skipped. */
export function smallDisk(mib: number): SmallDisk | null {
  const folder = mkdtempSync(join(tmpdir(), 'coderoom-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mib}m,mode=0755`, 'tmpfs', folder]);
  if (mounted.status !== 0) {
    rmSync(folder, { recursive: true });
    return null;
  }
  const filler = join(folder, 'filler');
  return {
    folder,
    fill(leaveKiB = 0) {
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(filler, Buffer.alloc(bavail * bsize - leaveKiB * 1024));
    },
    empty: () => rmSync(filler, { force: true }),
    remove() {
      spawnSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
