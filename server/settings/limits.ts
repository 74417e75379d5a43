/**
 * The limits that an operator may set: sizes, rates, connections and deadlines, each with its default. Who passes one is told
 * which and how much. GUARANTEES.md lists what happens then, and which limits are fixed and why.
 */
import {
  DEFAULT_MAX_AUTOCOMPLETE_BYTES,
  DEFAULT_MAX_DOC_BYTES,
  DEFAULT_MAX_DOC_CLIENTS,
  DEFAULT_MAX_TEXT_BYTES,
} from '../contract/limits.js';
import { amount, type Values } from './setting.js';

const KIB = 1024;
const MIB = 1024 * KIB;
const DAY_S = 86_400;

/** Every limit. The order is that of `.env.example`. */
export const limitSettings = {
  // Documents.
  MAX_DOC_BYTES: amount(
    64 * KIB,
    256 * MIB,
    DEFAULT_MAX_DOC_BYTES,
    'Bytes of one encoded document. A frame that would pass it is refused to its sender; small edits pass up to 125 %.',
  ),
  MAX_TEXT_BYTES: amount(
    KIB,
    64 * MIB,
    DEFAULT_MAX_TEXT_BYTES,
    "Bytes of one file's text as UTF-8, by every door. The page itself takes 4 MiB at most.",
  ),
  MAX_DOC_CLIENTS: amount(
    1,
    1_000_000,
    DEFAULT_MAX_DOC_CLIENTS,
    'Client ids that may have written in one document: every page that ever did has one.',
  ),
  MAX_UNSAVED_BYTES: amount(
    64 * KIB,
    4096 * MIB,
    64 * MIB,
    'Bytes of changes of all rooms that wait for a database that is away; with more, edits are refused until it is back.',
  ),
  LOAD_TIMEOUT_SECONDS: amount(
    1,
    300,
    5,
    'Seconds that reading a room from the database may take; then whoever came is told to try again.',
  ),

  // Messages of one WebSocket.
  MAX_FRAME_BYTES: amount(64 * KIB, 256 * MIB, 8 * MIB, 'Bytes of one WebSocket sync frame.'),
  MAX_STATE_VECTOR_BYTES: amount(
    KIB,
    64 * MIB,
    256 * KIB,
    'Bytes of the state vector with which a Yjs client asks for what it lacks.',
  ),
  MAX_AWARENESS_BYTES: amount(
    128,
    64 * KIB,
    4 * KIB,
    "Bytes of one member's awareness state (name, colour, cursor) as JSON.",
  ),
  MAX_MESSAGE_FRAGMENTS: amount(1, MIB, 1024, 'Fragments that one WebSocket message may come in.'),
  MAX_BUFFERED_CHUNKS: amount(
    64,
    MIB,
    4096,
    'Packets of one WebSocket that may wait in memory for the rest of their message.',
  ),

  // Connections.
  MAX_ROOM_CLIENTS: amount(1, 100_000, 264, 'Members of one room, both doors together.'),
  MAX_CONNECTIONS: amount(1, 1_000_000, 5000, 'WebSockets of this process.'),
  FIRST_SYNC_SECONDS: amount(
    0,
    DAY_S,
    10,
    'Seconds within which a Yjs client must send its first sync message (stock ones do so at once). 0: no limit.',
  ),
  PING_SECONDS: amount(1, DAY_S, 20, 'Seconds of silence after which a WebSocket is pinged, and again.'),
  MAX_MISSED_PINGS: amount(
    1,
    100,
    1,
    'Pings in a row that a WebSocket may leave unanswered for PING_SECONDS each before it is ended.',
  ),

  // What one slow reader may cost.
  SLOW_READER_BYTES: amount(
    64 * KIB,
    256 * MIB,
    MIB,
    'Bytes waiting for a reader from which on it gets nothing but, when it has read them, one catch-up.',
  ),
  SLOW_READER_SECONDS: amount(1, DAY_S, 90, 'Seconds within which a slow reader must have read what waits.'),
  MAX_QUEUED_BYTES: amount(
    64 * KIB,
    1024 * MIB,
    8 * MIB,
    'Bytes that may wait for one reader beside its first sync; twice as many at the JSON door, which sends whole texts.',
  ),

  // REST.
  MAX_HEADER_BYTES: amount(2 * KIB, MIB, 16 * KIB, 'Bytes of the headers of one request.'),
  HEADERS_TIMEOUT_SECONDS: amount(
    1,
    300,
    5,
    'Seconds within which the headers of a request must be complete, and the first byte of a connection be there.',
  ),
  REQUEST_TIMEOUT_SECONDS: amount(
    1,
    3600,
    15,
    'Seconds within which a request must be complete, body included.',
  ),
  MAX_JSON_BYTES: amount(KIB, 64 * MIB, MIB, 'Bytes of a JSON body, where no text of a file is in it.'),
  MAX_JSON_VALUES: amount(
    100,
    1_000_000,
    50_000,
    'Values in a JSON body, lists and objects among them: 10,000 edits of a text have 40,000.',
  ),
  MAX_AUTOCOMPLETE_BYTES: amount(
    KIB,
    16 * MIB,
    DEFAULT_MAX_AUTOCOMPLETE_BYTES,
    'Bytes of the body of an autocomplete request.',
  ),
  MAX_HELD_BODY_BYTES: amount(
    MIB,
    64 * KIB * MIB,
    64 * MIB,
    'Bytes of request bodies over 1 MiB that may be in memory at once, of everybody together.',
  ),

  // Rates.
  RATE_LIMIT_MESSAGES_PER_SECOND: amount(
    0,
    1_000_000,
    200,
    'Messages a second of one WebSocket; faster ones are read later. 0: no rate at all, of bytes and questions neither.',
  ),
  RATE_LIMIT_MESSAGES_BURST: amount(1, 1_000_000, 400, 'Messages of one WebSocket at once after a pause.'),
  RATE_LIMIT_BYTES_PER_SECOND: amount(
    0,
    1024 * MIB,
    256 * KIB,
    'Bytes a second of one WebSocket; faster ones are read later. 0: no limit.',
  ),
  RATE_LIMIT_BYTES_BURST: amount(KIB, 4096 * MIB, 4 * MIB, 'Bytes of one WebSocket at once after a pause.'),
  RATE_LIMIT_QUESTIONS_PER_SECOND: amount(
    0,
    1_000_000,
    2,
    'Questions (SyncStep1) a second of one WebSocket, each of which may cost the whole document; faster ones are read later. 0: no limit.',
  ),
  RATE_LIMIT_QUESTIONS_BURST: amount(1, 1_000_000, 20, 'Questions of one WebSocket at once after a pause.'),
  RATE_LIMIT_AWARENESS_PER_SECOND: amount(
    1,
    1000,
    25,
    'How often a second a room sends on cursors when nobody types; in between only the newest is kept.',
  ),
  RATE_LIMIT_BAD_MESSAGES_PER_MINUTE: amount(
    1,
    1_000_000,
    20,
    'Refused messages a minute that end a connection at the JSON door. At the Yjs door the first one does.',
  ),
  RATE_LIMIT_CONNECTIONS_PER_IP: amount(
    0,
    1_000_000,
    100,
    'WebSockets open at once from one address (IPv6: one /64). 0: no limit, nor one on handshakes a second.',
  ),
  RATE_LIMIT_HANDSHAKES_PER_SECOND: amount(
    1,
    1_000_000,
    100,
    'WebSocket handshakes a second from one address (IPv6: one /64).',
  ),
  RATE_LIMIT_HANDSHAKES_BURST: amount(
    1,
    1_000_000,
    200,
    'WebSocket handshakes at once from one address after a pause.',
  ),
  RATE_LIMIT_REQUESTS_PER_MINUTE: amount(
    0,
    10_000_000,
    300,
    'REST requests a minute from one address. 0: no limit, autocomplete included.',
  ),
  RATE_LIMIT_ROOMS_PER_HOUR: amount(0, 10_000_000, 20, 'Rooms made an hour from one address. 0: no limit.'),
  RATE_LIMIT_MODEL_PER_MINUTE: amount(
    0,
    1_000_000,
    60,
    'Questions to the model a minute for one address; over it the local answer has to do. 0: no limit.',
  ),
  RATE_LIMIT_MODEL_AT_ONCE: amount(
    1,
    1000,
    2,
    'Questions to the model under way at once for one address; over it the local answer has to do.',
  ),
  RATE_LIMIT_MODEL_TOTAL_PER_MINUTE: amount(
    0,
    1_000_000,
    600,
    'Questions to the model a minute for everybody together: a bound on what it costs. 0: no limit.',
  ),
  RATE_LIMIT_LOG_LINES_PER_SECOND: amount(
    1,
    1_000_000,
    20,
    'Lines a second that one cause may write to the log; the next line says how many were left out.',
  ),
} as const;

const ms = (seconds: number): number => seconds * 1000;

/** The limits as the parts of the server take them. */
export function limitsOf(read: Values<typeof limitSettings>) {
  return {
    rooms: {
      maxDocBytes: read.MAX_DOC_BYTES,
      maxTextBytes: read.MAX_TEXT_BYTES,
      maxDocClients: read.MAX_DOC_CLIENTS,
      maxUnsavedBytes: read.MAX_UNSAVED_BYTES,
      loadTimeoutMs: ms(read.LOAD_TIMEOUT_SECONDS),
      awarenessPerSecond: read.RATE_LIMIT_AWARENESS_PER_SECOND,
    },
    sockets: {
      maxFrameBytes: read.MAX_FRAME_BYTES,
      maxStateVectorBytes: read.MAX_STATE_VECTOR_BYTES,
      maxAwarenessBytes: read.MAX_AWARENESS_BYTES,
      maxFragments: read.MAX_MESSAGE_FRAGMENTS,
      maxBufferedChunks: read.MAX_BUFFERED_CHUNKS,
      maxRoomClients: read.MAX_ROOM_CLIENTS,
      maxConnections: read.MAX_CONNECTIONS,
      /** 0: no deadline. */
      firstSyncMs: ms(read.FIRST_SYNC_SECONDS),
      pingMs: ms(read.PING_SECONDS),
      maxMissedPings: read.MAX_MISSED_PINGS,
      slowReaderBytes: read.SLOW_READER_BYTES,
      slowReaderMs: ms(read.SLOW_READER_SECONDS),
      maxQueuedBytes: read.MAX_QUEUED_BYTES,
      /** 0: no limit on what a socket sends. */
      messagesPerSecond: read.RATE_LIMIT_MESSAGES_PER_SECOND,
      messagesBurst: read.RATE_LIMIT_MESSAGES_BURST,
      /** 0: no limit. */
      bytesPerSecond: read.RATE_LIMIT_BYTES_PER_SECOND,
      bytesBurst: read.RATE_LIMIT_BYTES_BURST,
      /** 0: no limit. */
      questionsPerSecond: read.RATE_LIMIT_QUESTIONS_PER_SECOND,
      questionsBurst: read.RATE_LIMIT_QUESTIONS_BURST,
      badMessagesPerMinute: read.RATE_LIMIT_BAD_MESSAGES_PER_MINUTE,
      /** Open at once from one network; 0: no limit, nor one on handshakes. */
      connectionsPerIp: read.RATE_LIMIT_CONNECTIONS_PER_IP,
      handshakesPerSecond: read.RATE_LIMIT_HANDSHAKES_PER_SECOND,
      handshakesBurst: read.RATE_LIMIT_HANDSHAKES_BURST,
    },
    http: {
      maxHeaderBytes: read.MAX_HEADER_BYTES,
      headersTimeoutMs: ms(read.HEADERS_TIMEOUT_SECONDS),
      requestTimeoutMs: ms(read.REQUEST_TIMEOUT_SECONDS),
      maxTextBytes: read.MAX_TEXT_BYTES,
      maxJsonBytes: read.MAX_JSON_BYTES,
      maxJsonValues: read.MAX_JSON_VALUES,
      maxAutocompleteBytes: read.MAX_AUTOCOMPLETE_BYTES,
      maxHeldBodyBytes: read.MAX_HELD_BODY_BYTES,
      /** 0: no limit. */
      requestsPerMinute: read.RATE_LIMIT_REQUESTS_PER_MINUTE,
      /** 0: no limit. */
      roomsPerHour: read.RATE_LIMIT_ROOMS_PER_HOUR,
    },
    logLinesPerSecond: read.RATE_LIMIT_LOG_LINES_PER_SECOND,
  } as const;
}

export type Limits = Readonly<ReturnType<typeof limitsOf>>;
/** What rooms may hold. */
export type RoomLimits = Readonly<Limits['rooms']>;
/** What WebSockets may send, and cost. */
export type SocketLimits = Readonly<Limits['sockets']>;
/** What requests may be. */
export type HttpLimits = Readonly<Limits['http']>;
