/** The lag's claims away from its defaults, and what the guide says of other settings. */
import { describe, expect, it } from 'vitest';
import consumerLag from '../../../scenarios/messaging/consumer-lag.ts';
import { ms, parseIntervention, run, s, type ParameterValues, type Recording } from '../../../sim-core/index.ts';

const VARIANTS = Object.keys(consumerLag.variants);

const failed = ({ expectations }: Recording): string[] =>
  expectations.filter(({ pass }) => !pass).map(({ text, actual }) => `${text}, measured ${actual}`);

const atTheEnd = (recording: Recording, signal: string): number =>
  recording.signals.find(({ name }) => name === signal)!.columns['last'].at(-1)!;

describe.each<[string, ParameterValues]>([
  ['fewer records', { rate: 200 }],
  ['more partitions', { partitions: 12 }],
  ['fewer partitions than members', { partitions: 2 }],
  ['a scaling that comes too late', { scaleAt: s(55) }],
  ['polls of one record', { pollRecords: 1, length: s(30) }],
  ['fast consumers', { processTime: ms(2), hotShare: 0.3 }],
])('with %s', (_name, params) => {
  it.each(VARIANTS)('%s holds its claims', (variant) => {
    expect(failed(run(consumerLag, { variant, params }))).toEqual([]);
  });
});

it('the remedy claims something of its default run that the pitfall does not hold', () => {
  const { expectations } = run(consumerLag, { variant: 'scaled-out' });
  expect(expectations[0].limit).toBeLessThan(1000);
});

it('with twice the partitions twelve consumers have something to do, and catch up', () => {
  const recording = run(consumerLag, { variant: 'more-consumers-than-partitions', params: { partitions: 12 } });
  expect(atTheEnd(recording, 'kafka.consumer.idle')).toBe(0);
  expect(atTheEnd(recording, 'kafka.consumer_group.lag')).toBeLessThan(1000);
});

it('a consumer that stands still for less than its session keeps its partition, and only that one waits', () => {
  const paused = run(consumerLag, {
    variant: 'scaled-out',
    interventions: [parseIntervention('45s:pause:consumer-2:seconds=14')],
  });
  const rebalances = paused.signals.find(({ name }) => name === 'kafka.consumer_group.rebalances')!.summary['total'];
  expect(rebalances).toBe(3);
  // One of six partitions: a sixth of 500 a second for the 14 seconds up to the last one of the run.
  expect(atTheEnd(paused, 'kafka.consumer_group.lag')).toBeGreaterThan(700);
});
