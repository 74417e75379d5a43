/** What Coderoom is to hold: its figure against a peer's, or against a bound, all of one run. */

export interface Goal {
  readonly label: string;
  readonly scenario: string;
  readonly metric: string;
  /** The peer to compare with; without one, `most` bounds the figure itself. */
  readonly against?: string;
  /** The ratio, or the figure, at most. */
  readonly most: number;
}

function goal(label: string, scenario: string, metric: string, most: number, against?: string): Goal {
  return { label, scenario, metric, most, ...(against ? { against } : {}) };
}

const perMember = (
  sizes: Record<number, number>,
  label: string,
  metric: string,
  against: string,
): readonly Goal[] =>
  Object.entries(sizes).map(([size, most]) =>
    goal(`A ${label}, N = ${size}`, 'one-room', `${metric}_${size}`, most, against),
  );

export const goals: readonly Goal[] = [
  ...perMember({ 10: 0.6, 50: 0.6, 200: 0.45 }, 'at a rate, µs CPU an edit', 'rate_us_per_edit', 'yws'),
  ...[10, 50, 200].map((size) =>
    goal(`A at a rate, p99 in ms, N = ${size}`, 'one-room', `rate_p99_ms_${size}`, 25),
  ),
  goal('A at a rate, p50, N = 10', 'one-room', 'rate_p50_ms_10', 1, 'yws'),
  ...perMember(
    { 2: 0.4, 10: 0.25, 50: 0.12, 200: 0.06 },
    'saturated, µs CPU a delivery',
    'sat_us_per_delivery',
    'yws',
  ),
  ...perMember(
    { 2: 0.3, 10: 0.3, 50: 0.4, 200: 0.5 },
    'saturated, µs CPU a delivery',
    'sat_us_per_delivery',
    'hocuspocus',
  ),
  goal('B µs CPU an edit', 'many-rooms', 'us_per_edit', 0.55, 'yws'),
  goal('B µs CPU an edit', 'many-rooms', 'us_per_edit', 0.35, 'hocuspocus'),
  goal('C storm, CPU ms a join', 'joining', 'storm_cpu_ms_per_join', 0.1, 'yws-level'),
  goal('C storm, CPU ms a join', 'joining', 'storm_cpu_ms_per_join', 0.1, 'hocuspocus'),
  goal('C storm while typing, CPU ms a join', 'joining', 'storm_typing_cpu_ms_per_join', 0.15, 'yws-level'),
  goal('C storm while typing, CPU ms a join', 'joining', 'storm_typing_cpu_ms_per_join', 0.15, 'hocuspocus'),
  goal('C reconnect, CPU ms a join', 'joining', 'reconnect_cpu_ms_per_join', 0.6, 'hocuspocus'),
  goal('C cold join, ms', 'joining', 'cold_ms', 0.5, 'hocuspocus'),
  goal('D replay, µs CPU an edit', 'keeping', 'replay_us_per_edit', 0.6, 'hocuspocus'),
  goal('D loss window at SIGKILL, ms', 'keeping', 'crash_window_ms', 100),
  goal('D long document, bytes of WAL an edit', 'keeping', 'long_wal_bytes_per_edit', 0.3, 'hocuspocus'),
  goal('E heap KB a room of 10 KB', 'memory', 'heap_kb_per_room', 0.2, 'yws-level'),
  goal('E RSS KB a room of 10 KB', 'memory', 'rss_kb_per_room', 0.35, 'yws-level'),
  goal('E RSS over base when all have left, MB', 'memory', 'left_rss_mb', 60),
  goal('E RSS KB an idle connection', 'memory', 'rss_kb_per_connection', 1, 'yws-level'),
  goal('E idle CPU, ms a second', 'memory', 'idle_cpu_ms_per_s', 0.2, 'yws-level'),
  goal('F µs CPU a cursor move', 'cursors', 'us_per_move', 0.3, 'yws'),
  goal('F cursor p99, ms', 'cursors', 'p99_ms', 60),
  goal('G µs CPU a keystroke', 'editing', 'us_per_keystroke', 0.65, 'yws'),
  goal('G µs CPU a keystroke', 'editing', 'us_per_keystroke', 0.35, 'hocuspocus'),
  goal('G edit p99, ms', 'editing', 'edit_p99_ms', 25),
];
