/** What a query reads by each way of partitioning, and how much a stream takes. */
import { describe, expect, it } from 'vitest';
import { minutes, s } from '../../../../../sim-core/kernel/time.ts';
import {
  LogStreams,
  STREAM_LIMIT,
  type LogPartitioning,
} from '../../../../../sim-core/observability/pipeline/backends/log-streams.ts';
import { bundle, request } from './writes.ts';

const storeOf = (partitioning: LogPartitioning, streamLimit = STREAM_LIMIT): LogStreams =>
  new LogStreams({ partitioning, chunkSpan: minutes(5), streamLimit });

/** Four services write 1,000 bytes each, every second of an hour. */
function anHour(store: LogStreams): LogStreams {
  const services = ['a', 'b', 'c', 'd'];
  for (let second = 0; second < 3600; second++) {
    store.write(request('logs', ...services.map((name) => bundle(name, name, s(second), 10, 1000))), s(second));
  }
  return store;
}

describe('what a query about ten minutes of one of four services reads', () => {
  it.each<[LogPartitioning, number]>([
    ['none', 4 * 3600 * 1000],
    ['time', 4 * 600 * 1000],
    ['time-and-label', 600 * 1000],
  ])('partitioned by %s', (partitioning, bytes) => {
    const store = anHour(storeOf(partitioning));
    expect(store.bytes).toBe(4 * 3600 * 1000);
    expect(store.amountToRead({ from: minutes(20), to: minutes(30), service: 'b' })).toBe(bytes);
  });

  it('is whole chunks, where it asks about parts of them', () => {
    const store = anHour(storeOf('time-and-label'));
    expect(store.amountToRead({ from: minutes(21), to: minutes(26), service: 'b' })).toBe(600 * 1000);
  });

  it('is of all services where it names none', () => {
    const store = anHour(storeOf('time-and-label'));
    expect(store.amountToRead({ from: minutes(20), to: minutes(30) })).toBe(4 * 600 * 1000);
  });
});

it('takes so much a second of one stream, and as many times more as there are streams', () => {
  const limit = { perSecond: 2500, burst: 2500 };
  const taken = (partitioning: LogPartitioning): number => anHour(storeOf(partitioning, limit)).bytes;
  // 4,000 bytes a second come in one request, which is more than a single stream's bucket ever holds.
  expect(taken('time')).toBe(0);
  expect(taken('time-and-label')).toBe(4 * 3600 * 1000);
});
