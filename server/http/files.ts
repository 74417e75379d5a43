/** `/rooms/:roomId/files`: which files a room has, making, renaming and deleting them, and all of them as a zip. Their texts are text.ts'. */
import { Router } from 'express';

import * as rest from '../contract/rest.js';
import type { FileDirectory } from '../rooms/file-directory.js';
import type { HttpLimits } from '../settings/limits.js';
import { expectSize, jsonBody, maxTextJsonBytes, parse } from './bodies.js';
import { otherMethods } from './problem.js';
import type { RateLimits } from './rate-limits.js';
import type { Turns } from './turns.js';

export interface FilesRouterOptions {
  readonly files: FileDirectory;
  readonly limits: RateLimits;
  readonly turns: Turns;
  readonly sizes: HttpLimits;
}

export function filesRouter({ files, limits, turns, sizes }: FilesRouterOptions): Router {
  const router = Router();
  router
    .route('/rooms/:roomId/files')
    .get(limits.requests, async (req, res) => {
      const listing = await files.list(req.params.roomId);
      res.json({ ...listing, files: [...listing.files] } satisfies rest.FileList);
    })
    .post(
      limits.requests,
      ...jsonBody(maxTextJsonBytes(sizes), sizes.maxJsonValues, turns),
      async (req, res) => {
        const { path, text, language } = parse(rest.createFileRequest, req.body);
        expectSize('text', text ?? '', sizes.maxTextBytes);
        const { roomId } = req.params;
        const made = await files.create(roomId, { path, text: text ?? '', language: language ?? null });
        const place = `${req.baseUrl}/rooms/${encodeURIComponent(roomId)}/files/${made.id}`;
        res
          .status(201)
          .location(place)
          .json(made satisfies rest.File);
      },
    )
    .all(otherMethods('GET', 'POST'));

  router
    .route('/rooms/:roomId/files.zip')
    .get(limits.requests, async (req, res) => {
      const zip = await files.zip(req.params.roomId);
      const name = `room-${req.params.roomId}.zip`; // an id of a room that is there: letters, digits, "_" and "-"
      res
        .set('Content-Disposition', `attachment; filename="${name}"`)
        .type('application/zip')
        .send(Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength));
    })
    .all(otherMethods('GET'));

  router
    .route('/rooms/:roomId/files/:fileId')
    .get(limits.requests, async (req, res) => {
      res.json((await files.get(req.params.roomId, req.params.fileId)) satisfies rest.File);
    })
    .patch(limits.requests, ...jsonBody(sizes.maxJsonBytes, sizes.maxJsonValues, turns), async (req, res) => {
      const change = parse(rest.updateFileRequest, req.body);
      res.json((await files.change(req.params.roomId, req.params.fileId, change)) satisfies rest.File);
    })
    .delete(limits.requests, async (req, res) => {
      await files.remove(req.params.roomId, req.params.fileId);
      res.status(204).end();
    })
    .all(otherMethods('GET', 'PATCH', 'DELETE'));
  return router;
}
