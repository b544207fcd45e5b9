/**
 * Each policy by its rule, what a set of them decides, and both against the list of the processor's README. Rows of the
 * rules follow its README and source.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Simulation } from '../../../../../sim-core/kernel/simulation.ts';
import { ms, s, type Time } from '../../../../../sim-core/kernel/time.ts';
import { PolicySet, type NamedPolicy } from '../../../../../sim-core/observability/sampling/policies/policy-set.ts';
import {
  samplingPolicies as policies,
  type SamplingPolicyName,
} from '../../../../../sim-core/observability/sampling/policies/sampling-policies.ts';
import type {
  SamplingPolicy,
  Verdict,
} from '../../../../../sim-core/observability/sampling/policies/sampling-policy.ts';
import { asciiBytes, fnv1a64 } from '../../../../../sim-core/observability/sampling/policies/trace-id-hash.ts';
import { TAIL_SAMPLING_DEFAULTS } from '../../../../../sim-core/observability/sampling/tail-sampling-options.ts';
import type { SpanData } from '../../../../../sim-core/observability/signals/telemetry.ts';
import { sharedVectors } from '../../../../shared-vectors.ts';
import { idOf, SPAN_BYTES, spanFrom, spanOf } from '../spans.ts';

const judged = (policy: SamplingPolicy, spans: readonly SpanData[], now: Time = 0): Verdict =>
  policy.evaluate({ traceId: spans[0].context.traceId, spans, bytes: SPAN_BYTES * spans.length }, now);

const CODE = 'http.response.status_code';
const plain = [spanOf()];
const withCode = (code: number | string): SpanData[] => [
  spanOf({ span: 1 }),
  spanOf({ span: 2, attributes: { [CODE]: code } }),
];
const withRoute = (route: string): SpanData[] => [spanOf({ attributes: { 'http.route': route } })];
const withFlag = (flag: boolean | string): SpanData[] => [spanOf({ attributes: { 'app.force_sample': flag } })];
const spansOf = (count: number): SpanData[] => Array.from({ length: count }, (_, span) => spanOf({ span }));
const always = policies.always_sample();
const never = policies.span_count({ minSpans: 1000 });
const slow = policies.latency({ threshold: ms(300) });
const between = policies.latency({ threshold: ms(300), upperThreshold: ms(500) });
const errors = policies.numeric_attribute({ key: CODE, minValue: 500, maxValue: 599 });
const notErrors = policies.numeric_attribute({ key: CODE, minValue: 500, maxValue: 599, invertMatch: true });
const health = policies.string_attribute({ key: 'http.route', values: ['/health', '/metrics'] });
const pattern = policies.string_attribute({
  key: 'http.route',
  values: ['^/v1/.+', 'live'],
  enabledRegexMatching: true,
});
const forced = policies.boolean_attribute({ key: 'app.force_sample', value: true });
const state = policies.trace_state({ key: 'tier', values: ['gold', 'silver'] });

const serverError = policies.ottl_condition({ span: [`attributes["${CODE}"] >= 500`] });
const slowSpan = policies.ottl_condition({ span: ['(end_time_unix_nano - start_time_unix_nano) > 300000000'] });
const errorOrSlow = policies.ottl_condition({
  span: ['status.code == STATUS_CODE_ERROR', 'end_time_unix_nano - start_time_unix_nano > 300000000'],
});
const unknown = 'attributes["retries"] + 1 > 3';
const withEvent = [spanOf({ events: [{ name: 'exception', time: 0, attributes: {} }] })];

type Row = readonly [rule: string, policy: SamplingPolicy, spans: readonly SpanData[], verdict: Verdict];

const rules: Readonly<Record<SamplingPolicyName, readonly Row[]>> = {
  always_sample: [['anything', always, plain, 'sampled']],
  latency: [
    ['from the threshold on', slow, [spanFrom(0, 300)], 'sampled'],
    ['not a nanosecond less, in whole milliseconds', slow, [spanOf({ end: ms(300) - 1 })], 'not-sampled'],
    ['from first start to last end, whatever is between', slow, [spanFrom(0, 1), spanFrom(299, 300)], 'sampled'],
    ['no single span of which is slow by itself', slow, [spanFrom(100, 250), spanFrom(200, 350)], 'not-sampled'],
    ['above the lower of two thresholds', between, [spanFrom(0, 300)], 'not-sampled'],
    ['up to the upper one', between, [spanFrom(0, 500)], 'sampled'],
    ['and no more', between, [spanFrom(0, 501)], 'not-sampled'],
    ['but on the way there it is in the range', between, [spanFrom(0, 400), spanFrom(0, 900)], 'sampled'],
    ['which another order does not pass', between, [spanFrom(0, 900), spanFrom(0, 400)], 'not-sampled'],
  ],
  numeric_attribute: [
    ['the least', errors, withCode(500), 'sampled'],
    ['the most', errors, withCode(599), 'sampled'],
    ['outside', errors, withCode(499), 'not-sampled'],
    ['missing', errors, plain, 'not-sampled'],
    ['text is read as 0', errors, withCode('500'), 'not-sampled'],
    ['a bound of 0 is none', policies.numeric_attribute({ key: CODE, minValue: 500 }), withCode(1e6), 'sampled'],
    [
      'the old name finds nothing',
      policies.numeric_attribute({ key: 'http.status_code', minValue: 500 }),
      withCode(503),
      'not-sampled',
    ],
    ['turned round, a match is a veto', notErrors, withCode(503), 'inverted-not-sampled'],
    ['and none is for it', notErrors, plain, 'inverted-sampled'],
  ],
  probabilistic: [
    ['all', policies.probabilistic({ samplingPercentage: 100 }), plain, 'sampled'],
    ['none', policies.probabilistic({ samplingPercentage: 0 }), plain, 'not-sampled'],
  ],
  status_code: [
    ['any span', policies.status_code({ statusCodes: ['error'] }), [spanOf(), spanOf({ status: 'error' })], 'sampled'],
    ['none', policies.status_code({ statusCodes: ['error', 'ok'] }), plain, 'not-sampled'],
    ['of several', policies.status_code({ statusCodes: ['error', 'unset'] }), plain, 'sampled'],
    ['it is not of HTTP', policies.status_code({ statusCodes: ['error'] }), withCode(503), 'not-sampled'],
  ],
  string_attribute: [
    ['one of the values', health, withRoute('/metrics'), 'sampled'],
    ['all of the text', health, withRoute('/metrics/all'), 'not-sampled'],
    ['of the resource', policies.string_attribute({ key: 'service.name', values: ['orders'] }), plain, 'sampled'],
    ['a pattern', pattern, withRoute('/v1/orders'), 'sampled'],
    ['patterns are not anchored', pattern, withRoute('/alive'), 'sampled'],
    ['nothing matches an empty text', pattern, withRoute(''), 'not-sampled'],
    [
      'turned round',
      policies.string_attribute({ key: 'http.route', values: ['/health'], invertMatch: true }),
      withRoute('/health'),
      'inverted-not-sampled',
    ],
  ],
  trace_state: [
    ['a member', state, [spanOf({ traceState: 'vendor=1, tier=silver' })], 'sampled'],
    ['another value', state, [spanOf({ traceState: 'tier=bronze' })], 'not-sampled'],
    ['no part of a value', state, [spanOf({ traceState: 'tier=golden' })], 'not-sampled'],
    ['without any', state, plain, 'not-sampled'],
  ],
  trace_flags: [
    ['any span', policies.trace_flags(), [spanOf({ isSampled: false }), spanOf()], 'sampled'],
    ['none', policies.trace_flags(), [spanOf({ isSampled: false })], 'not-sampled'],
  ],
  rate_limiting: [
    ['two seconds’ worth at once', policies.rate_limiting({ spansPerSecond: 5 }), spansOf(10), 'sampled'],
    ['and never more', policies.rate_limiting({ spansPerSecond: 5 }), spansOf(11), 'not-sampled'],
  ],
  bytes_limiting: [
    ['what fits in', policies.bytes_limiting({ bytesPerSecond: SPAN_BYTES }), spansOf(2), 'sampled'],
    [
      'by default two seconds’ worth',
      policies.bytes_limiting({ bytesPerSecond: SPAN_BYTES }),
      spansOf(3),
      'not-sampled',
    ],
    [
      'or as much as is said',
      policies.bytes_limiting({ bytesPerSecond: 1, burstCapacity: 300 }),
      spansOf(3),
      'sampled',
    ],
  ],
  span_count: [
    ['the least', policies.span_count({ minSpans: 2 }), spansOf(2), 'sampled'],
    ['less', policies.span_count({ minSpans: 2 }), plain, 'not-sampled'],
    ['the most', policies.span_count({ minSpans: 2, maxSpans: 3 }), spansOf(3), 'sampled'],
    ['more', policies.span_count({ minSpans: 2, maxSpans: 3 }), spansOf(4), 'not-sampled'],
  ],
  boolean_attribute: [
    ['the value', forced, withFlag(true), 'sampled'],
    ['the other', forced, withFlag(false), 'not-sampled'],
    [
      'what is no boolean is read as false',
      policies.boolean_attribute({ key: 'app.force_sample', value: false }),
      withFlag('yes'),
      'sampled',
    ],
  ],
  ottl_condition: [
    ['the handbook’s first condition, by the name of today', serverError, withCode(503), 'sampled'],
    ['of a span without the attribute it does not hold', serverError, plain, 'not-sampled'],
    ['its second one, of a span', slowSpan, [spanFrom(0, 301)], 'sampled'],
    ['not of many short ones', slowSpan, [spanFrom(0, 200), spanFrom(150, 400)], 'not-sampled'],
    ['any of several conditions', errorOrSlow, [spanFrom(0, 301)], 'sampled'],
    ['an event', policies.ottl_condition({ spanevent: ['name == "exception"'] }), withEvent, 'sampled'],
    ['no other', policies.ottl_condition({ spanevent: ['name == "retry"'] }), withEvent, 'not-sampled'],
    ['what cannot be worked out', policies.ottl_condition({ span: [unknown] }), plain, 'error'],
    [
      'but does not hold where errors are ignored',
      policies.ottl_condition({ span: [unknown], errorMode: 'ignore' }),
      plain,
      'not-sampled',
    ],
  ],
  and: [
    ['all', policies.and({ subPolicies: [always, errors] }), withCode(503), 'sampled'],
    ['but one', policies.and({ subPolicies: [always, errors] }), plain, 'not-sampled'],
    ['inverted verdicts are plain ones within', policies.and({ subPolicies: [notErrors] }), plain, 'sampled'],
    ['either way', policies.and({ subPolicies: [notErrors] }), withCode(503), 'not-sampled'],
  ],
  drop: [
    ['what all would keep', policies.drop({ subPolicies: [health] }), withRoute('/health'), 'dropped'],
    ['nothing else', policies.drop({ subPolicies: [health, never] }), withRoute('/health'), 'not-sampled'],
  ],
  composite: [
    [
      'the first that is for it decides, though the next has room',
      policies.composite({
        maxTotalSpansPerSecond: 100,
        subPolicies: [
          { policy: errors, percent: 1 },
          { policy: always, percent: 99 },
        ],
      }),
      withCode(503),
      'not-sampled',
    ],
    [
      'those that are not for it do not',
      policies.composite({
        maxTotalSpansPerSecond: 100,
        subPolicies: [
          { policy: errors, percent: 1 },
          { policy: always, percent: 99 },
        ],
      }),
      plain,
      'sampled',
    ],
    [
      'without a share there is nothing',
      policies.composite({ maxTotalSpansPerSecond: 100, subPolicies: [{ policy: always }] }),
      plain,
      'not-sampled',
    ],
    [
      'a share of 0 is an equal part',
      policies.composite({
        maxTotalSpansPerSecond: 100,
        subPolicies: [
          { policy: never, percent: 0 },
          { policy: always, percent: 0 },
        ],
      }),
      spansOf(50),
      'sampled',
    ],
  ],
};

describe.each(Object.entries(rules))('%s', (_, rows) => {
  it.each(rows)('%s', (_rule, policy, spans, verdict) => {
    expect(judged(policy, spans)).toBe(verdict);
  });
});

describe('probabilistic', () => {
  it('hashes by FNV-1a of 64 bits, as its authors’ table has it', () => {
    expect(fnv1a64([]).toString(16)).toBe('cbf29ce484222325');
    expect(fnv1a64(asciiBytes('a')).toString(16)).toBe('af63dc4c8601ec8c');
    expect(fnv1a64(asciiBytes('foobar')).toString(16)).toBe('85944171f73967e8');
  });

  const keptOf = (ids: readonly string[], samplingPercentage: number, hashSalt?: string): Set<string> => {
    const policy = policies.probabilistic({ samplingPercentage, ...(hashSalt === undefined ? {} : { hashSalt }) });
    return new Set(ids.filter((traceId) => policy.evaluate({ traceId, spans: plain, bytes: 0 }, 0) === 'sampled'));
  };

  it('keeps of a larger share all that a smaller one keeps, and about its share of random ids; another salt keeps others', () => {
    const draws = new Simulation().random('ids');
    const word = (): string => draws.integer(0x1_0000_0000).toString(16).padStart(8, '0');
    const ids = Array.from({ length: 2000 }, () => word() + word() + word() + word());
    const [tenth, fifth, salted] = [keptOf(ids, 10), keptOf(ids, 20), keptOf(ids, 20, 'salt')];
    for (const id of tenth) expect(fifth).toContain(id);
    // The same ids each time: 400 and a little more than five deviations of 18.
    expect(Math.abs(fifth.size - 400)).toBeLessThan(100);
    expect([...salted].filter((id) => fifth.has(id)).length).toBeLessThan(200);
  });

  it('is of no use for ids that count up: the hash’s upper bits do not know of the last bytes', () => {
    const ids = Array.from({ length: 200 }, (_, i) => idOf(i));
    expect([0, 200]).toContain(keptOf(ids, 50).size);
  });

  it('refuses a share that is none', () => {
    expect(() => policies.probabilistic({ samplingPercentage: 101 })).toThrow('samplingPercentage is 101');
  });
});

describe('limits', () => {
  it('rate_limiting recovers as time goes by, composite with each second of the clock', () => {
    const bucket = policies.rate_limiting({ spansPerSecond: 2 });
    const seconds = policies.composite({ maxTotalSpansPerSecond: 4, subPolicies: [{ policy: always, percent: 100 }] });
    const at = [s(0.1), s(0.9), s(1), s(1.1), s(2.9)];
    expect(at.map((now) => judged(bucket, spansOf(3), now))).toEqual([
      'sampled',
      'not-sampled',
      'not-sampled',
      'sampled',
      'sampled',
    ]);
    expect(at.map((now) => judged(seconds, spansOf(3), now))).toEqual([
      'sampled',
      'not-sampled',
      'sampled',
      'not-sampled',
      'sampled',
    ]);
  });

  it.each([
    [() => policies.rate_limiting({ spansPerSecond: 0 }), 'rate_limiting: perSecond is 0'],
    [() => policies.bytes_limiting({ bytesPerSecond: 5, burstCapacity: 0.5 }), 'bytes_limiting: burst is 0.5'],
    [() => policies.status_code({ statusCodes: [] }), 'status_code: statusCodes is empty'],
  ])('refuse what cannot be', (make, message) => {
    expect(make).toThrow(message);
  });
});

describe('a set of policies', () => {
  const VERDICTS: readonly Verdict[] = [
    'sampled',
    'not-sampled',
    'inverted-sampled',
    'inverted-not-sampled',
    'dropped',
  ];
  const saying = (verdicts: readonly Verdict[], asked: string[] = []): NamedPolicy[] =>
    verdicts.map((verdict, i) => ({
      name: `${verdict} ${i}`,
      policy: {
        isFirst: verdict === 'dropped',
        evaluate: () => {
          asked.push(`${verdict} ${i}`);
          return verdict;
        },
      },
    }));
  const trace = { traceId: idOf(1), spans: plain, bytes: SPAN_BYTES };

  it('decides by the five rules of the README, and says the first of that mind', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...VERDICTS), { maxLength: 6 }), (verdicts) => {
        const { outcome, policy } = new PolicySet(saying(verdicts)).decide(trace, 0);
        const said = (verdict: Verdict): boolean => verdicts.includes(verdict);
        if (said('dropped')) expect(outcome).toBe('dropped');
        else if (said('inverted-not-sampled')) expect(outcome).toBe('not-sampled');
        else if (said('sampled')) expect(outcome).toBe('sampled');
        else if (said('inverted-sampled') && !said('not-sampled')) expect(outcome).toBe('sampled');
        else expect(outcome).toBe('not-sampled');
        if (policy !== '') {
          const [verdict, index] = policy.split(' ');
          expect(Number(index)).toBe(verdicts.indexOf(verdict as Verdict));
        } else expect(outcome).toBe('not-sampled');
      }),
    );
  });

  it('asks drops before the others, and these only if none vetoes', () => {
    const asked: string[] = [];
    new PolicySet(saying(['sampled', 'dropped', 'sampled'], asked)).decide(trace, 0);
    expect(asked).toEqual(['dropped 1']);
  });

  it.each([
    [['a', 'a'], 'two policies are named a'],
    [[''], 'the name of a policy is empty'],
  ])('refuses the names %j', (names, message) => {
    expect(() => new PolicySet(names.map((name) => ({ name, policy: always })))).toThrow(message);
  });
});

const vectors = sharedVectors<{
  tail_sampling: {
    policies: string[];
    defaults: { decision_wait_s: number; num_traces: number; decision_cache: number };
  };
}>('otlp_tail_sampling.json');

describe.skipIf(vectors.isLeftOut)('the README’s list', () => {
  it('has all the policies, and the defaults', () => {
    const { tail_sampling: listed } = vectors.read();
    expect(Object.keys(policies).toSorted()).toEqual(listed.policies.toSorted());
    const { decisionWait, numTraces, decisionCache } = TAIL_SAMPLING_DEFAULTS;
    expect(decisionWait).toBe(s(listed.defaults.decision_wait_s));
    expect(numTraces).toBe(listed.defaults.num_traces);
    expect(Object.values(decisionCache)).toEqual([listed.defaults.decision_cache, listed.defaults.decision_cache]);
  });
});
