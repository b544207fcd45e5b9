/**
 * The breaker against a naive one that keeps every call for ever, over calls that overlap, end late or say nothing; and against
 * what resilience4j answered, step by step.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Simulation } from '../../../../../sim-core/kernel/simulation.ts';
import { ms, s, SECOND } from '../../../../../sim-core/kernel/time.ts';
import {
  CIRCUIT_BREAKER_DEFAULTS,
  type CircuitBreakerOptions,
} from '../../../../../sim-core/network/resilience/circuit-breaker/breaker-options.ts';
import {
  breakerExceeded,
  breakerTurned,
} from '../../../../../sim-core/network/resilience/circuit-breaker/breaker-signals.ts';
import {
  breakerStates,
  CircuitBreaker,
  type BreakerState,
} from '../../../../../sim-core/network/resilience/circuit-breaker/circuit-breaker.ts';
import { fixedInterval } from '../../../../../sim-core/network/resilience/circuit-breaker/interval-function.ts';
import { sharedVectors } from '../../../../shared-vectors.ts';

const breakerOf = (options: Partial<CircuitBreakerOptions>) => {
  const sim = new Simulation();
  return { sim, breaker: new CircuitBreaker(sim, 'breaker', { ...CIRCUIT_BREAKER_DEFAULTS, ...options }) };
};

/** The rules in words of the documentation, over a list of all that ended since the state began. */
class NaiveBreaker {
  state: BreakerState = 'closed';
  private ended: { failed: boolean; slow: boolean; at: number }[] = [];
  private since = 0;
  private permits = 0;
  /** Openings since it was last closed, or set by hand to a state that lets all through. */
  private openings = 0;
  /** Thresholds that were reached where all are let through. */
  readonly reached: string[] = [];
  private reachedHere: string[] = [];
  private readonly options: CircuitBreakerOptions;
  /** How the present window counts: that of the open state is the one before. */
  private counts: 'closed' | 'half-open' | 'nothing' = 'closed';
  constructor(options: CircuitBreakerOptions) {
    this.options = options;
  }

  /** What happens by itself before a moment. */
  passTo(now: number): void {
    const { waitIntervalFunctionInOpenState, maxWaitDurationInHalfOpenState } = this.options;
    for (;;) {
      const open = this.since + waitIntervalFunctionInOpenState(Math.max(1, this.openings));
      const half = this.since + maxWaitDurationInHalfOpenState;
      if (this.state === 'open' && this.options.automaticTransitionFromOpenToHalfOpenEnabled && open < now) {
        this.enter('half-open', open);
      } else if (this.state === 'half-open' && maxWaitDurationInHalfOpenState > 0 && half < now) {
        this.enter(this.options.transitionToStateAfterWaitDuration, half);
      } else return;
    }
  }

  tryAcquire(now: number): boolean {
    const wait = this.options.waitIntervalFunctionInOpenState(Math.max(1, this.openings));
    if (this.state === 'open' && now > this.since + wait) this.enter('half-open', now);
    if (this.state !== 'half-open') return this.state !== 'open' && this.state !== 'forced-open';
    const mayCall = this.permits > 0;
    if (mayCall) this.permits--;
    return mayCall;
  }

  release(): void {
    if (this.state === 'half-open') this.permits++;
  }

  record(failed: boolean, duration: number, now: number): void {
    if (this.counts === 'nothing') return;
    this.ended.push({ failed, slow: duration > this.options.slowCallDurationThreshold, at: now });
    const [failures, slows] = this.rates(now);
    if (this.state === 'open' || failures < 0) return;
    const bad = [
      ...(failures >= this.options.failureRateThreshold ? ['failure'] : []),
      ...(slows >= this.options.slowCallRateThreshold ? ['slow'] : []),
    ];
    if (this.state !== 'half-open') {
      for (const rate of bad) if (!this.reachedHere.includes(rate)) this.reached.push(rate);
      this.reachedHere.push(...bad);
    }
    if (this.state === 'metrics-only') return;
    if (bad.length > 0) this.enter('open', now);
    else if (this.state === 'half-open') this.enter('closed', now);
  }

  rates(now: number): [number, number] {
    if (this.counts === 'nothing') return [-1, -1];
    const {
      slidingWindowSize: size,
      minimumNumberOfCalls: least,
      permittedNumberOfCallsInHalfOpenState,
    } = this.options;
    const byTime = this.counts === 'closed' && this.options.slidingWindowType === 'time';
    const most = this.counts === 'closed' ? size : permittedNumberOfCallsInHalfOpenState;
    const second = Math.floor(now / SECOND);
    const window = byTime
      ? this.ended.filter(({ at }) => Math.floor(at / SECOND) > second - size)
      : this.ended.slice(-most);
    if (window.length === 0 || window.length < (byTime ? least : Math.min(least, most))) return [-1, -1];
    const share = (what: 'failed' | 'slow'): number =>
      (100 * window.filter((call) => call[what]).length) / window.length;
    return [share('failed'), share('slow')];
  }

  enter(state: BreakerState, at: number): void {
    this.state = state;
    this.since = at;
    this.permits = this.options.permittedNumberOfCallsInHalfOpenState;
    this.reachedHere = [];
    if (state === 'open' || state === 'forced-open') this.openings++;
    else if (state !== 'half-open') this.openings = 0;
    if (state === 'open') return;
    this.ended = [];
    this.counts = state === 'half-open' ? state : state === 'closed' || state === 'metrics-only' ? 'closed' : 'nothing';
  }
}

const options: fc.Arbitrary<CircuitBreakerOptions> = fc.record({
  slidingWindowType: fc.constantFrom('count', 'time'),
  slidingWindowSize: fc.integer({ min: 1, max: 8 }),
  minimumNumberOfCalls: fc.integer({ min: 1, max: 6 }),
  // Shares that no count of calls here meets but for rounding, and such that some do.
  failureRateThreshold: fc.constantFrom(12.5, 25, 37.6, 50, 75, 100),
  slowCallRateThreshold: fc.constantFrom(25, 50, 60.1, 100),
  slowCallDurationThreshold: fc.constant(ms(200)),
  permittedNumberOfCallsInHalfOpenState: fc.integer({ min: 1, max: 5 }),
  waitIntervalFunctionInOpenState: fc.oneof(
    fc.constantFrom(ms(500), s(1), s(3)).map(fixedInterval),
    fc.record({ first: fc.constantFrom(ms(100), ms(500)), most: fc.constantFrom(s(2), s(9)) }).map(
      ({ first, most }) =>
        (attempt: number) =>
          Math.min(most, first * 3 ** (attempt - 1)),
    ),
  ),
  automaticTransitionFromOpenToHalfOpenEnabled: fc.boolean(),
  maxWaitDurationInHalfOpenState: fc.constantFrom(0, 0, ms(700)),
  transitionToStateAfterWaitDuration: fc.constantFrom('open', 'closed'),
  ignoreException: fc.constant(CIRCUIT_BREAKER_DEFAULTS.ignoreException),
  recordException: fc.constant(CIRCUIT_BREAKER_DEFAULTS.recordException),
  recordResult: fc.constant(CIRCUIT_BREAKER_DEFAULTS.recordResult),
});
const steps = fc.array(
  fc.oneof(
    {
      arbitrary: fc.record({
        op: fc.constant('wait' as const),
        time: fc.constantFrom(1, ms(100), ms(500), ms(501), s(1), s(9)),
      }),
      weight: 3,
    },
    { arbitrary: fc.record({ op: fc.constant('ask' as const) }), weight: 8 },
    {
      // Which of those under way ends, and how.
      arbitrary: fc.record({
        op: fc.constant('end' as const),
        which: fc.nat(5),
        failed: fc.boolean(),
        slow: fc.boolean(),
      }),
      weight: 8,
    },
    { arbitrary: fc.record({ op: fc.constant('release' as const) }), weight: 1 },
    { arbitrary: fc.record({ op: fc.constant('turn' as const), to: fc.constantFrom(...breakerStates) }), weight: 1 },
  ),
  { minLength: 60, maxLength: 200 },
);

it('does as the naive one does, whatever ends when', () => {
  fc.assert(
    fc.property(options, steps, (options, steps) => {
      const { sim, breaker } = breakerOf(options);
      const naive = new NaiveBreaker(options);
      const reached: string[] = [];
      sim.facts.channel(breakerExceeded).listen(({ rate }) => reached.push(rate));
      let underWay = 0;
      for (const step of steps) {
        if (step.op === 'wait') {
          sim.runUntil(sim.now + step.time);
          naive.passTo(sim.now);
        } else if (step.op === 'ask') {
          const mayCall = breaker.tryAcquire();
          expect(mayCall).toBe(naive.tryAcquire(sim.now));
          if (mayCall) underWay++;
        } else if (step.op === 'turn') {
          if (breaker.state === 'closed' && step.to === 'half-open') {
            expect(() => breaker.transitionTo('half-open')).toThrow('closed breaker cannot be half open');
            continue;
          }
          breaker.transitionTo(step.to);
          naive.enter(step.to, sim.now);
        } else if (underWay > 0) {
          underWay--;
          if (step.op === 'release') {
            breaker.release();
            naive.release();
          } else {
            const duration = step.slow ? ms(200) + 1 : ms(200);
            breaker.record(step.failed, duration);
            naive.record(step.failed, duration, sim.now);
          }
        }
        expect(breaker.state).toBe(naive.state);
        const [failed, slow] = naive.rates(sim.now);
        expect(breaker.failureRate).toBeCloseTo(failed, 4);
        expect(breaker.slowCallRate).toBeCloseTo(slow, 4);
        expect(reached).toEqual(naive.reached);
      }
    }),
  );
});

it('lets no more calls through while it is half open than it is told, and tells of each turn', () => {
  const { sim, breaker } = breakerOf({
    minimumNumberOfCalls: 2,
    slidingWindowSize: 2,
    waitIntervalFunctionInOpenState: fixedInterval(s(1)),
    permittedNumberOfCallsInHalfOpenState: 3,
  });
  const turns: string[] = [];
  sim.facts.channel(breakerTurned).listen(({ from, to }) => turns.push(`${sim.now / s(1)} s: ${from} > ${to}`));
  for (let i = 0; i < 2; i++) breaker.record(true, ms(1));
  sim.runUntil(s(2));
  expect(Array.from({ length: 5 }, () => breaker.tryAcquire())).toEqual([true, true, true, false, false]);
  // The least number of calls is two, so two of the three decide.
  breaker.record(false, ms(1));
  expect(breaker.state).toBe('half-open');
  breaker.record(false, ms(1));
  expect(turns).toEqual(['0 s: closed > open', '2 s: open > half-open', '2 s: half-open > closed']);
  // The third ends in the closed state, and is the first in its window.
  breaker.record(true, ms(1));
  expect([breaker.state, breaker.bufferedCalls, breaker.failedCalls]).toEqual(['closed', 1, 1]);
});

it('turns by itself when it is told to, and not before a call comes where it is not', () => {
  for (const isAutomatic of [true, false]) {
    const { sim, breaker } = breakerOf({
      minimumNumberOfCalls: 1,
      waitIntervalFunctionInOpenState: fixedInterval(s(1)),
      maxWaitDurationInHalfOpenState: s(2),
      automaticTransitionFromOpenToHalfOpenEnabled: isAutomatic,
    });
    breaker.record(true, ms(1));
    const states = [0.5, 1.5, 3.5].map((at) => {
      sim.runUntil(s(at));
      return breaker.state;
    });
    expect(states).toEqual(isAutomatic ? ['open', 'half-open', 'open'] : ['open', 'open', 'open']);
  }
});

it('turned open by hand goes on with what was found, and forced open or disabled remembers nothing', () => {
  const { sim, breaker } = breakerOf({ minimumNumberOfCalls: 2, waitIntervalFunctionInOpenState: fixedInterval(s(1)) });
  breaker.record(true, ms(1));
  breaker.transitionTo('open');
  expect([breaker.tryAcquire(), breaker.bufferedCalls, breaker.notPermittedCalls]).toEqual([false, 1, 1]);
  breaker.transitionTo('forced-open');
  sim.runUntil(s(60));
  breaker.record(true, ms(1));
  expect([breaker.tryAcquire(), breaker.bufferedCalls, breaker.notPermittedCalls]).toEqual([false, 0, 1]);
  breaker.transitionTo('disabled');
  for (let i = 0; i < 5; i++) breaker.record(true, ms(1));
  expect([breaker.tryAcquire(), breaker.failureRate, breaker.notPermittedCalls]).toEqual([true, -1, 0]);
  breaker.transitionTo('metrics-only');
  for (let i = 0; i < 5; i++) breaker.record(true, ms(1));
  expect([breaker.tryAcquire(), breaker.failureRate, breaker.state]).toEqual([true, 100, 'metrics-only']);
});

it.each<[Partial<CircuitBreakerOptions>, string]>([
  [{ slidingWindowSize: 0 }, 'slidingWindowSize is 0'],
  [{ minimumNumberOfCalls: 1.5 }, 'minimumNumberOfCalls is 1.5'],
  [{ failureRateThreshold: 0 }, 'failureRateThreshold is 0'],
  [{ slowCallRateThreshold: 101 }, 'slowCallRateThreshold is 101'],
  [{ permittedNumberOfCallsInHalfOpenState: NaN }, 'permittedNumberOfCallsInHalfOpenState is NaN'],
])('refuses %j', (wrong, message) => {
  expect(() => breakerOf(wrong)).toThrow(message);
});

interface VectorRow {
  readonly scenario: string;
  readonly config: {
    readonly window: 'count' | 'time';
    readonly size: number;
    readonly minimumNumberOfCalls: number;
    readonly failureRateThreshold: number;
    readonly waitDurationInOpenStateMs: number;
    readonly permittedCallsInHalfOpen: number;
    readonly slowCallRateThreshold: number;
    readonly slowCallDurationMs: number;
  };
  readonly steps: readonly {
    readonly op: string;
    readonly result: string;
    readonly state: string;
    readonly failure_rate: number;
    readonly slow_rate: number;
    readonly buffered: number;
    readonly failed: number;
    readonly not_permitted: number;
  }[];
}

const vectors = sharedVectors<{ rows: VectorRow[] }>('circuit_breaker_resilience4j.json');

describe.skipIf(vectors.isLeftOut)('resilience4j', () => {
  const { rows } = vectors.isLeftOut ? { rows: [] } : vectors.read();

  it('has rows', () => expect(rows.length).toBeGreaterThan(10));

  it.each(rows.map((row) => [row.scenario, row] as const))('%s', (_name, { config, steps }) => {
    const { sim, breaker } = breakerOf({
      slidingWindowType: config.window,
      slidingWindowSize: config.size,
      minimumNumberOfCalls: config.minimumNumberOfCalls,
      failureRateThreshold: config.failureRateThreshold,
      waitIntervalFunctionInOpenState: fixedInterval(ms(config.waitDurationInOpenStateMs)),
      permittedNumberOfCallsInHalfOpenState: config.permittedCallsInHalfOpen,
      slowCallRateThreshold: config.slowCallRateThreshold,
      slowCallDurationThreshold: ms(config.slowCallDurationMs),
    });
    const endings: Readonly<Record<string, readonly [failed: boolean, duration: number]>> = {
      S: [false, ms(100)],
      F: [true, ms(100)],
      s: [false, s(2)],
      f: [true, s(2)],
    };
    const answers = steps.map(({ op }) => {
      let result = 'advanced';
      if (op.startsWith('+')) sim.runUntil(sim.now + ms(Number(op.slice(1))));
      else if (!breaker.tryAcquire()) result = 'rejected';
      else {
        result = 'permitted';
        breaker.record(...endings[op]);
      }
      return {
        op,
        result,
        state: breaker.state.toUpperCase().replace('-', '_'),
        failure_rate: breaker.failureRate,
        slow_rate: breaker.slowCallRate,
        buffered: breaker.bufferedCalls,
        failed: breaker.failedCalls,
        not_permitted: breaker.notPermittedCalls,
      };
    });
    const single = (rate: number): number => Math.fround(rate);
    const told = steps.map((step) => ({
      ...step,
      failure_rate: single(step.failure_rate),
      slow_rate: single(step.slow_rate),
    }));
    expect(answers).toEqual(told);
  });
});
