/** Expectations: each measure reads what it says, a claim that cannot be measured fails, and wrong names are named. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  atEnd,
  atLeast,
  atMost,
  difference,
  guardrail,
  isHeld,
  mean,
  NotClaimed,
  peak,
  quantile,
  ratio,
  summary,
  total,
  type Evidence,
  type Expectation,
  type Limit,
  type Measure,
  type SignalKind,
} from '../../../sim-core/index.ts';

const signal = (
  name: string,
  values: Record<string, number>,
  columns: Record<string, Float64Array> = {},
  unit = '1',
): Evidence['signals'][number] => ({
  name,
  kind: 'gauge',
  unit,
  help: '',
  columns,
  summary: values,
});

const evidence: Evidence = {
  header: {
    format: 1,
    engine: '',
    scenario: 'small',
    definition: '',
    variant: 'only',
    seed: 1,
    params: { rate: 100, spare: 3 },
    interventions: [],
    duration: 1,
    warmUp: 0,
    interval: 1,
  },
  signals: [
    signal('requests', { total: 42 }),
    signal('busy', { mean: 2.5, max: 8 }, { last: Float64Array.of(1, 8, 3) }),
    signal('latency', { count: 3, mean: 0.2, p50: 0.1, p90: 0.3, p95: 0.4, p99: 0.5, p999: 0.6, max: 0.7 }),
    signal('unseen', { mean: NaN, max: NaN, total: 0 }),
  ],
};

describe('measures', () => {
  it('are told in the unit of what they read', () => {
    const signals = [
      signal('latency', { count: 3, p99: 0.0345678 }, {}, 's'),
      signal('hits', { total: 42 }, {}, '{hit}'),
      signal('sent', { total: 2.5e6 }, {}, 'By'),
    ].map((one) => (one.name === 'latency' ? { ...one, kind: 'histogram' as const } : one));
    const told = (measure: Measure): [string, string] => {
      const { text, unit } = atMost(measure, 0.25).judge({ ...evidence, signals });
      return [text.replace(/.* at most /, ''), unit];
    };
    expect(told(quantile('latency', 'p99'))).toEqual(['250 ms', 's']);
    expect(told(summary('latency', 'count'))).toEqual(['0.25', '1']);
    expect(told(total('hits'))).toEqual(['0.25', '{hit}']);
    expect(told(difference(quantile('latency', 'p99'), quantile('latency', 'p99')))).toEqual(['250 ms', 's']);
    expect(told(ratio(total('hits'), total('hits')))).toEqual(['0.25', '1']);
    expect(told(ratio(total('sent'), total('hits')))).toEqual(['0.25 B', 'By']);
    expect(told(ratio(total('sent'), quantile('latency', 'p99')))).toEqual(['0.25 By/s', 'By/s']);
    expect(told({ text: 'it', of: () => 1 })).toEqual(['0.25', '1']);
  });

  it.each<[Measure, string, number]>([
    [total('requests'), 'total of requests', 42],
    [mean('busy'), 'mean of busy', 2.5],
    [peak('busy'), 'peak of busy', 8],
    [quantile('latency', 'p50'), 'p50 of latency', 0.1],
    [quantile('latency', 'p90'), 'p90 of latency', 0.3],
    [quantile('latency', 'p95'), 'p95 of latency', 0.4],
    [quantile('latency', 'p99'), 'p99 of latency', 0.5],
    [quantile('latency', 'p999'), 'p999 of latency', 0.6],
    [summary('latency', 'count'), 'count of latency', 3],
    [summary('latency', 'count', 'answers'), 'answers', 3],
    [atEnd('busy'), 'busy at the end', 3],
    [difference(total('requests'), mean('busy')), 'total of requests less mean of busy', 39.5],
    [
      difference(total('requests'), difference(total('requests'), mean('busy'))),
      'total of requests less (total of requests less mean of busy)',
      2.5,
    ],
    [ratio(total('requests'), mean('busy')), 'total of requests over mean of busy', 16.8],
  ])('reads the %#th', (measure, words, value) => {
    expect(measure.of(evidence)).toBe(value);
    expect(atMost(measure, 1e9).judge(evidence).text).toBe(`${words} is at most 1,000,000,000`);
    expect(atLeast(measure, 0).judge(evidence).text).toBe(`${words} is at least 0`);
  });

  it('say that what is no gauge has no value at the end', () => {
    expect(() => atEnd('requests').of(evidence)).toThrow('requests is no gauge');
  });

  it('say which signals there are, and which fields', () => {
    expect(() => total('request').of(evidence)).toThrow(
      'there is no signal request; there are requests, busy, latency, unseen',
    );
    expect(() => total('busy').of(evidence)).toThrow('busy has no total; it has mean, max');
    expect(() => summary('busy', 'toString').of(evidence)).toThrow('busy has no toString');
  });
});

describe('claims', () => {
  const fixed = (value: number): Measure => ({ text: 'it', of: () => value });

  it('hold exactly when the comparison does, the limit included, and never for what is no number', () => {
    const any = fc.double();
    fc.assert(
      fc.property(any, fc.oneof(any, fc.constant('same' as const)), (actual, other) => {
        const limit = other === 'same' ? actual : other;
        const [most, least] = [atMost(fixed(actual), limit), atLeast(fixed(actual), limit)].map((claim) =>
          claim.judge(evidence),
        );
        const measurable = !Number.isNaN(actual) && !Number.isNaN(limit);
        expect(most.pass).toBe(measurable && !(actual > limit));
        expect(least.pass).toBe(measurable && !(actual < limit));
        for (const result of [most, least]) {
          expect(result.actual).toBe(actual);
          expect(result.limit).toBe(limit);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('fail where nothing was observed, in either direction', () => {
    for (const measure of [mean('unseen'), peak('unseen'), ratio(total('unseen'), total('unseen'))]) {
      expect(atMost(measure, 1e9).judge(evidence)).toMatchObject({ pass: false, actual: NaN });
      expect(atLeast(measure, -1e9).judge(evidence)).toMatchObject({ pass: false, actual: NaN });
    }
  });

  it('take a limit from the parameters of the run that is judged', () => {
    const limit: Limit = (params) => Number(params['rate']) * 0.4 + Number(params['spare']);
    expect(atMost(total('requests'), limit).judge(evidence)).toEqual({
      text: 'total of requests is at most 43',
      pass: true,
      actual: 42,
      limit: 43,
      unit: '1',
    });
    const slower = { ...evidence, header: { ...evidence.header, params: { rate: 10, spare: 3 } } };
    expect(atMost(total('requests'), limit).judge(slower).pass).toBe(false);
  });

  it('are the same as guardrails, which say why', () => {
    const plain = atMost(total('requests'), 50);
    const marked = guardrail(plain, 'Nobody is refused');
    expect(marked.guardrail).toBe('Nobody is refused');
    expect(plain.guardrail).toBeUndefined();
    expect(marked.judge(evidence)).toEqual(plain.judge(evidence));
    expect(marked.claim).toBe(plain.claim);
    expect(() => guardrail(plain, ' ')).toThrow("guardrail: the reason is ' '; expected why the claim holds for both");
  });

  it('are not made where a limit gives a reason instead, whatever was measured, and say so', () => {
    const limit: Limit = (params) => (params['rate'] === 100 ? new NotClaimed('the queue may be full') : 1);
    for (const claim of [atMost(total('requests'), limit), atLeast(mean('unseen'), limit)]) {
      const result = claim.judge(evidence);
      expect(result).toMatchObject({ pass: true, limit: NaN, notClaimed: 'the queue may be full' });
      expect(isHeld(result)).toBe(false);
      expect(claim.claim!.limit(evidence.header.params)).toBeNaN();
    }
    const slower = { ...evidence, header: { ...evidence.header, params: { rate: 10, spare: 3 } } };
    expect(atMost(total('requests'), limit).judge(slower)).toMatchObject({ pass: false, limit: 1 });
  });

  it('are not made where no run could miss them: none of what is counted, all of a share', () => {
    const of = (kind: SignalKind): Evidence => ({
      ...evidence,
      signals: [{ ...signal('it', { total: 1, mean: 1 }), kind }],
    });
    const isClaimed = (claim: Expectation, kind: SignalKind): boolean => claim.judge(of(kind)).notClaimed === undefined;
    expect(isClaimed(atLeast(total('it'), 0), 'counter')).toBe(false);
    expect(isClaimed(atLeast(total('it'), 1), 'counter')).toBe(true);
    expect(isClaimed(atMost(total('it'), 0), 'counter')).toBe(true);
    expect(isClaimed(atMost(mean('it'), 1), 'ratio')).toBe(false);
    expect(isClaimed(atLeast(mean('it'), 1), 'ratio')).toBe(true);
    // A gauge may be below 0: a slope, a difference.
    expect(isClaimed(atLeast(mean('it'), 0), 'gauge')).toBe(true);
    expect(isClaimed(atMost(mean('it'), Infinity), 'gauge')).toBe(false);
    expect(isClaimed(atLeast(mean('it'), 0), 'histogram')).toBe(false);
  });

  it('fail where a number is measured that cannot be, or none', () => {
    for (const share of [1.5, NaN]) {
      const signals = [{ ...signal('it', { mean: share }), kind: 'ratio' as const }];
      const result = atMost(mean('it'), 1).judge({ ...evidence, signals });
      expect(result).toMatchObject({ pass: false, actual: share });
      expect(result.notClaimed).toBeUndefined();
    }
  });

  it('are not made where no run could miss what is worked out of two measures', () => {
    const [hits, lookups] = [total('hits'), total('lookups')];
    const [ours, theirs] = [mean('ours'), mean('theirs')];
    const whyOf = (claim: Expectation): string | undefined =>
      claim.judge({
        ...evidence,
        signals: [
          { ...signal('hits', { total: 1 }), kind: 'counter' },
          { ...signal('lookups', { total: 2 }), kind: 'counter' },
          { ...signal('ours', { mean: 0.5 }), kind: 'ratio' },
          { ...signal('theirs', { mean: 0.5 }), kind: 'ratio' },
          signal('busy', { mean: 1 }),
        ],
      }).notClaimed;
    const [none, never] = [
      'with these parameters it may be none, and is never less',
      'with these parameters it may be',
    ];
    expect(whyOf(atLeast(ratio(hits, lookups), 0))).toBe(none);
    expect(whyOf(atLeast(ratio(ratio(hits, lookups), lookups), 0))).toBe(none);
    expect(whyOf(atLeast(difference(ours, theirs), -1))).toBe(`${never} -1, and is never less`);
    expect(whyOf(atMost(difference(ours, theirs), 1))).toBe(`${never} 1, and is never more`);
    // None of these has an end there: more attempts than requests, fewer hits than lookups, a gauge.
    for (const claim of [
      atMost(ratio(hits, lookups), 1),
      atMost(ratio(ours, theirs), 1),
      atLeast(difference(hits, lookups), 0),
      atLeast(difference(ours, theirs), 0),
      atLeast(ratio(mean('busy'), lookups), 0),
      atLeast(difference(mean('busy'), ours), -1),
    ]) {
      expect(whyOf(claim), claim.claim!.measure.text).toBeUndefined();
    }
  });

  it('are refused where they are written if they are no claims', () => {
    expect(() => atMost(total('requests'), '100' as never)).toThrow(
      "total of requests is at most: the limit is '100'; expected a number or a function of the parameters",
    );
    expect(() => atLeast(total('requests'), undefined as never)).toThrow('the limit is undefined; expected a number');
    expect(() => atMost('requests' as never, 1)).toThrow("at most: the measure is 'requests'; expected total('…')");
    expect(() => atMost(undefined as never, 1)).toThrow('the measure is undefined');
  });
});
