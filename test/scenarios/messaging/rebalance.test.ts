/** The claims about rebalances away from their defaults, and what the guide says of other settings. */
import { describe, expect, it } from 'vitest';
import rebalance from '../../../scenarios/messaging/rebalance.ts';
import { ms, parseIntervention, s, type ParameterValues, type Trialled } from '../../../sim-core/index.ts';
import { failed, totalOf, trialled } from '../trials.ts';

const VARIANTS = Object.keys(rebalance.variants);

describe.each<[string, ParameterValues]>([
  ['three members', { consumers: 3, rate: 300 }],
  ['partitions that do not divide evenly', { partitions: 7, rate: 300 }],
  ['restarts that overtake each other', { restartEvery: s(4), rate: 300 }],
  ['long restarts', { downtime: s(5), restartEvery: s(10), rate: 200 }],
])('with %s', (_name, params) => {
  it.each(VARIANTS)('%s holds its claims', (variant) => {
    expect(failed(trialled(rebalance, { variant, params }))).toEqual([]);
  });
});

const DELAY = 'kafka.consumer.record_delay';

const meanOf = (recording: Trialled, signal: string): number =>
  recording.signals.find(({ name }) => name === signal)!.summary['mean'];

describe('as the guide says', () => {
  it.each([1, 2, 3])('with seed %d records wait longest when all stop, and least when nobody hears of it', (seed) => {
    const [eager, cooperative, byName] = ['eager', 'cooperative', 'static-membership'].map((variant) =>
      meanOf(trialled(rebalance, { variant, seed }), DELAY),
    );
    expect(eager).toBeGreaterThan(cooperative);
    expect(cooperative).toBeGreaterThan(byName);
  });

  it('what remedies claim of waiting is refuted by the run of the pitfall', () => {
    const claimed = [
      ['cooperative', 'kafka.consumer_group.unowned'],
      ['static-membership', 'kafka.consumer_group.unowned'],
      ['static-membership', DELAY],
    ];
    const pitfall = trialled(rebalance, { variant: 'eager' });
    for (const [variant, signal] of claimed) {
      const { limit } = trialled(rebalance, { variant }).expectations.find(({ text }) =>
        text.startsWith(`mean of ${signal} `),
      )!;
      expect(meanOf(pitfall, signal), `${variant}: ${signal}`).toBeGreaterThan(limit);
    }
  });

  it('nothing of the first generation is measured', () => {
    for (const variant of VARIANTS) {
      const quiet = trialled(rebalance, { variant, params: { restartFrom: s(600) } });
      expect(totalOf(quiet, 'kafka.consumer_group.rebalances'), variant).toBe(0);
      // Without restarts all variants are one and the same run, and what is left of its beginning is nothing.
      expect(meanOf(quiet, DELAY), variant).toBeLessThan(0.1);
    }
  });

  it('a static member that is away for longer than its session is missed', () => {
    const recording = trialled(rebalance, {
      variant: 'static-membership',
      params: { downtime: s(10), restartEvery: s(20) },
    });
    expect(totalOf(recording, 'kafka.consumer_group.rebalances')).toBeGreaterThan(1);
  });

  it('with commits more often fewer records are processed again', () => {
    const again = (commitInterval: number): number =>
      totalOf(
        trialled(rebalance, { variant: 'eager-killed', params: { commitInterval } }),
        'kafka.consumer.reprocessed',
      );
    expect(again(ms(500))).toBeLessThan(again(s(5)) / 2);
  });

  it('what a kill leaves to be done again is bounded by the commit interval, and by how long the generation has lasted', () => {
    const limitsOf = (params: ParameterValues): readonly number[] =>
      trialled(rebalance, { variant: 'eager-killed', params }).expectations.map(({ limit }) => limit);
    const [least, most] = limitsOf({});
    // Four kills, each of a member that has had 66 records a second for 1.6 s at least, less a poll and chance.
    expect(least).toBeGreaterThan(4 * (66 * 1 - 50));
    expect(least).toBeLessThan(4 * 66 * 1.6);
    // Six kills, each of a member that does 200 a second for 5 s, and a poll.
    expect(most).toBeGreaterThan(6 * 1050);
    expect(most).toBeLessThan(6 * 1100);
    // What is committed every half second may have been committed just before each kill.
    const [none, few] = limitsOf({ commitInterval: ms(500) });
    expect(none).toBe(0);
    expect(few).toBeLessThan(most / 5);
  });

  it('under another coordinator the group goes on in its generation, and who is restarted meanwhile waits for it', () => {
    const mean = (recording: Trialled, signal: string): number =>
      recording.signals.find(({ name }) => name === signal)!.summary['mean'];
    const [undisturbed, moved] = [[], ['21s:kill:broker-3:seconds=20']].map((interventions) =>
      trialled(rebalance, { variant: 'static-membership', interventions: interventions.map(parseIntervention) }),
    );
    expect(totalOf(moved, 'kafka.consumer_group.rebalances')).toBe(0);
    // The second consumer is back at 26 s, and finds nobody until the session of the broker, of 9 s, is over.
    expect(mean(moved, 'kafka.consumer_group.unowned')).toBeGreaterThan(
      mean(undisturbed, 'kafka.consumer_group.unowned'),
    );
  });

  it('one that stands still for longer than its session goes on with what is not its own any more', () => {
    const paused = trialled(rebalance, {
      variant: 'eager',
      params: { restartFrom: s(600) },
      interventions: [parseIntervention('20s:pause:consumer-5:seconds=9')],
    });
    expect(totalOf(paused, 'kafka.consumer.reprocessed')).toBeGreaterThan(0);
  });
});
