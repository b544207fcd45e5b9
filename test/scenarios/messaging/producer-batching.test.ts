/** The claims about batches away from their defaults, and what the guide says of other settings. */
import { describe, expect, it } from 'vitest';
import producerBatching from '../../../scenarios/messaging/producer-batching.ts';
import { ms, run, s, us, type ParameterValues, type Recording } from '../../../sim-core/index.ts';

const VARIANTS = Object.keys(producerBatching.variants);
const SHORT = { length: s(10) };

const failed = ({ expectations }: Recording): string[] =>
  expectations.filter(({ pass }) => !pass).map(({ text, actual }) => `${text}, measured ${actual}`);

const summary = (variant: string, params: ParameterValues, signal: string, field: string): number =>
  run(producerBatching, { variant, params: { ...SHORT, ...params } }).signals.find(({ name }) => name === signal)!
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
    expect(failed(run(producerBatching, { variant, params: { ...SHORT, ...params } }))).toEqual([]);
  });
});

describe('as the guide says', () => {
  it('a full batch does not linger', () => {
    // Twenty records of a partition that gets 167 a second: about an eighth of a second.
    expect(p50('big-batches-long-linger', { batchSize: 4096 })).toBeLessThan(0.12);
    expect(p50('big-batches-long-linger', {})).toBeGreaterThan(0.2);
  });

  it('with busy brokers the one that waits is faster', () => {
    const params = { requestTime: us(1500) };
    expect(p50('linger-5', params)).toBeLessThan(p50('linger-0', params));
    expect(p50('linger-0', {})).toBeLessThan(p50('linger-5', {}));
  });

  it('with one request in flight batches grow by themselves', () => {
    const records = (maxInFlight: number): number =>
      summary('linger-0', { maxInFlight, rate: 3000 }, 'kafka.producer.batch.records', 'mean');
    expect(records(1)).toBeGreaterThan(1.2 * records(5));
  });
});
