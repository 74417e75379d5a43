/** One request to our own server. Refusals become ApiError; a server that cannot be reached becomes ApiError 0. */

export class ApiError extends Error {
  /**
   * @param status HTTP status; 0 when no answer came
   * @param code stable name of the refusal, or 'unreachable' / 'unreadable'
   * @param detail the server's sentence for people
   * @param closedAt when the room was closed, ms since the epoch; null when this is not about that
   */
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly closedAt: number | null = null,
  ) {
    super(detail);
    this.name = 'ApiError';
  }
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly ownerToken?: string;
  readonly signal?: AbortSignal;
}

async function refusalOf(response: Response): Promise<ApiError> {
  let code = 'internal';
  let closedAt: number | null = null;
  let detail = `${response.status} ${response.statusText}`.trim();
  try {
    const problem: unknown = await response.json();
    if (typeof problem === 'object' && problem !== null) {
      if ('code' in problem && typeof problem.code === 'string') code = problem.code;
      if ('detail' in problem && typeof problem.detail === 'string') detail = problem.detail;
      if ('closedAt' in problem && typeof problem.closedAt === 'string') {
        const at = Date.parse(problem.closedAt);
        if (!Number.isNaN(at)) closedAt = at;
      }
    }
  } catch {
    // Not problem+json (a proxy's own page): the status line has to do.
  }
  return new ApiError(response.status, code, detail, closedAt);
}

/** The answer, when it is none of the refusals. */
async function send(path: string, accept: string, call: Call): Promise<Response> {
  const { method = 'GET', body, ownerToken, signal } = call;
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: {
        accept,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(ownerToken === undefined ? {} : { authorization: `Bearer ${ownerToken}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'unreachable', 'The server cannot be reached');
  }
  if (!response.ok) throw await refusalOf(response);
  return response;
}

/** Reads the body of an answer. What goes wrong in that becomes ApiError 'unreadable', unless `signal` ended it. */
async function reading<T>(
  response: Response,
  signal: AbortSignal | undefined,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(
      response.status,
      'unreadable',
      `The server's answer cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/**
 * @returns what `parse` makes of the JSON answer
 * @throws ApiError for every refusal; an AbortError when `signal` ended it
 */
export async function request<T>(path: string, parse: (raw: unknown) => T, call: Call = {}): Promise<T> {
  const response = await send(path, 'application/json', call);
  return reading(response, call.signal, async () =>
    parse(response.status === 204 ? null : await response.json()),
  );
}

/**
 * Asks for JSON objects a line each, and hands each on as it comes. Resolves with the end of the answer.
 * @throws as `request` does
 */
export async function requestLines<T>(
  path: string,
  parse: (raw: unknown) => T,
  onLine: (value: T) => void,
  call: Call,
): Promise<void> {
  const response = await send(path, 'application/x-ndjson', call);
  await reading(response, call.signal, async () => {
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    if (reader === undefined) return;
    let text = '';
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const lines = (text + part.value).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) onLine(parse(JSON.parse(line)));
    }
  });
}
