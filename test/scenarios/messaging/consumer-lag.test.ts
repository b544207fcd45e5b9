/** The lag's claims away from its defaults, and what the guide says of other settings. */
import { describe, expect, it } from 'vitest';
import consumerLag from '../../../scenarios/messaging/consumer-lag.ts';
import * as limits from '../../../scenarios/messaging/consumer-lag/limits.ts';
import {
  ms,
  parseIntervention,
  resolveParameters,
  s,
  type ParameterValues,
  type Trialled,
} from '../../../sim-core/index.ts';
import { failed, trialled } from '../trials.ts';

const VARIANTS = Object.keys(consumerLag.variants);

const atTheEnd = (recording: Trialled, signal: string): number =>
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
    expect(failed(trialled(consumerLag, { variant, params }))).toEqual([]);
  });
});

it('the remedy claims something of its default run that the pitfall does not hold', () => {
  const { expectations } = trialled(consumerLag, { variant: 'scaled-out' });
  expect(expectations[0].limit).toBeLessThan(1000);
});

it('with twice the partitions twelve consumers have something to do, and catch up', () => {
  const recording = trialled(consumerLag, { variant: 'more-consumers-than-partitions', params: { partitions: 12 } });
  expect(atTheEnd(recording, 'kafka.consumer.idle')).toBe(0);
  expect(atTheEnd(recording, 'kafka.consumer_group.lag')).toBeLessThan(1000);
});

it('twelve consumers of six partitions differ from six by their number alone, and are no sooner done', () => {
  const { 'scaled-out': six, 'more-consumers-than-partitions': twelve } = consumerLag.variants;
  expect(twelve).toEqual({ ...six, scaleTo: 12 });
  const slow = trialled(consumerLag, { variant: 'more-consumers-than-partitions', params: { processTime: ms(14) } });
  // 30,000 come; three members for 6 s and six for 48 s can do 21,900, give or take five deviations of the first.
  expect(atTheEnd(slow, 'kafka.consumer_group.lag')).toBeGreaterThan(7000);
});

it('says when six consumers must have caught up: after the backlog has been worked off, and before the end', () => {
  const { expectations } = trialled(consumerLag, { variant: 'scaled-out' });
  const since = expectations.filter(({ text }) => text.includes('must have caught up'));
  expect(since.length).toBe(2);
  const moment = limits.caughtUp.at(resolveParameters(consumerLag, 'scaled-out', {}));
  // 6 s without a group and 12 s at 400 a second leave 4,200 of 500 a second; at 800 that takes 14 s from 18 s on, if all
  // goes evenly. The member that fares worst has until the last second but one.
  expect(moment).toBeGreaterThan(s(32));
  expect(moment).toBeLessThan(s(59));
});

it('a consumer that stands still for less than its session keeps its partition, and only that one waits', () => {
  const paused = trialled(consumerLag, {
    variant: 'scaled-out',
    interventions: [parseIntervention('45s:pause:consumer-2:seconds=14')],
  });
  const rebalances = paused.signals.find(({ name }) => name === 'kafka.consumer_group.rebalances')!.summary['total'];
  expect(rebalances).toBe(3);
  // One of six partitions: a sixth of 500 a second for the 14 seconds up to the last one of the run.
  expect(atTheEnd(paused, 'kafka.consumer_group.lag')).toBeGreaterThan(700);
});

it('says how long catching up takes, and by how much the lag falls meanwhile', () => {
  const measured = (variant: string): [catchUp: number, rates: Float64Array] => {
    const { signals } = trialled(consumerLag, { variant });
    const of = (name: string) => signals.find((signal) => signal.name === name)!;
    return [of('consumer_lag.catch_up.time').summary['max'], of('kafka.consumer_group.lag.rate').columns['last']];
  };
  const [never, rising] = measured('under-provisioned');
  const [caughtUp, turning] = measured('scaled-out');
  // Nobody is scaled in 48 s; six members work off 3,000 and more at 300 a second, of which 800 may stay.
  expect(never).toBeGreaterThan(47);
  expect(caughtUp).toBeGreaterThan(7);
  expect(caughtUp).toBeLessThan(25);
  const meanOf = (rates: Float64Array, from: number, to: number): number =>
    rates.slice(2 * from, 2 * to).reduce((sum, rate) => sum + rate, 0) / (2 * (to - from));
  // 500 come and 400 are processed; then 800, until nothing is left. At both ends a poll of each of six may be committed or not.
  const chance = (seconds: number): number => (5 * Math.sqrt(500 * seconds) + 2 * 6 * 50) / seconds;
  expect(Math.abs(meanOf(rising, 20, 55) - 100)).toBeLessThan(chance(35));
  expect(Math.abs(meanOf(turning, 20, 26) + 300)).toBeLessThan(chance(6));
  expect(Math.abs(meanOf(turning, 45, 59))).toBeLessThan(chance(14));
});

describe('retention', () => {
  const skipped = (params: ParameterValues, at?: string): number =>
    atTheEnd(
      trialled(consumerLag, {
        variant: 'under-provisioned',
        params,
        ...(at === undefined ? {} : { interventions: [parseIntervention(at)] }),
      }),
      'kafka.consumer_group.skipped',
    );

  it('deletes nothing unread where it is longer than the group is behind, and nothing by default', () => {
    expect([skipped({}), skipped({ retention: s(25) })]).toEqual([0, 0]);
  });

  it('shortened in the midst of the run it deletes what nobody has read', () => {
    // 3,000 records and 100 more a second are behind at 30 s, and three seconds of them stay.
    expect(skipped({}, '30s:retention:controllers:seconds=3,segment=1')).toBeGreaterThan(1000);
    const bySize = (bytes: number): string => `30s:retention:controllers:seconds=604800,segment=1,bytes=${bytes}`;
    expect([skipped({}, bySize(60_000)) > 1000, skipped({}, bySize(1e9))]).toEqual([true, 0]);
    expect(consumerLag.whileRunning!.retention!(s(3), {} as never)).toEqual([
      { action: 'retention', target: 'controllers', args: { seconds: 3, segment: 1 } },
    ]);
  });
});

it.each([
  ['hot-partition', 0.9, 1],
  ['under-provisioned', 0, 0.4],
] as const)(
  '%s: the lag of each partition is recorded, and the largest is at least %d and at most %d of all',
  (variant, least, most) => {
    const { signals } = trialled(consumerLag, { variant, params: { length: s(30) } });
    const { columns, parts } = signals.find(({ name }) => name === 'kafka.consumer_group.lag')!;
    const rows = columns['mean'].length;
    const lags = parts!.names.map((_, part) => parts!.mean[(part + 1) * rows - 1]);
    expect(lags).toHaveLength(6);
    expect(lags.reduce((sum, lag) => sum + lag, 0)).toBeCloseTo(columns['mean'].at(-1)!, 6);
    const share = Math.max(...lags) / columns['mean'].at(-1)!;
    expect(share).toBeGreaterThanOrEqual(least);
    expect(share).toBeLessThanOrEqual(most);
  },
);
