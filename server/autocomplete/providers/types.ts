/** The words between the model's client and what is built upon it. */

/** How a model's server is asked; see dialects.ts. */
export type Dialect = 'fim' | 'fim-tokens' | 'chat';

export interface ModelSettings {
  /** OpenAI-compatible base without a slash at its end. Fixed by the operator; nothing a client sends reaches it. */
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey: string | null;
  readonly dialect: Dialect;
  /** Questions a minute for one client, and for all together; 0: no limit. */
  readonly perClientPerMinute: number;
  readonly perMinute: number;
  /** Questions of one client under way at once. */
  readonly perClientAtOnce: number;
}

/** What a model is shown: the text on both sides of the cursor, and nothing else of the room. */
export interface Gap {
  readonly prefix: string;
  readonly suffix: string;
  readonly language: string;
}

export type FaultKind =
  /** No connection, or it broke. */
  | 'unreachable'
  | 'timeout'
  /** The server answered 3xx: never followed. */
  | 'redirect'
  /** 401 or 403: the key is wrong. */
  | 'denied'
  /** 429: quota or rate. */
  | 'quota'
  /** Any other status. */
  | 'status'
  | 'too-large'
  /** Not JSON, or not of the shape that the dialect has. */
  | 'unreadable'
  /** The host has a link-local address, where clouds keep their credentials. */
  | 'forbidden-address';

/** The model's server did not do what it should. The message holds no key, no prompt and nothing of the answer. */
export class ModelFault extends Error {
  constructor(
    readonly kind: FaultKind,
    message: string,
    /** When the server said to come back; null: it did not. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(message);
    this.name = 'ModelFault';
  }
}
