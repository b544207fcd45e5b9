/** The claims about batches away from their defaults, and what the guide says of other settings. */
import { describe, expect, it } from 'vitest';
import producerBatching from '../../../scenarios/messaging/producer-batching.ts';
import { ms, s, us, type ParameterValues } from '../../../sim-core/index.ts';
import { failed, trialled } from '../trials.ts';

const VARIANTS = Object.keys(producerBatching.variants);
const SHORT = { length: s(10) };

const summary = (variant: string, params: ParameterValues, signal: string, field: string): number =>
  trialled(producerBatching, { variant, params: { ...SHORT, ...params } }).signals.find(({ name }) => name === signal)!
    .summary[field];

const p50 = (variant: string, params: ParameterValues): number =>
  summary(variant, params, 'messaging.client.operation.duration', 'p50');

describe.each<[string, ParameterValues]>([
  ['few records', { rate: 100 }],
  ['many records', { rate: 3000 }],
  ['one partition', { partitions: 1 }],
  ['small batches', { batchSize: 1000 }],
  ['one request in flight', { maxInFlight: 1, rate: 300 }],
  ['busy brokers', { requestTime: ms(1) }],
])('with %s', (_name, params) => {
  it.each(VARIANTS)('%s holds its claims', (variant) => {
    expect(failed(trialled(producerBatching, { variant, params: { ...SHORT, ...params } }))).toEqual([]);
  });
});

it('what is claimed of batches that fill is refuted by the run of those that do not', () => {
  const claims = trialled(producerBatching, { variant: 'small-batches-long-linger', params: SHORT }).expectations;
  const limit = (start: string): number => claims.find(({ text }) => text.startsWith(start))!.limit;
  const large = (signal: string, field: string): number => summary('big-batches-long-linger', {}, signal, field);
  const [LATENCY, RECORDS] = ['messaging.client.operation.duration', 'kafka.producer.batch.records'];
  expect(large(LATENCY, 'mean')).toBeGreaterThan(limit(`mean of ${LATENCY}`));
  expect(large(LATENCY, 'p99')).toBeGreaterThan(limit(`p99 of ${LATENCY}`));
  expect(large('kafka.producer.request.rate', 'mean')).toBeLessThan(limit('mean of kafka.producer.request.rate'));
  expect(large(RECORDS, 'max')).toBeGreaterThan(limit(`max of ${RECORDS}`));
});

it('tells what the size permits from what the linger fills', () => {
  const { expectations } = trialled(producerBatching, { variant: 'big-batches-long-linger', params: SHORT });
  const of = (field: string): number =>
    expectations.find(({ text }) => text.startsWith(`${field} of kafka.producer.batch.records`))!.limit;
  // (1,048,576 - 61) / 200 records in a megabyte; in half a second a partition gets 83 in the mean.
  expect(of('max')).toBe(5242);
  expect(of('p99')).toBeGreaterThan(83);
  expect(of('p99')).toBeLessThan(200);
});

it('says that records wait and are refused for want of memory, and that with enough of it nobody does', () => {
  const { expectations, signals } = trialled(producerBatching, { variant: 'memory-of-one-batch' });
  const limit = (start: string): number => expectations.find(({ text }) => text.startsWith(start))!.limit;
  const measured = (name: string, field: string): number =>
    signals.find((signal) => signal.name === name)!.summary[field];
  // One batch of 1.2 records in 1.6 ms: 750 a second of 1,000, less chance.
  expect(limit('total of kafka.producer.buffer.exhausted')).toBeGreaterThan(5000);
  expect(limit('peak of kafka.producer.buffer.waiting')).toBeGreaterThan(100);
  expect(measured('kafka.producer.record_errors', 'total')).toBe(measured('kafka.producer.buffer.exhausted', 'total'));
  for (const params of [{ partitions: 1 }, { bufferMemory: 8 * 1_048_576 }]) {
    expect(summary('memory-of-one-batch', params, 'kafka.producer.buffer.exhausted', 'total')).toBe(0);
  }
  expect(summary('big-batches-long-linger', {}, 'kafka.producer.buffer.waiting', 'max')).toBe(0);
});

describe('as the guide says', () => {
  it('a full batch does not linger', () => {
    const { 'big-batches-long-linger': large, 'small-batches-long-linger': small } = producerBatching.variants;
    expect(small).toEqual({ ...large, batchSize: 4096 });
    // Twenty records of a partition that gets 167 a second: about an eighth of a second.
    expect(p50('small-batches-long-linger', {})).toBeLessThan(0.12);
    expect(p50('big-batches-long-linger', {})).toBeGreaterThan(0.2);
  });

  it('with busy brokers the one that waits is faster', () => {
    const params = { requestTime: us(1500) };
    expect(p50('linger-5', params)).toBeLessThan(p50('linger-0', params));
    expect(p50('linger-0', {})).toBeLessThan(p50('linger-5', {}));
  });

  it('what the size permits bounds what busy brokers take, and a linger that cannot fill anything does not help', () => {
    const params = { requestTime: ms(4), rate: 2000 };
    const sent = (variant: string, batchSize: number): number =>
      summary(variant, { ...params, batchSize }, 'messaging.client.sent.rate', 'mean');
    // A batch of one record, and a thread that takes 250 requests a second: three brokers have 750 of them.
    for (const variant of ['linger-0', 'big-batches-long-linger']) expect(sent(variant, 300)).toBeLessThan(750);
    expect(sent('linger-0', 16_384)).toBeGreaterThan(0.95 * params.rate);
  });

  it('with one request in flight batches grow by themselves', () => {
    const records = (maxInFlight: number): number =>
      summary('linger-0', { maxInFlight, rate: 3000 }, 'kafka.producer.batch.records', 'mean');
    expect(records(1)).toBeGreaterThan(1.2 * records(5));
  });
});
