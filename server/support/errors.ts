/** Errors the whole house speaks: an expected refusal (AppError) and a broken promise of our own (invariant). */

/** Stable, machine-readable names of refusals; REST sends them as `code`, never reworded. */
export type ErrorCode =
  | 'bad-request'
  | 'not-found'
  | 'room-not-found'
  | 'room-gone'
  | 'room-taken'
  | 'room-full'
  | 'file-not-found'
  | 'file-exists'
  | 'forbidden'
  | 'foreign-origin'
  | 'method-not-allowed'
  | 'precondition-failed'
  | 'precondition-required'
  | 'too-large'
  | 'unsupported-media-type'
  | 'too-many-requests'
  | 'too-busy'
  | 'model-off'
  | 'model-paused'
  | 'model-failed'
  | 'storage-unavailable'
  | 'shutting-down'
  | 'internal';

const statusOf: Readonly<Record<ErrorCode, number>> = {
  'bad-request': 400,
  'not-found': 404,
  'room-not-found': 404,
  'room-gone': 410,
  'room-taken': 409,
  'room-full': 429,
  'file-not-found': 404,
  'file-exists': 409,
  forbidden: 403,
  'foreign-origin': 403,
  'method-not-allowed': 405,
  'precondition-failed': 412,
  'precondition-required': 428,
  'too-large': 413,
  'unsupported-media-type': 415,
  'too-many-requests': 429,
  'too-busy': 503,
  'model-off': 403,
  'model-paused': 503,
  'model-failed': 502,
  'storage-unavailable': 503,
  'shutting-down': 503,
  internal: 500,
};

/** A refusal that was foreseen: thrown where it is known, translated once at the door it leaves by. */
export class AppError extends Error {
  /** HTTP status that fits `code`. */
  readonly status: number;

  /**
   * @param code stable name of the refusal
   * @param detail one sentence for the person who asked, naming what was wrong; holds no secrets and no document text
   * @param options `cause` for the log; `extra` are members added to the problem document
   */
  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
    readonly options: { cause?: unknown; extra?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(detail, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'AppError';
    this.status = statusOf[code];
  }
}

/** Throws when one of our own promises does not hold. Give the values: the message is all that the log will show. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant: ${message}`);
}

/** Ends a `switch` over a union: a case added later does not compile until its readers are found. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${String(value)}`);
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
