/** The OpenAPI 3.1 document, made from the shapes in contract/rest.ts. A test holds it equal to the routes there are. */
import { STATUS_CODES } from 'node:http';
import { OpenApiGeneratorV31, OpenAPIRegistry, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';

import {
  DEFAULT_MAX_AUTOCOMPLETE_BYTES,
  MAX_NAME_LENGTH,
  DEFAULT_MAX_TEXT_BYTES,
} from '../contract/limits.js';
import * as rest from '../contract/rest.js';

const json = (description: string, schema: z.ZodType) => ({
  description,
  content: { 'application/json': { schema } },
});

/** What each refusal means, and what one looks like: code and detail as they are sent. */
const refusals: Readonly<Record<number, readonly [description: string, code: string, detail: string]>> = {
  400: [
    'The request is not as described here; `detail` names what is wrong.',
    'bad-request',
    'cursorPosition: must be a whole number, 0 or more',
  ],
  403: [
    'The owner token is missing or is not this room’s. Of autocomplete: the model alone was asked, and none may be.',
    'forbidden',
    'Send the owner token of this room as "Authorization: Bearer …"',
  ],
  404: ['There is no room with this id, or no such file in it.', 'room-not-found', 'Room not found'],
  409: [
    'The room id is in use, or belonged to a room that was deleted; or there is a file of this path.',
    'room-taken',
    'The room id demo is taken',
  ],
  410: ['The room was deleted; its id is never given again.', 'room-gone', 'This room was deleted'],
  412: [
    'If-Match names another text than the one there is; the `ETag` of this answer names that one.',
    'precondition-failed',
    'The text is not the one that If-Match names: read it again and try again',
  ],
  413: [
    'The body, or a text in it, is too large; `detail` names the limit.',
    'too-large',
    `The body is over the ${DEFAULT_MAX_TEXT_BYTES} bytes that this path takes`,
  ],
  415: [
    'The body has another content type or encoding than is read here.',
    'unsupported-media-type',
    'Send the body as Content-Type: application/json',
  ],
  428: [
    'If-Match is missing.',
    'precondition-required',
    'Send If-Match with the ETag of the text that the edits speak of',
  ],
  429: [
    'Asked too often, or too many large bodies are held at once; see Retry-After.',
    'too-many-requests',
    'More than 300 requests in a minute; try again in 20 s',
  ],
  502: [
    'The model alone was asked, and gave no usable answer in time.',
    'model-failed',
    'The model gave no usable answer',
  ],
  503: [
    'The database cannot be reached, or the server is busy or stopping; see Retry-After.',
    'storage-unavailable',
    'The database is not available: reading a room failed',
  ],
};

const problems = (...statuses: number[]): RouteConfig['responses'] =>
  Object.fromEntries(
    statuses.map((status) => {
      const [description = '', code = '', detail = ''] = refusals[status] ?? [];
      const example = {
        type: 'about:blank',
        title: STATUS_CODES[status] ?? '',
        status,
        detail,
        code,
        instance: 'urn:uuid:9f0c7c0e-5b0f-4a54-8a83-0a5b1f0a1a11',
      };
      return [
        status,
        { description, content: { 'application/problem+json': { schema: rest.problem, example } } },
      ];
    }),
  );

const roomPath = z.object({ roomId: rest.roomId });
const filePath = roomPath.extend({
  fileId: z.string().meta({ description: 'Id of a file, or its path with "/" as %2F.', example: 'main' }),
});
/** Which file a text is of. */
const whichFile = {
  name: 'file',
  in: 'query' as const,
  required: false,
  description: 'Id or path of the file; the first one when left out.',
  schema: { type: 'string' as const },
  example: 'src/util.js',
};
const ownerToken = [{ ownerToken: [] }];
const etag = {
  ETag: { description: 'Strong tag of the text.', schema: { type: 'string' as const } },
};
const ifMatch = (description: string, required: boolean) => ({
  name: 'If-Match',
  in: 'header' as const,
  required,
  description,
  schema: { type: 'string' as const },
});
const plainText = {
  'text/plain': {
    schema: z
      .string()
      .describe(
        `At most ${DEFAULT_MAX_TEXT_BYTES} bytes of UTF-8, unless the operator said otherwise; line ends become LF.`,
      ),
    example: 'print("hello")\n',
  },
};

const createRoom = {
  method: 'post',
  request: { body: { required: false, content: { 'application/json': { schema: rest.createRoomRequest } } } },
  parameters: [
    {
      name: 'x-username',
      in: 'header',
      required: false,
      description: 'Who makes the room; not verified.',
      schema: { type: 'string', maxLength: MAX_NAME_LENGTH },
    },
    {
      name: 'x-usermail',
      in: 'header',
      required: false,
      description: 'Accepted and not kept.',
      schema: { type: 'string' },
    },
  ],
  responses: {
    201: {
      ...json('The room. Its owner token is shown this once.', rest.createdRoom),
      headers: { Location: { description: 'The room in the API.', schema: { type: 'string' } } },
    },
    ...problems(400, 409, 413, 415, 429, 503),
  },
} satisfies Omit<RouteConfig, 'path'>;

const routes: readonly RouteConfig[] = [
  { ...createRoom, path: '/rooms', tags: ['rooms'], summary: 'Make a room', operationId: 'createRoom' },
  {
    ...createRoom,
    path: '/rooms/create',
    tags: ['rooms'],
    summary: 'Make a room (the same as POST /rooms)',
    operationId: 'createRoomToo',
  },
  {
    method: 'get',
    path: '/rooms/{roomId}',
    tags: ['rooms'],
    summary: 'Read a room, with its text as it is now',
    operationId: 'getRoom',
    request: { params: roomPath },
    responses: { 200: json('The room.', rest.room), ...problems(400, 404, 410, 429, 503) },
  },
  {
    method: 'patch',
    path: '/rooms/{roomId}',
    tags: ['rooms'],
    summary: 'Change name, language, or whether a model may be asked',
    operationId: 'updateRoom',
    security: ownerToken,
    request: {
      params: roomPath,
      body: { required: true, content: { 'application/json': { schema: rest.updateRoomRequest } } },
    },
    responses: {
      200: json('The room as it is now.', rest.room),
      ...problems(400, 403, 404, 410, 413, 415, 429, 503),
    },
  },
  {
    method: 'delete',
    path: '/rooms/{roomId}',
    tags: ['rooms'],
    summary: 'Delete a room for ever; its members are sent away',
    operationId: 'deleteRoom',
    security: ownerToken,
    request: { params: roomPath },
    responses: { 204: { description: 'Deleted.' }, ...problems(400, 403, 404, 410, 429, 503) },
  },
  {
    method: 'get',
    path: '/rooms/{roomId}/files',
    tags: ['files'],
    summary: 'List the files of a room',
    operationId: 'listFiles',
    request: { params: roomPath },
    responses: { 200: json('The files.', rest.fileList), ...problems(400, 404, 410, 429, 503) },
  },
  {
    method: 'post',
    path: '/rooms/{roomId}/files',
    tags: ['files'],
    summary: 'Make a file',
    operationId: 'createFile',
    request: {
      params: roomPath,
      body: { required: true, content: { 'application/json': { schema: rest.createFileRequest } } },
    },
    responses: {
      201: {
        ...json('Made, and durable.', rest.file),
        headers: { Location: { description: 'The file.', schema: { type: 'string' } } },
      },
      ...problems(400, 404, 409, 410, 413, 415, 429, 503),
    },
  },
  {
    method: 'get',
    path: '/rooms/{roomId}/files.zip',
    tags: ['files'],
    summary: 'All files of a room as a zip',
    operationId: 'downloadFiles',
    request: { params: roomPath },
    responses: {
      200: {
        description: 'The zip.',
        content: { 'application/zip': { schema: { type: 'string', format: 'binary' } } },
      },
      ...problems(400, 404, 410, 429, 503),
    },
  },
  {
    method: 'get',
    path: '/rooms/{roomId}/files/{fileId}',
    tags: ['files'],
    summary: 'Look a file up',
    operationId: 'getFile',
    request: { params: filePath },
    responses: { 200: json('The file.', rest.file), ...problems(400, 404, 410, 429, 503) },
  },
  {
    method: 'patch',
    path: '/rooms/{roomId}/files/{fileId}',
    tags: ['files'],
    summary: 'Rename a file, or choose its language',
    operationId: 'updateFile',
    request: {
      params: filePath,
      body: { required: true, content: { 'application/json': { schema: rest.updateFileRequest } } },
    },
    responses: {
      200: json('The file as it is now; the change is durable.', rest.file),
      ...problems(400, 404, 409, 410, 413, 415, 429, 503),
    },
  },
  {
    method: 'delete',
    path: '/rooms/{roomId}/files/{fileId}',
    tags: ['files'],
    summary: 'Delete a file; members can restore it',
    operationId: 'deleteFile',
    request: { params: filePath },
    responses: { 204: { description: 'Deleted, and durable.' }, ...problems(400, 404, 410, 429, 503) },
  },
  {
    method: 'get',
    path: '/rooms/{roomId}/text',
    tags: ['text'],
    summary: 'Read the text of a file',
    operationId: 'getText',
    request: { params: roomPath },
    parameters: [
      whichFile,
      {
        name: 'If-None-Match',
        in: 'header',
        required: false,
        description: 'ETag of the text you have: 304 when it is still that.',
        schema: { type: 'string' },
      },
    ],
    responses: {
      200: { description: 'The text.', headers: etag, content: plainText },
      304: { description: 'The text is the one that If-None-Match names.', headers: etag },
      ...problems(400, 404, 410, 429, 503),
    },
  },
  {
    method: 'put',
    path: '/rooms/{roomId}/text',
    tags: ['text'],
    summary: 'Replace the text, by the least edits that make it',
    operationId: 'replaceText',
    request: { params: roomPath, body: { required: true, content: plainText } },
    parameters: [
      whichFile,
      ifMatch('Replace only the text with this ETag; without it, whatever is there.', false),
    ],
    responses: {
      204: { description: 'Replaced, and durable.', headers: etag },
      ...problems(400, 404, 410, 412, 413, 415, 429, 503),
    },
  },
  {
    method: 'patch',
    path: '/rooms/{roomId}/text',
    tags: ['text'],
    summary: 'Edit the text: ascending, disjoint edits of the text that If-Match names',
    operationId: 'editText',
    request: {
      params: roomPath,
      body: { required: true, content: { 'application/json': { schema: rest.textEdits } } },
    },
    parameters: [
      whichFile,
      ifMatch('ETag of the text that the edits speak of; * for whatever is there.', true),
    ],
    responses: {
      204: { description: 'Edited, and durable.', headers: etag },
      ...problems(400, 404, 410, 412, 413, 415, 428, 429, 503),
    },
  },
  {
    method: 'post',
    path: '/autocomplete',
    tags: ['autocomplete'],
    summary: 'What to insert at the cursor',
    description: [
      `The body may have ${DEFAULT_MAX_AUTOCOMPLETE_BYTES} bytes, unless the operator said otherwise. The suggestion never repeats text on either side of the cursor.`,
      'Where a model is configured, the answer comes when the model has answered, and after 3 s at most; it is the better of the two, and `source` says whose. With `Accept: application/x-ndjson` the local answer comes at once in a line of its own, and the better one in a second line.',
      'With `sources: ["local"]` no model is asked. With `["model"]` the local engine is not, and what goes wrong with the model is refused with 502 `model-failed`, 503 `model-paused`, 403 `model-off` or 429.',
      'With `roomId` other files of the room are looked at, and nothing is sent to a model when the room’s owner has switched that off.',
    ].join('\n\n'),
    operationId: 'autocomplete',
    request: {
      body: { required: true, content: { 'application/json': { schema: rest.autocompleteRequest } } },
    },
    responses: {
      200: {
        description: 'A suggestion; empty when nothing is likely.',
        content: {
          'application/json': { schema: rest.completion },
          'application/x-ndjson': {
            schema: z.string().describe('One or two lines, each a Completion as JSON.'),
            example:
              '{"suggestion":"():","confidence":0.8,"source":"local","model":"asking"}\n' +
              '{"suggestion":"(name):\\n    print(name)","confidence":0.8,"source":"model","model":"answered"}\n',
          },
        },
      },
      ...problems(400, 403, 404, 410, 413, 415, 429, 502, 503),
    },
  },
  {
    method: 'get',
    path: '/autocomplete',
    tags: ['autocomplete'],
    summary: 'Who answers: the model that is asked, if any, and where text is sent',
    operationId: 'autocompleteInfo',
    responses: { 200: json('Who answers.', rest.autocompleteInfo), ...problems(429) },
  },
  {
    method: 'get',
    path: '/liveness',
    tags: ['status'],
    summary: 'Whether the process runs',
    operationId: 'liveness',
    responses: { 200: json('The process runs.', rest.liveness) },
  },
  {
    method: 'get',
    path: '/health',
    tags: ['status'],
    summary: 'Whether process and database can be used',
    operationId: 'health',
    responses: {
      200: json('Both can be used.', rest.health),
      503: {
        description:
          'The database cannot be used, or the server is stopping; `status` and `database` say which.',
        content: {
          'application/json': {
            schema: rest.health,
            example: {
              status: 'unavailable',
              database: 'unreachable',
              unsavedRooms: 2,
              unsavedBytes: 1312,
              failingSince: '2026-01-31T12:00:00.000Z',
            },
          },
        },
      },
    },
  },
  {
    method: 'get',
    path: '/metrics',
    tags: ['status'],
    summary: 'Figures for Prometheus',
    description: 'With `METRICS_TOKEN` set, send it as `Authorization: Bearer …`.',
    operationId: 'metrics',
    security: [{}, { metricsToken: [] }],
    responses: {
      200: {
        description: 'Prometheus’ text form.',
        content: {
          'text/plain': { schema: z.string(), example: '# TYPE coderoom_rooms gauge\ncoderoom_rooms 3\n' },
        },
      },
      403: {
        description: 'The token is missing or is not METRICS_TOKEN.',
        content: { 'application/problem+json': { schema: rest.problem } },
      },
      ...problems(429),
    },
  },
  {
    method: 'get',
    path: '/version',
    tags: ['status'],
    summary: 'What runs here',
    operationId: 'version',
    responses: { 200: json('Name and version.', rest.version), ...problems(429) },
  },
];

export type OpenApiDocument = ReturnType<OpenApiGeneratorV31['generateDocument']>;

export function openApiDocument(version: string): OpenApiDocument {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'ownerToken', {
    type: 'http',
    scheme: 'bearer',
    description: '`ownerToken` of the answer that made the room.',
  });
  registry.registerComponent('securitySchemes', 'metricsToken', {
    type: 'http',
    scheme: 'bearer',
    description: '`METRICS_TOKEN` of the server, when it has one.',
  });
  for (const route of routes) registry.registerPath(route);
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Coderoom',
      version,
      description: [
        'Live code rooms. Everything here is served at `/` and at `/api/v1` alike.',
        'To follow a room while it is edited, use a WebSocket: Yjs clients connect to `/sync/{roomId}` and JSON clients to `/ws/{roomId}`; the links of a room hold both.',
        'Whoever knows a room id may read and edit its text. Changing its name or language and deleting it need the owner token that the answer of `POST /rooms` shows once, as `Authorization: Bearer …`.',
        'Offsets count UTF-16 units, as JavaScript does. Refusals are `application/problem+json`: `code` never changes its meaning, `detail` is for people.',
      ].join('\n\n'),
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/api/v1' }, { url: '/' }],
    tags: [
      { name: 'rooms', description: 'Make, read, change and delete rooms' },
      { name: 'files', description: 'The files of a room' },
      { name: 'text', description: 'The text of a file' },
      { name: 'autocomplete', description: 'Completion at the cursor' },
      { name: 'status', description: 'For orchestrators and operators' },
    ],
  });
}
