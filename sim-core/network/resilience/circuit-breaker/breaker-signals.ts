/** What is told of circuit breakers, and the signals of that. */
import { defineFact } from '../../../kernel/fact.ts';
import { defineSignal } from '../../../statistics/signal.ts';

/** A breaker opened, half opened or closed. */
export const breakerTurned = defineFact(
  'circuit_breaker.transition',
  'A circuit breaker opened, half opened or closed',
  {
    breaker: 'text',
    from: 'text',
    to: 'text',
  },
);

/** The share of failed calls, or of slow ones, reached its threshold where the breaker lets all through: closed, or told to look on. */
export const breakerExceeded = defineFact(
  'circuit_breaker.exceeded',
  'The calls that a circuit breaker saw reached a threshold',
  { breaker: 'text', rate: 'text' },
);

/** A call was let through (`permitted`), or failed at once without being sent (`not permitted`). */
export const breakerAsked = defineFact('circuit_breaker.asked', 'A circuit breaker let a call through, or refused it', {
  breaker: 'text',
  request: 'request',
  outcome: 'text',
  state: 'text',
});

export const breakerSignals = [
  defineSignal({
    name: 'circuit_breaker.open',
    kind: 'gauge',
    unit: '{breaker}',
    help: 'Circuit breakers that are open: they let no call through',
    fact: breakerTurned,
    value: (fact) => (fact.to === 'open' || fact.to === 'forced-open' ? 1 : 0),
    of: (fact) => fact.breaker,
  }),
  defineSignal({
    name: 'circuit_breaker.half_open',
    kind: 'gauge',
    unit: '{breaker}',
    help: 'Circuit breakers that are half open: they let a few calls through, to see what becomes of them',
    fact: breakerTurned,
    value: (fact) => (fact.to === 'half-open' ? 1 : 0),
    of: (fact) => fact.breaker,
  }),
  defineSignal({
    name: 'circuit_breaker.permitted',
    kind: 'counter',
    unit: '{call}',
    help: 'Calls that circuit breakers let through',
    fact: breakerAsked,
    where: (fact) => fact.outcome === 'permitted',
  }),
  defineSignal({
    name: 'circuit_breaker.trials',
    kind: 'counter',
    unit: '{call}',
    help: 'Calls that half-open circuit breakers let through, to see what becomes of them',
    fact: breakerAsked,
    where: (fact) => fact.outcome === 'permitted' && fact.state === 'half-open',
  }),
  defineSignal({
    name: 'circuit_breaker.exceeded',
    kind: 'counter',
    unit: '{event}',
    help: 'How often the calls that a circuit breaker saw reached a threshold, whether it may open or not',
    fact: breakerExceeded,
  }),
  defineSignal({
    name: 'circuit_breaker.not_permitted',
    kind: 'counter',
    unit: '{call}',
    help: 'Calls that failed at once because a circuit breaker was not closed',
    fact: breakerAsked,
    where: (fact) => fact.outcome !== 'permitted',
  }),
];
