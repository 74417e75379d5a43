/** Which version of a package a source file is of, as far as the folder around it tells. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

/** Of each folder of Python packages: the version that each top module came with. */
const ofModules = new Map<string, ReadonlyMap<string, string>>();

function modulesIn(folder: string): ReadonlyMap<string, string> {
  let versions = ofModules.get(folder) as Map<string, string> | undefined;
  if (versions) return versions;
  versions = new Map();
  for (const name of readdirSync(folder)) {
    const version = /-([^-]+)\.(?:dist|egg)-info$/.exec(name)?.[1];
    if (version === undefined) continue;
    let files: string;
    try {
      files = readFileSync(join(folder, name, 'RECORD'), 'utf8');
    } catch {
      continue; // of another installer, which says less
    }
    for (const line of files.split('\n')) {
      const top = line.split(/[/,]/)[0]?.replace(/\.\w+$/, '');
      if (top) versions.set(top, version);
    }
  }
  ofModules.set(folder, versions);
  return versions;
}

/** '' when it cannot be told. @param unit as sources.ts names it */
export function versionOf(path: string, unit: string): string {
  const parts = path.split(sep);
  const home = Math.max(parts.lastIndexOf('node_modules'), parts.lastIndexOf('site-packages'));
  const folder = parts.slice(0, home + 1).join(sep);
  if (parts[home] === 'site-packages') return modulesIn(folder).get(unit) ?? '';
  if (parts[home] !== 'node_modules') return '';
  const name = parts.slice(home + 1, home + (parts[home + 1]?.startsWith('@') === true ? 3 : 2));
  try {
    const { version } = JSON.parse(readFileSync(join(folder, ...name, 'package.json'), 'utf8')) as {
      readonly version?: string;
    };
    return version ?? '';
  } catch {
    return ''; // a file beside the packages
  }
}
