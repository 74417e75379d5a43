/** Reads `/metrics` of a server. */

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
