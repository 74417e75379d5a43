/**
 * Builds what is missing or older than its sources: the Prisma client, the server (tsc) and the page (Vite).
 *   node scripts/build.mjs            everything that is stale
 *   node scripts/build.mjs --force    everything
 *   node scripts/build.mjs --only=generate|server|client|docs   one step (may be repeated)
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Newest change below these files and folders, in ms; generated and installed things do not count. */
function newest(paths) {
  let latest = 0;
  for (const path of paths) {
    if (!existsSync(path)) continue;
    const stat = statSync(path);
    if (!stat.isDirectory()) latest = Math.max(latest, stat.mtimeMs);
    else {
      latest = Math.max(latest, stat.mtimeMs); // a deleted file changes its folder
      const inside = readdirSync(path).filter((name) => name !== 'generated' && name !== 'node_modules');
      latest = Math.max(latest, newest(inside.map((name) => join(path, name))));
    }
  }
  return latest;
}

function run(command, args, env = {}) {
  const result = spawnSync(process.execPath, [join(root, command), ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
    throw new Error(`${command} failed`);
  }
}

const steps = {
  generate: {
    sources: ['prisma/schema.prisma', 'prisma.config.ts', 'node_modules/@prisma/client/package.json'],
    // Prisma's engine is not needed to generate, but its path must name a file: else it is fetched from the network.
    build: () =>
      run('node_modules/prisma/build/index.js', ['generate', '--no-hints'], {
        PRISMA_SCHEMA_ENGINE_BINARY: join(root, 'package.json'),
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
        CHECKPOINT_DISABLE: '1',
      }),
    output: 'server/storage/generated',
  },
  server: {
    sources: ['server', 'prisma/schema.prisma', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'],
    build: () => {
      rmSync(join(root, 'dist/server'), { recursive: true, force: true });
      rmSync(join(root, 'dist/.tsbuildinfo'), { force: true });
      run('node_modules/typescript/bin/tsc', ['-p', 'tsconfig.build.json']);
    },
    output: 'dist/server',
  },
  client: {
    sources: ['client', 'server/contract', 'vite.config.ts', 'package-lock.json'],
    build: () => run('node_modules/vite/bin/vite.js', ['build', '--logLevel', 'error']),
    output: 'dist/client',
  },
  docs: {
    // The API pages' own scripts and styles, so that /docs and /redoc ask no other machine for anything.
    sources: ['node_modules/swagger-ui-dist/package.json', 'node_modules/redoc/package.json'],
    build: () => {
      const target = join(root, 'dist/api-docs');
      mkdirSync(target, { recursive: true });
      for (const name of ['swagger-ui-bundle.js', 'swagger-ui.css', 'favicon-32x32.png']) {
        cpSync(join(root, 'node_modules/swagger-ui-dist', name), join(target, name));
      }
      cpSync(
        join(root, 'node_modules/redoc/bundles/redoc.standalone.js'),
        join(target, 'redoc.standalone.js'),
      );
    },
    output: 'dist/api-docs',
  },
};

/** @param {{force?: boolean, only?: string[]}} options */
export function build({ force = false, only = Object.keys(steps) } = {}) {
  for (const name of Object.keys(steps).filter((step) => only.includes(step))) {
    const { sources, build: make, output } = steps[name];
    const stamp = join(root, 'dist', `.built-${name}`);
    const made = existsSync(stamp) && existsSync(join(root, output)) ? statSync(stamp).mtimeMs : 0;
    if (!force && made > newest(sources.map((path) => join(root, path)))) continue;
    console.log(`building: ${name}`);
    make();
    mkdirSync(dirname(stamp), { recursive: true });
    writeFileSync(stamp, '');
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const args = process.argv.slice(2);
  const only = args.filter((arg) => arg.startsWith('--only=')).map((arg) => arg.slice(7));
  const unknown = [
    ...args.filter((arg) => arg !== '--force' && !arg.startsWith('--only=')),
    ...only.filter((name) => !(name in steps)),
  ];
  if (unknown.length > 0) {
    console.error(`build: unknown ${unknown.join(' ')}; steps are ${Object.keys(steps).join(', ')}`);
    process.exit(2);
  }
  try {
    build({ force: args.includes('--force'), ...(only.length > 0 ? { only } : {}) });
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
