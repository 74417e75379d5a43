/** REST as a prototype's client asks it: a method, a path, JSON. */

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Members that a test names are what it is about. */
  readonly body: Record<string, unknown>;
}

/** Asks and reads the answer as JSON; a body that is not is `{}`. */
export async function ask(
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
}

/** Makes a room; resolves with its id. */
export async function makeRoom(serverUrl: string, body?: unknown): Promise<string> {
  const { status, body: room } = await ask('POST', `${serverUrl}/rooms`, body);
  if (status !== 201) throw new Error(`POST /rooms answered ${status}: ${JSON.stringify(room)}`);
  return String(room['roomId']);
}
