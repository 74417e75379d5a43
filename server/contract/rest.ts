/**
 * The shapes of REST: what a body must look like and what an answer looks like, as zod schemas from which the types, the
 * checks and the OpenAPI document come. The page imports the types alone, so that zod stays out of its bundle.
 */
import { z } from 'zod';

import { LANGUAGE_ID_PATTERN } from './languages.js';
import { MAX_FILE_NAME_LENGTH, MAX_NAME_LENGTH, ROOM_ID_PATTERN } from './limits.js';
import { pathFault, pathFaultText, tidyPath } from './paths.js';

const LONE_SURROGATE = /\p{Surrogate}/u;
// eslint-disable-next-line no-control-regex -- control characters are exactly what a name may not hold
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** Line ends as the shared document has them: `\r\n` and `\r` become `\n`. */
export function toLf(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

/** Bytes of the text as UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // A surrogate pair is four bytes: two units with one more each.
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

/** True for a text of more than so many bytes as UTF-8. One that is much longer is not counted. */
export function isOver(text: string, maxBytes: number): boolean {
  return text.length > maxBytes || utf8Length(text) > maxBytes;
}

/** Why a text cannot be kept, as the end of a sentence that begins with its name; null when it can. Size is judged elsewhere. */
export function textFault(text: string): string | null {
  if (text.includes('\0')) return 'must not contain the character U+0000';
  if (LONE_SURROGATE.test(text)) return 'must not contain half of a surrogate pair';
  return null;
}

const wellFormed = (text: string, context: z.RefinementCtx): void => {
  const fault = textFault(text);
  if (fault !== null) context.addIssue({ code: 'custom', message: fault });
};

/** A file's text: well-formed, line ends made LF. Size is judged elsewhere. */
const text = z.string({ error: 'must be text' }).superRefine(wellFormed).transform(toLf);

export const languageId = z
  .string({ error: 'must be text' })
  .trim()
  .toLowerCase()
  .regex(
    LANGUAGE_ID_PATTERN,
    'must be a language id such as "python" or "c++": 1 to 40 letters, digits, spaces or . + # / _ -, starting with a letter or digit',
  )
  .meta({ description: 'Short lower-case name of a language.', example: 'python' });

export const roomId = z
  .string({ error: 'must be text' })
  .regex(ROOM_ID_PATTERN, 'must be 1 to 64 letters, digits, "_" or "-"')
  .meta({
    description: 'Name of a room in links and paths.',
    example: '550e8400-e29b-41d4-a716-446655440000',
  });

/** A person's or a room's name: one line, trimmed; an empty one is none. */
export const displayName = z
  .string({ error: 'must be text' })
  .trim()
  .max(MAX_NAME_LENGTH, `must be at most ${MAX_NAME_LENGTH} characters`)
  .superRefine((value, context) => {
    wellFormed(value, context);
    if (!value.includes('\0') && CONTROL.test(value)) {
      context.addIssue({ code: 'custom', message: 'must not contain control characters' });
    }
  })
  .transform((value) => (value === '' ? null : value));

/** Body of `POST /rooms`; every member may be missing or null. */
export const createRoomRequest = z
  .strictObject({
    language: languageId.nullish(),
    initial_code: text.nullish().describe('Text of the first file.'),
    initialCode: text.nullish().describe('The same as initial_code.'),
    roomId: roomId.nullish().describe('An id of your own; otherwise a UUID is drawn.'),
    name: displayName.nullish(),
  })
  .superRefine((body, context) => {
    const { initial_code, initialCode } = body;
    if (typeof initial_code === 'string' && typeof initialCode === 'string' && initial_code !== initialCode) {
      context.addIssue({
        code: 'custom',
        path: ['initial_code'],
        message: 'differs from initialCode: give one of them',
      });
    }
  })
  .meta({
    id: 'CreateRoomRequest',
    example: { language: 'python', initial_code: '# Start coding here...\n' },
  });

const aiEnabled = z
  .boolean({ error: 'must be true or false' })
  .describe('Whether text of this room may be sent to the model that the server asks, if there is one.');

/** Body of `PATCH /rooms/:roomId`. */
export const updateRoomRequest = z
  .strictObject({
    name: displayName.nullable().optional().describe('null or an empty text takes the name away.'),
    language: languageId.optional(),
    aiEnabled: aiEnabled.optional(),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), {
    message: 'give name, language or aiEnabled',
  })
  .meta({ id: 'UpdateRoomRequest', example: { name: 'Interview', language: 'python' } });

const offset = (what: string) =>
  z
    .int({ error: 'must be a whole number' })
    .min(0, 'must be 0 or more')
    .max(2 ** 31 - 1, 'is too large')
    .describe(what);

/** Body of `PATCH /rooms/:roomId/text`: ascending, disjoint edits of the text that If-Match names. */
export const textEdits = z
  .array(
    z.strictObject({
      at: offset('Where, in UTF-16 units of the text before all edits.'),
      delete: offset('How many UTF-16 units go away.').default(0),
      insert: text.default('').describe('What comes in their place.'),
    }),
    { error: 'must be a list of edits' },
  )
  .max(10_000, 'must have at most 10000 edits')
  .meta({ id: 'TextEdits', example: [{ at: 0, delete: 0, insert: '# hello\n' }] });

const filePath = z
  .string({ error: 'must be text' })
  .transform(tidyPath)
  .superRefine((value, context) => {
    const fault = pathFault(value);
    if (fault !== null) context.addIssue({ code: 'custom', message: pathFaultText[fault] });
  })
  .meta({
    description: 'Relative, with "/" between folders; unlike that of every other file.',
    example: 'src/util.js',
  });

/** Body of `POST /rooms/:roomId/files`. */
export const createFileRequest = z
  .strictObject({
    path: filePath,
    text: text.nullish().describe('Empty unless given.'),
    language: languageId.nullish().describe('Only when it is another than the name says.'),
  })
  .meta({ id: 'CreateFileRequest', example: { path: 'src/util.js', text: 'export {};\n' } });

/** Body of `PATCH /rooms/:roomId/files/:fileId`. */
export const updateFileRequest = z
  .strictObject({ path: filePath.optional(), language: languageId.optional() })
  .refine((body) => body.path !== undefined || body.language !== undefined, {
    message: 'give path, language or both',
  })
  .meta({ id: 'UpdateFileRequest', example: { path: 'lib/util.js' } });

const completionSource = z.enum(['local', 'model'], { error: 'must be "local" or "model"' });

/** Body of `POST /autocomplete`. */
export const autocompleteRequest = z
  .strictObject({
    code: z.string({ error: 'must be text' }).superRefine(wellFormed).describe('The whole text of the file.'),
    cursorPosition: z
      .int({ error: 'must be a whole number, 0 or more' })
      .min(0, 'must be 0 or more')
      .describe('Where the cursor is, in UTF-16 units; one past the end counts as the end.'),
    language: languageId.nullish(),
    roomId: roomId
      .nullish()
      .describe('The room that the text is of: its other files are looked at, and its owner’s word is kept.'),
    file: z
      .string({ error: 'must be text' })
      .max(MAX_FILE_NAME_LENGTH, `must be at most ${MAX_FILE_NAME_LENGTH} characters`)
      .nullish()
      .describe('Id of the file of that room that the text is; "main" unless given.'),
    client: z
      .string({ error: 'must be text' })
      .max(64, 'must be at most 64 characters')
      .nullish()
      .describe(
        'Who asks, in your own words: your question that still waits is answered with nothing when the next comes.',
      ),
    sources: z
      .array(completionSource, { error: 'must be a list' })
      .min(1, 'must name a source')
      .nullish()
      .describe('Who may be asked; both unless given. The model is asked only where one is configured.'),
  })
  .meta({
    id: 'AutocompleteRequest',
    example: { code: 'def hello', cursorPosition: 9, language: 'python' },
  });

export const roomLinks = z
  .strictObject({
    page: z.string().describe('The page to open in a browser.'),
    api: z.string().describe('This room in the API.'),
    sync: z.string().describe('WebSocket of Yjs clients.'),
    ws: z.string().describe('WebSocket of JSON clients.'),
  })
  .meta({ id: 'RoomLinks' });

const exampleRoom = {
  roomId: '550e8400-e29b-41d4-a716-446655440000',
  id: '550e8400-e29b-41d4-a716-446655440000',
  code: '# Start coding here...\n',
  language: 'python',
  name: null,
  createdAt: '2026-01-31T12:00:00.000Z',
  links: {
    page: 'https://code.example.org/r/550e8400-e29b-41d4-a716-446655440000',
    api: 'https://code.example.org/api/v1/rooms/550e8400-e29b-41d4-a716-446655440000',
    sync: 'wss://code.example.org/sync/550e8400-e29b-41d4-a716-446655440000',
    ws: 'wss://code.example.org/ws/550e8400-e29b-41d4-a716-446655440000',
  },
};

const roomMembers = {
  roomId,
  id: roomId.describe('The same as roomId.'),
  code: z.string().describe('The text of the first file as it is now.'),
  language: z.string().describe('Language id of the first file.'),
  name: z.string().nullable().describe('What people call the room; null: nothing.'),
  createdAt: z.iso.datetime(),
  links: roomLinks,
};

/** Answer of `POST /rooms`. */
export const createdRoom = z
  .strictObject({
    ...roomMembers,
    ownerToken: z.string().describe('Needed to change or delete the room. Shown this once.'),
  })
  .meta({
    id: 'CreatedRoom',
    example: { ...exampleRoom, ownerToken: '8fXV7HWDBAoJBG1jXQWAqC8AkukL6gIc1I5Ol6np8Lc' },
  });

/** Answer of `GET /rooms/:roomId` and of `PATCH`. */
export const room = z
  .strictObject({
    ...roomMembers,
    updatedAt: z.iso.datetime().describe('When the document was last changed.'),
    createdBy: z.string().nullable().describe('x-username of whoever made the room; not verified.'),
    users: z.int().min(0).describe('Connections in the room now.'),
    aiEnabled,
  })
  .meta({ id: 'Room', example: { ...exampleRoom, createdBy: 'rahul', users: 2, aiEnabled: true } });

const exampleFile = {
  id: 'k3v9m2tq0x7c',
  path: 'src/util.js',
  language: 'javascript',
  recovered: false,
  size: 11,
  etag: '"vPuHrBM7vPuHrBM7vPuHrBM7vPuHrBM7"',
};

/** One file, as REST tells of it. */
export const file = z
  .strictObject({
    id: z.string().describe('Stays the same when the file is renamed; the first file is "main".'),
    path: z.string().describe('As shown: two files of one path are told apart by a number.'),
    language: z.string(),
    recovered: z.boolean().describe('It was deleted while somebody typed in it, or never had a name.'),
    size: z.int().min(0).describe('Bytes of the text as UTF-8.'),
    etag: z.string().describe('Strong tag of the text, as `GET …/text?file=` sends it.'),
  })
  .meta({ id: 'File', example: exampleFile });

/** Answer of `GET /rooms/:roomId/files`. */
export const fileList = z
  .strictObject({
    files: z.array(file).describe('By path.'),
    documentBytes: z.int().min(0).describe('Encoded bytes of the whole document, about.'),
    maxDocumentBytes: z.int().min(0).describe('How many it may have.'),
  })
  .meta({
    id: 'FileList',
    example: { files: [exampleFile], documentBytes: 1024, maxDocumentBytes: 8388608 },
  });

/** Answer of `POST /autocomplete`. */
export const completion = z
  .strictObject({
    suggestion: z.string().describe('Exactly what to insert at the cursor; empty when nothing is likely.'),
    confidence: z.number().min(0).max(1),
    source: completionSource.describe('Where the suggestion comes from.'),
    alternatives: z.array(z.string()).describe('Other insertions, best first.').optional(),
    model: z
      .enum(['asking', 'answered', 'failed', 'limited', 'paused', 'off'])
      .describe(
        'How it went with the model, where one is configured and wanted. asking: another line follows; failed: no usable answer in time; limited: this client, or all, asked too often; paused: it failed too often and is left alone; off: the room’s owner does not want it.',
      )
      .optional(),
    retryAfter: z.int().min(1).describe('With paused and limited: seconds until it may be asked.').optional(),
  })
  .meta({
    id: 'Completion',
    example: { suggestion: '():', confidence: 0.8, source: 'local' },
  });

/** Answer of `GET /autocomplete`. */
export const autocompleteInfo = z
  .strictObject({
    model: z
      .strictObject({
        name: z.string().describe('What the model is called.'),
        host: z.string().describe('Where text around the cursor is sent.'),
      })
      .nullable()
      .describe('null: the server answers itself, and nothing leaves it.'),
  })
  .meta({
    id: 'AutocompleteInfo',
    example: { model: { name: 'qwen2.5-coder:1.5b', host: '127.0.0.1:11434' } },
  });

/** Answer of `GET /liveness`. */
export const liveness = z.strictObject({ status: z.literal('ok') }).meta({ id: 'Liveness' });

/** Answer of `GET /health`, with 200 when `status` is ok and 503 otherwise. */
export const health = z
  .strictObject({
    status: z.enum(['ok', 'unavailable', 'draining']),
    database: z
      .enum(['ok', 'unreachable', 'failing'])
      .describe('failing: it answers, and edits cannot be written.'),
    unsavedRooms: z.int().min(0).describe('Rooms with edits that are not in the database yet.'),
    unsavedBytes: z.int().min(0),
    failingSince: z.iso.datetime().nullable().describe('Since when edits cannot be written.'),
  })
  .meta({
    id: 'Health',
    example: { status: 'ok', database: 'ok', unsavedRooms: 0, unsavedBytes: 0, failingSince: null },
  });

/** Answer of `GET /version`. */
export const version = z
  .strictObject({ name: z.string(), version: z.string(), commit: z.string().optional() })
  .meta({ id: 'Version', example: { name: 'coderoom', version: '0.1.0' } });

/** Every refusal (RFC 9457). `code` is stable; `detail` is a sentence for people. */
export const problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    instance: z.string().describe('Names this request in the log.'),
    closedAt: z.iso.datetime().optional().describe('With `room-gone`: when the room was deleted.'),
  })
  .meta({
    id: 'Problem',
    example: {
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'Room not found',
      code: 'room-not-found',
      instance: 'urn:uuid:9f0c7c0e-5b0f-4a54-8a83-0a5b1f0a1a11',
    },
  });

export type CreateRoomRequest = z.input<typeof createRoomRequest>;
export type UpdateRoomRequest = z.input<typeof updateRoomRequest>;
export type TextEditsRequest = z.input<typeof textEdits>;
export type AutocompleteRequest = z.input<typeof autocompleteRequest>;
export type RoomLinks = z.infer<typeof roomLinks>;
export type CreatedRoom = z.infer<typeof createdRoom>;
export type Room = z.infer<typeof room>;
export type File = z.infer<typeof file>;
export type FileList = z.infer<typeof fileList>;
export type Completion = z.infer<typeof completion>;
export type CompletionSource = z.infer<typeof completionSource>;
export type AutocompleteInfo = z.infer<typeof autocompleteInfo>;
export type Liveness = z.infer<typeof liveness>;
export type Health = z.infer<typeof health>;
export type Version = z.infer<typeof version>;
export type Problem = z.infer<typeof problem>;
