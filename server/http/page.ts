/**
 * The web page: files of dist/client, compressed ones where the build left them beside the plain ones. The same
 * index.html answers at `/` and at every `/r/:roomId`; the page itself finds out whether there is such a room. A browser that
 * asks for a path nobody has gets the page too, as a 404: it says so in words. Programs get the problem document.
 */
import { readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { Router, type Response } from 'express';

import { AppError } from '../support/errors.js';
import { otherMethods } from './problem.js';

const encodings = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

/** The doors of sockets, which answer a browser with how they are opened. */
const SOCKETS = /^\/(?:ws|sync)(?:\/|$)/;

/** A hash of the content is in the name, so the content never changes. */
const isHashed = (path: string): boolean => path.startsWith('/assets/');

/** @param folder what Vite built (dist/client) */
export function pageRouter({ folder }: { folder: string }): Router {
  const router = Router();

  // Only what is listed is served, so no path of a request ever reaches the file system.
  let listing: Promise<ReadonlySet<string>> | null = null;
  const files = (): Promise<ReadonlySet<string>> => {
    listing ??= readdir(folder, { recursive: true, withFileTypes: true }).then(
      (entries) =>
        new Set(
          entries
            .filter((entry) => entry.isFile())
            .map((entry) => join(entry.parentPath, entry.name).slice(folder.length).replaceAll(sep, '/')),
        ),
      (cause: unknown) => {
        listing = null; // it may be built later
        throw new AppError('not-found', 'The page was not built: run npm run build', { cause });
      },
    );
    return listing;
  };

  /** False when there is no such file. */
  const send = async (path: string, res: Response): Promise<boolean> => {
    const known = await files();
    if (!known.has(path)) return false;
    const { req } = res;
    const choices = encodings.filter(([, ending]) => known.has(path + ending));
    res.vary('Accept-Encoding');
    const encoding = req.acceptsEncodings(...choices.map(([name]) => name), 'identity');
    const ending = choices.find(([name]) => name === encoding)?.[1] ?? '';
    if (ending !== '') res.set('Content-Encoding', encoding as string);
    res.type(path.slice(path.lastIndexOf('.')));
    res.set('Cache-Control', isHashed(path) ? 'public, max-age=31536000, immutable' : 'no-cache');
    await new Promise<void>((resolve, reject) => {
      res.sendFile(path.slice(1) + ending, { root: folder, cacheControl: false }, (error?: Error) => {
        // A reader who left early is nobody's fault.
        if (error && !res.destroyed) reject(error);
        else resolve();
      });
    });
    return true;
  };

  router
    .route(['/', '/r/:roomId'])
    .get(async (_req, res) => {
      if (!(await send('/index.html', res))) {
        throw new AppError('not-found', 'The page was not built: run npm run build');
      }
    })
    .all(otherMethods('GET'));
  router.use(async (req, res, next) => {
    const wanted = (req.method === 'GET' || req.method === 'HEAD') && /\.\w+$/.test(req.path);
    if (!wanted || /\.(?:br|gz)$/.test(req.path) || !(await send(req.path, res))) next();
  });
  router.use(async (req, res, next) => {
    const reads = req.method === 'GET' || req.method === 'HEAD';
    // The first of equals wins: only who names HTML before JSON is somebody looking at a page.
    if (!reads || SOCKETS.test(req.path) || req.accepts(['json', 'html']) !== 'html') return next();
    res.status(404).vary('Accept');
    if (!(await send('/index.html', res))) next();
  });
  return router;
}
