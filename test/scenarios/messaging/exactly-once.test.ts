/** The claims about exactly-once away from their defaults, and what the guide says of other settings. */
import { describe, expect, it } from 'vitest';
import exactlyOnce from '../../../scenarios/messaging/exactly-once.ts';
import * as limits from '../../../scenarios/messaging/exactly-once/limits.ts';
import type { Values } from '../../../scenarios/messaging/exactly-once/params.ts';
import {
  ms,
  parseIntervention,
  resolveParameters,
  run,
  s,
  type ParameterValues,
  type Trialled,
} from '../../../sim-core/index.ts';
import { failed, summaryOf, totalOf, trialled } from '../trials.ts';

const VARIANTS = Object.keys(exactlyOnce.variants);

const most = (recording: Trialled, signal: string): number =>
  recording.signals.find(({ name }) => name === signal)!.summary['max'];

describe.each<[string, ParameterValues]>([
  ['few orders', { rate: 50 }],
  ['small polls', { pollRecords: 5 }],
  ['slow workers', { processTime: ms(10) }],
  ['long restarts', { downtime: s(5), crashEvery: s(15), length: s(70) }],
  ['a producer that waits for long', { requestTimeout: s(10) }],
])('with %s', (_name, params) => {
  it.each(VARIANTS)('%s holds its claims', (variant) => {
    expect(failed(trialled(exactlyOnce, { variant, params }))).toEqual([]);
  });
});

it('claims of its default runs that nothing is missing, and how much is there twice at least where it should be', () => {
  const limitOf = (variant: string, start: string, bound: string): number =>
    trialled(exactlyOnce, { variant }).expectations.find(({ text }) => text.startsWith(start) && text.includes(bound))!
      .limit;
  for (const variant of VARIANTS.filter((one) => !['commit-first', 'offsets-outside-txn'].includes(one))) {
    expect(limitOf(variant, 'total of http.client.requests less', 'at most'), variant).toBe(0);
  }
  // Four crashes at 0, 10, 20 and 30 of 40 orders, less 30 ms of results at 7 ms each, and less chance.
  const results = limitOf('idempotent-producer', 'total of effects.results.doubled', 'at least');
  expect(results).toBeGreaterThan(20);
  expect(results).toBeLessThan(5.8 + 15.8 + 25.8);
  expect(limitOf('external-effect', 'total of effects.payments.doubled', 'at least')).toBeGreaterThan(results);
  expect(limitOf('offsets-outside-txn', 'total of effects.results.doubled', 'at least')).toBeGreaterThan(100);
});

it('spreads the second crashes over a poll', () => {
  const crashes = (p: ParameterValues): number[] => {
    const values = resolveParameters(exactlyOnce, 'plain-producer', p) as Values;
    return Array.from({ length: limits.pairs(values) }, (_, pair) => limits.relapse(values, pair) / ms(1));
  };
  expect(crashes({})).toEqual([600, 670, 740, 810]);
  expect(crashes({ pollRecords: 5 })).toEqual([600, 608.75, 617.5, 626.25]);
});

describe('as the guide says', () => {
  it('a producer that waits for long enough sends nothing twice', () => {
    const recording = trialled(exactlyOnce, { variant: 'plain-producer', params: { requestTimeout: s(10) } });
    expect(totalOf(recording, 'kafka.records.duplicated')).toBe(0);
  });

  it('the coordinator aborts what is open for too long, when it looks', () => {
    // A poll of 100 that have piled up takes 0.7 s: longer than a life between two crashes, and not too long.
    const params = { downtime: s(10), crashEvery: s(30), transactionTimeout: s(1), pollRecords: 100 };
    const recording = run(exactlyOnce, { variant: 'transactional', params });
    const ended = recording.facts.tables.find(({ kind }) => kind === 'kafka.transaction.ended')!;
    const fences = [...ended.times].filter((_, row) => recording.facts.texts[ended.columns.outcome[row]] === 'fence');
    // The worker is away from 10 s to 20 s, at whose beginning it may have been at a poll, and, from the midst of a full one,
    // from 20.6 s to 30.6 s; it is looked every ten seconds.
    const seconds = fences.map((time) => Math.floor(time / s(1)));
    expect(seconds).toContain(30);
    expect([20, 30]).toEqual(expect.arrayContaining(seconds));
    expect(totalOf(recording, 'effects.results.doubled')).toBe(0);
  });

  it('committed before the work, what crashes leave is missing, and with offsets committed after it nothing is', () => {
    const missing = (offsets: string): number => {
      const recording = trialled(exactlyOnce, { variant: 'commit-first', params: { offsets } });
      const results = totalOf(recording, 'effects.results.applied') - totalOf(recording, 'effects.results.doubled');
      return totalOf(recording, 'http.client.requests') - results;
    };
    expect(missing('before')).toBeGreaterThan(20);
    expect(missing('after')).toBe(0);
  });

  it('who reads committed results waits for the rest of a poll, which smaller polls make shorter, and nobody else does', () => {
    const delay = (variant: string, params: ParameterValues = {}): number =>
      summaryOf(trialled(exactlyOnce, { variant, params }), 'effects.results.delay', 'p50');
    const committed = delay('transactional');
    expect(committed).toBeGreaterThan(4 * delay('read-uncommitted'));
    expect(committed).toBeGreaterThan(4 * delay('transactional', { pollRecords: 5 }));
    // By 2 % of how fine the histogram is.
    expect(delay('read-uncommitted')).toBeLessThan(1.02 * delay('idempotent-producer'));
  });

  it('larger polls need fewer transactions', () => {
    const commits = (pollRecords: number): number =>
      totalOf(
        trialled(exactlyOnce, { variant: 'transactional', params: { pollRecords } }),
        'kafka.transaction.commits',
      );
    expect(commits(5)).toBeGreaterThan(commits(40));
  });

  it('what a worker had written that stood still for longer than its session is not there twice, nor missing', () => {
    const recording = trialled(exactlyOnce, {
      variant: 'transactional',
      params: { length: s(120), crashFrom: s(600) },
      interventions: [parseIntervention('16s:pause:worker-2:seconds=50')],
    });
    expect(totalOf(recording, 'effects.results.doubled')).toBe(0);
    expect(totalOf(recording, 'effects.results.applied')).toBe(totalOf(recording, 'http.client.requests'));
  });

  it('a coordinator that dies in the midst of transactions changes nothing of that', () => {
    for (const broker of ['broker-1', 'broker-2', 'broker-3']) {
      const recording = trialled(exactlyOnce, {
        variant: 'transactional',
        interventions: [parseIntervention(`16s:kill:${broker}:seconds=5`)],
      });
      expect(totalOf(recording, 'effects.results.doubled')).toBe(0);
      expect(totalOf(recording, 'effects.results.applied')).toBe(totalOf(recording, 'http.client.requests'));
      expect(most(recording, 'kafka.partition.undecided')).toBeGreaterThan(0);
    }
  });
});
