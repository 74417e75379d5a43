/**
 * Reads from a trace of Chromium what each key cost the page's main thread. Knows the trace's events, and nothing of the page.
 *
 * A key's path is every task of that thread from the one that hands the key to the page until the end of the first frame after its last
 * event: what is in the way between the two counts as well, idle callbacks apart (they look for input, and make way for the next key).
 */

/** One event of a trace, as far as it is read here. Times are in µs. */
export interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly id?: string;
  readonly dur?: number;
  /** Time of the thread's own CPU: what other threads and programs had meanwhile does not show in it. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string; readonly data?: { readonly type?: string } };
}

/** What has to be traced. */
export const TRACE_CATEGORIES = ['devtools.timeline', 'disabled-by-default-devtools.timeline'];

/** One key, in ms. */
export interface KeyTimes {
  /** CPU of the tasks that hand the key to the page: CodeMirror's transaction, Yjs, the socket, the browser's own editing. */
  readonly handled: number;
  /** CPU of the frame that paints it: measuring, layers, style, layout, paint. */
  readonly frame: number;
  /** CPU of the whole path: both, and what came between. */
  readonly work: number;
  /** The path as long as it took by the clock, with the wait for the frame and for the processor. */
  readonly wall: number;
  /** From the key being pressed to the end of the path: also what the thread was busy with before. */
  readonly painted: number;
  /** From the key being pressed until the display has the frame; null when the browser did not say. */
  readonly displayed: number | null;
}

export interface ThreadTimes {
  readonly keys: readonly KeyTimes[];
  /** CPU of all idle callbacks, in ms: parsing ahead, mostly. */
  readonly idle: number;
  /** CPU of all that the thread did, in ms. */
  readonly all: number;
}

const KEY_EVENTS: ReadonlySet<string | undefined> = new Set(['keydown', 'keypress', 'input']);

const endOf = (event: TraceEvent): number => event.ts + (event.dur ?? 0);
const cpuOf = (event: TraceEvent): number => (event.tdur ?? event.dur ?? 0) / 1_000;
const sum = (events: readonly TraceEvent[]): number =>
  events.reduce((total, event) => total + cpuOf(event), 0);

/** The events of the page's main thread, in their order: of all pages' the one that was sent keys. */
function mainThread(trace: readonly TraceEvent[]): TraceEvent[] {
  const key = trace.find((event) => event.name === 'EventDispatch' && event.args?.data?.type === 'keydown');
  if (key === undefined) throw new Error('no key in the trace');
  return trace
    .filter((event) => event.pid === key.pid && event.tid === key.tid)
    .sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
}

/** Tasks that run in no other one. */
function outermostTasks(thread: readonly TraceEvent[]): TraceEvent[] {
  let end = -Infinity;
  return thread.filter((event) => {
    if (event.name !== 'RunTask' || event.ph !== 'X' || event.ts < end) return false;
    end = endOf(event);
    return true;
  });
}

interface Pressed {
  readonly pressedAt: number;
  readonly displayedAt: number | null;
}

/** By the key's number: when it was pressed, and when the display had its frame, as the browser's Event Timing says it. */
function eventTimings(thread: readonly TraceEvent[]): Pressed[] {
  const timings = thread.filter((event) => event.name === 'EventTiming');
  const ends = new Map<string | undefined, number[]>();
  for (const { ph, id, ts } of timings) if (ph === 'e') ends.set(id, [...(ends.get(id) ?? []), ts]);
  return timings
    .filter((event) => event.ph === 'b' && event.args?.data?.type === 'keydown')
    .map(({ id, ts }) => ({
      pressedAt: ts,
      displayedAt: ends.get(id)?.find((end) => end >= ts) ?? null,
    }));
}

/** @throws when there is no key in the trace, or a key that no frame follows */
export function readKeyTimes(trace: readonly TraceEvent[]): ThreadTimes {
  const thread = mainThread(trace);
  const tasks = outermostTasks(thread);
  const idles = thread.filter((event) => event.name === 'FireIdleCallback');
  const frames = thread.filter((event) => event.name === 'Commit');
  const dispatches = thread.filter(
    (event) => event.name === 'EventDispatch' && KEY_EVENTS.has(event.args?.data?.type),
  );
  const downs = dispatches.filter((event) => event.args?.data?.type === 'keydown');
  const timings = eventTimings(thread);

  const keys = downs.map((down, number): KeyTimes => {
    const next = downs[number + 1]?.ts ?? Infinity;
    const last = dispatches.findLast((event) => event.ts >= down.ts && event.ts < next) ?? down;
    const frame = frames.find((event) => event.ts >= endOf(last));
    const holding = (event: TraceEvent | undefined): TraceEvent | undefined =>
      event && tasks.find((task) => task.ts <= event.ts && event.ts <= endOf(task));
    const [firstTask, lastTask, frameTask] = [down, last, frame].map(holding);
    if (firstTask === undefined || lastTask === undefined || frameTask === undefined)
      throw new Error(`key ${number} has no task or no frame in the trace`);
    const end = endOf(frameTask);
    const within = (event: TraceEvent): boolean => event.ts >= firstTask.ts && endOf(event) <= end;
    const timing = timings.findLast(({ pressedAt }) => pressedAt <= down.ts);
    if (timing === undefined) throw new Error(`key ${number} has no timing in the trace`);
    return {
      handled: sum(tasks.filter((task) => task.ts >= firstTask.ts && task.ts <= lastTask.ts)),
      frame: frameTask === lastTask ? 0 : cpuOf(frameTask),
      work: sum(tasks.filter(within)) - sum(idles.filter(within)),
      wall: (end - firstTask.ts) / 1_000,
      painted: (end - timing.pressedAt) / 1_000,
      displayed: timing.displayedAt === null ? null : (timing.displayedAt - timing.pressedAt) / 1_000,
    };
  });
  return { keys, idle: sum(idles), all: sum(tasks) };
}
