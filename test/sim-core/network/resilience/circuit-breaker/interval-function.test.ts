/** Waits of an open breaker that grow from one opening to the next, as resilience4j's interval functions have them. */
import { expect, it } from 'vitest';
import { Simulation } from '../../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../../sim-core/kernel/time.ts';
import { CIRCUIT_BREAKER_DEFAULTS } from '../../../../../sim-core/network/resilience/circuit-breaker/breaker-options.ts';
import { CircuitBreaker } from '../../../../../sim-core/network/resilience/circuit-breaker/circuit-breaker.ts';
import {
  exponentialRandomBackoff,
  fixedInterval,
} from '../../../../../sim-core/network/resilience/circuit-breaker/interval-function.ts';

it('waits longer with each opening in a row, up to a limit, and begins anew when it has closed', () => {
  const random = new Simulation({ seed: 1 }).random('waits');
  // resilience4j's own: (long) (x * multiplier) of whole milliseconds, from the first on.
  const growing = exponentialRandomBackoff({
    initialInterval: ms(101),
    multiplier: 1.5,
    maxInterval: ms(400),
    randomizationFactor: 0,
    random,
  });
  expect([1, 2, 3, 4, 5].map((attempt) => growing(attempt) / ms(1))).toEqual([101, 151, 226, 339, 400]);
  const sim = new Simulation();
  const breaker = new CircuitBreaker(sim, 'breaker', {
    ...CIRCUIT_BREAKER_DEFAULTS,
    minimumNumberOfCalls: 1,
    permittedNumberOfCallsInHalfOpenState: 1,
    waitIntervalFunctionInOpenState: growing,
  });
  /** Milliseconds from an opening to the first call that is let through, asked for in each. */
  const waited = (): number => {
    for (let waits = 0; ; waits++) {
      if (breaker.tryAcquire()) return waits;
      sim.runUntil(sim.now + ms(1));
    }
  };
  breaker.record(true, ms(1));
  const waits = [true, true, false].map((failed) => {
    const wait = waited();
    breaker.record(failed, ms(1));
    return wait;
  });
  expect(breaker.state).toBe('closed');
  breaker.record(true, ms(1));
  expect([...waits, waited()]).toEqual([102, 152, 227, 102]);
});

it('lengthens and shortens a wait by chance as far as it is told, and no further', () => {
  const draws = [0, 0.5, 0.999_999];
  const random = { next: () => draws.shift() ?? 0, integer: () => 0 };
  const jittered = exponentialRandomBackoff({
    initialInterval: s(1),
    multiplier: 2,
    maxInterval: s(2.5),
    randomizationFactor: 0.5,
    random,
  });
  expect([jittered(2), jittered(2), jittered(2)]).toEqual([s(1), s(2), s(2.5)]);
  expect(() => fixedInterval(-1)).toThrow('waitDurationInOpenState is -1; it must be a millisecond or more');
  const wrong = { initialInterval: s(1), multiplier: 0, maxInterval: s(1), randomizationFactor: 0, random };
  expect(() => exponentialRandomBackoff(wrong)).toThrow('multiplier is 0; it must be above 0');
  expect(() => exponentialRandomBackoff({ ...wrong, multiplier: 1, randomizationFactor: 2 })).toThrow(
    'randomizationFactor is 2; it must be from 0 to 1',
  );
});
