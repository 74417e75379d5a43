/** Reads `/metrics` of a server. */

/** What must be as it was when everybody has gone. */
const GAUGES = [
  'coderoom_sockets',
  'coderoom_members',
  'coderoom_rooms',
  'coderoom_heartbeats',
  'coderoom_networks',
  'coderoom_json_rooms',
  'coderoom_log_channels',
  'coderoom_compactions_queued',
  'coderoom_timers',
  'coderoom_unsaved_rooms',
  'coderoom_database_waiting',
] as const;

/** Each line's value by its name with labels, as Prometheus writes them. */
export async function figuresOf(serverUrl: string): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`${serverUrl}/metrics`);
  if (response.status !== 200) throw new Error(`GET /metrics answered ${response.status}`);
  const figures = new Map<string, number>();
  for (const line of (await response.text()).split('\n')) {
    const [, name, value] = /^([^#].*) (\S+)$/.exec(line) ?? [];
    if (name !== undefined) figures.set(name, Number(value));
  }
  return figures;
}

/** The gauges as they are now, to be compared with later. Resolves with a function that says which are higher by then. */
export async function watchGauges(serverUrl: string): Promise<() => Promise<string[]>> {
  const before = await figuresOf(serverUrl);
  return async () => {
    const now = await figuresOf(serverUrl);
    return GAUGES.filter((name) => (now.get(name) ?? 0) > (before.get(name) ?? 0)).map(
      (name) => `${name}: ${before.get(name)} before, ${now.get(name)} after`,
    );
  };
}
