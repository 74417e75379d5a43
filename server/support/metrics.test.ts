import { expect, test } from '@jest/globals';

import { measureProcess, Metrics } from './metrics.js';

/** Lines that are no comments. */
const valuesOf = async (metrics: Metrics): Promise<string[]> =>
  (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));

test('figures are read when somebody asks, and not before', async () => {
  const metrics = new Metrics();
  let reads = 0;
  let rooms = 3;
  metrics.gauge('rooms', 'Rooms.', () => (reads++, rooms));
  expect(reads).toBe(0);
  expect(await valuesOf(metrics)).toEqual(['rooms 3']);
  rooms = 2;
  expect(await valuesOf(metrics)).toEqual(['rooms 2']);
  expect(reads).toBe(2);
});

test('a count is told as it stands, however often it is asked', async () => {
  const metrics = new Metrics();
  metrics.counter('updates_total', 'Updates.', () => 7);
  metrics.counters('refusals_total', 'Refusals.', ['code'], () => [
    [{ code: '4400' }, 2],
    [{ code: '1013' }, 1],
  ]);
  for (let n = 0; n < 2; n++) {
    expect(await valuesOf(metrics)).toEqual([
      'updates_total 7',
      'refusals_total{code="4400"} 2',
      'refusals_total{code="1013"} 1',
    ]);
  }
});

test('events are counted into buckets', async () => {
  const metrics = new Metrics();
  const observe = metrics.histogram('commit_seconds', 'Commits.', [0.1, 1]);
  for (const seconds of [0.05, 0.5, 5]) observe(seconds);
  expect(await valuesOf(metrics)).toEqual([
    'commit_seconds_bucket{le="0.1"} 1',
    'commit_seconds_bucket{le="1"} 2',
    'commit_seconds_bucket{le="+Inf"} 3',
    'commit_seconds_sum 5.55',
    'commit_seconds_count 3',
  ]);
});

test('[G23] a blocked event loop shows as its worst delay, and stays known', async () => {
  const metrics = new Metrics();
  const measuring = measureProcess(metrics);
  const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 450));
  await turn();
  const until = Date.now() + 400;
  while (Date.now() < until);
  await turn();
  const figure = async (name: string): Promise<number> =>
    Number((await valuesOf(metrics)).find((line) => line.startsWith(`${name} `))?.split(' ')[1]);
  expect(await figure('coderoom_event_loop_delay_seconds{quantile="1"}')).toBeGreaterThan(0.15);
  await turn();
  expect(await figure('coderoom_event_loop_delay_worst_seconds')).toBeGreaterThan(0.15);
  expect(await figure('process_resident_memory_bytes')).toBeGreaterThan(1e6);
  measuring.stop();
});
