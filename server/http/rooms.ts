/** `/rooms`: make, read, change and delete rooms. */
import { Router, type Request } from 'express';

import { bearerToken } from '../access/tokens.js';
import { DEFAULT_LANGUAGE } from '../contract/languages.js';
import * as rest from '../contract/rest.js';
import type { Directory, RoomView } from '../rooms/directory.js';
import type { HttpLimits } from '../settings/limits.js';
import { expectSize, jsonBody, maxTextJsonBytes, parse } from './bodies.js';
import { baseUrl, roomLinks } from './links.js';
import { otherMethods } from './problem.js';
import type { RateLimits } from './rate-limits.js';
import type { Turns } from './turns.js';

/** Header values arrive as Latin-1; clients that send names send UTF-8 more often. */
function headerText(value: string | undefined): string | null {
  if (value === undefined) return null;
  const utf8 = Buffer.from(value, 'latin1').toString('utf8');
  return utf8.includes('\ufffd') ? value : utf8;
}

export interface RoomsRouterOptions {
  readonly directory: Directory;
  readonly limits: RateLimits;
  readonly turns: Turns;
  readonly sizes: HttpLimits;
  readonly publicUrl: URL | null;
}

export function roomsRouter({ directory, limits, turns, sizes, publicUrl }: RoomsRouterOptions): Router {
  const router = Router();

  const shown = (req: Request, view: RoomView): rest.Room => ({
    roomId: view.record.id,
    id: view.record.id,
    code: view.code,
    language: view.language,
    name: view.record.name,
    createdBy: view.record.createdBy,
    createdAt: view.record.createdAt.toISOString(),
    updatedAt: view.updatedAt.toISOString(),
    users: view.users,
    aiEnabled: view.record.aiEnabled,
    links: roomLinks(baseUrl(req, publicUrl), view.record.id),
  });

  router.post(
    ['/rooms', '/rooms/create'],
    limits.requests,
    limits.rooms,
    ...jsonBody(maxTextJsonBytes(sizes), sizes.maxJsonValues, turns),
    async (req, res) => {
      const body = parse(rest.createRoomRequest, (req.body as unknown) ?? {});
      const createdBy = parse(rest.displayName.nullable(), headerText(req.get('x-username')), 'x-username');
      const language = body.language ?? DEFAULT_LANGUAGE;
      const code = body.initial_code ?? body.initialCode ?? '';
      expectSize('initial_code', code, sizes.maxTextBytes);
      const { record, ownerToken } = await directory.create({
        id: body.roomId ?? null,
        code,
        language,
        name: body.name ?? null,
        createdBy,
      });
      await turns.take(code.length);
      const created: rest.CreatedRoom = {
        roomId: record.id,
        id: record.id,
        code,
        language,
        name: record.name,
        createdAt: record.createdAt.toISOString(),
        ownerToken,
        links: roomLinks(baseUrl(req, publicUrl), record.id),
      };
      res.status(201).location(`${req.baseUrl}/rooms/${record.id}`).json(created);
    },
  );
  router.all('/rooms', otherMethods('POST'));

  router
    .route('/rooms/:roomId')
    .get(limits.requests, async (req, res) => {
      const view = await directory.get(req.params.roomId);
      await turns.take(view.code.length);
      res.json(shown(req, view));
    })
    .patch(limits.requests, ...jsonBody(sizes.maxJsonBytes, sizes.maxJsonValues, turns), async (req, res) => {
      const change = parse(rest.updateRoomRequest, req.body);
      const token = bearerToken(req.get('authorization'));
      const view = await directory.update(req.params.roomId, token, change);
      await turns.take(view.code.length);
      res.json(shown(req, view));
    })
    .delete(limits.requests, async (req, res) => {
      await directory.remove(req.params.roomId, bearerToken(req.get('authorization')));
      res.status(204).end();
    })
    .all(otherMethods('GET', 'PATCH', 'DELETE'));

  return router;
}
