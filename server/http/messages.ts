/**
 * Requests and answers as Express wants them, from their making on. Express gives each another prototype when it comes, and what that was done to
 * V8 does not let go with the young generation: everything that a request held would stay until the whole heap is collected.
 */
import { IncomingMessage, ServerResponse, type ServerOptions } from 'node:http';
import type { Express } from 'express';

/** For `createServer`, beside the app: it finds the prototypes that it would set. Call it once for an app. */
export function messagesOf(app: Express) {
  class AppRequest extends IncomingMessage {}
  class AppResponse<Request extends IncomingMessage> extends ServerResponse<Request> {}
  Object.setPrototypeOf(AppRequest.prototype, app.request);
  Object.setPrototypeOf(AppResponse.prototype, app.response);
  Object.assign(app, { request: AppRequest.prototype, response: AppResponse.prototype });
  return { IncomingMessage: AppRequest, ServerResponse: AppResponse } satisfies ServerOptions;
}
