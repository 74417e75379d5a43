/**
 * What an operator may watch, in Prometheus' text form. Parts say once what they can be asked; they are asked when somebody
 * scrapes, so that a figure costs nothing in between: a plain number, read. Only rare events are observed as they happen.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Values by what tells them apart; the names of the labels are given once. */
type Labelled = Iterable<readonly [labels: Readonly<Record<string, string>>, value: number]>;

export class Metrics {
  readonly #registry = new Registry();

  /** MIME type of `text()`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Something that goes up and down. */
  gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect: () => gauge.set(read()),
    });
  }

  /** Several of them, told apart by labels. */
  gauges(name: string, help: string, labelNames: readonly string[], read: () => Labelled): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        gauge.reset();
        for (const [labels, value] of read()) gauge.set(labels, value);
      },
    });
  }

  /** A count kept by somebody else, which never goes down. */
  counter(name: string, help: string, read: () => number): void {
    this.counters(name, help, [], () => [[{}, read()]]);
  }

  /** Several of them, told apart by labels. */
  counters(name: string, help: string, labelNames: readonly string[], read: () => Labelled): void {
    const counter: Counter = new Counter({
      name,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        counter.reset();
        for (const [labels, value] of read()) counter.inc(labels, value);
      },
    });
  }

  /** For rare events. @param buckets upper bounds, ascending */
  histogram(name: string, help: string, buckets: readonly number[]): (value: number) => void {
    const histogram = new Histogram({ name, help, buckets: [...buckets], registers: [this.#registry] });
    return (value) => histogram.observe(value);
  }

  /** All of it, read now. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

/** Seconds that a request or a commit may take, as buckets. */
export const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/**
 * How often the event loop is asked whether it is on time, in ms. Each time wakes the process: at 10 ms that alone was
 * more than an idle server of a thousand rooms costs otherwise.
 */
const LOOP_RESOLUTION_MS = 200;
const NS = 1e9;

/** The process itself: memory, CPU, and how late its event loop is. `stop` ends the measuring; safe to call twice. */
export function measureProcess(metrics: Metrics): { stop(): void } {
  const delay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  delay.enable();
  let worst = 0;
  // The histogram holds times from one look to the next, waiting included.
  const late = (ns: number): number => Math.max(0, ns / NS - LOOP_RESOLUTION_MS / 1000);

  metrics.gauges(
    'coderoom_event_loop_delay_seconds',
    'How late the event loop was since the last scrape: quantiles, 1 being the worst.',
    ['quantile'],
    () => {
      const isEmpty = delay.count === 0;
      const values = [0.5, 0.99].map(
        (quantile) =>
          [{ quantile: String(quantile) }, isEmpty ? 0 : late(delay.percentile(quantile * 100))] as const,
      );
      const most = isEmpty ? 0 : late(delay.max);
      worst = Math.max(worst, most);
      delay.reset();
      return [...values, [{ quantile: '1' }, most]];
    },
  );
  metrics.gauge(
    'coderoom_event_loop_delay_worst_seconds',
    'The worst delay of the event loop since the start, as seen by scrapes.',
    () => Math.max(worst, delay.count === 0 ? 0 : late(delay.max)),
  );
  metrics.gauge(
    'process_resident_memory_bytes',
    'Memory of the process, in bytes.',
    () => process.memoryUsage().rss,
  );
  metrics.gauge(
    'nodejs_heap_used_bytes',
    'Memory that JavaScript objects use, in bytes.',
    () => process.memoryUsage().heapUsed,
  );
  metrics.gauge(
    'nodejs_external_memory_bytes',
    'Memory outside the heap that JavaScript objects hold, buffers included, in bytes.',
    () => process.memoryUsage().external,
  );
  metrics.counter('process_cpu_seconds_total', 'CPU time used, user and system, in seconds.', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  metrics.gauge(
    'process_start_time_seconds',
    'When the process started, in seconds since 1970.',
    () => Date.now() / 1000 - process.uptime(),
  );
  return { stop: () => void delay.disable() };
}
