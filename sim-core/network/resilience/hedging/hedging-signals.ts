/** What is told of hedged calls, and the signals of that. */
import { defineFact } from '../../../kernel/fact.ts';
import { defineSignal } from '../../../statistics/signal.ts';

/** A further call was sent (`hedged`), or was not because of the throttle (`throttled`). */
export const hedgeDecided = defineFact('hedging.decided', 'A further call was due: it was sent, or throttled', {
  caller: 'text',
  request: 'request',
  outcome: 'text',
});

/** A hedged call is over: which of its calls was answered first, 0 for none, and how many there were. */
export const hedgingEnded = defineFact('hedging.ended', 'A hedged call is over', {
  caller: 'text',
  request: 'request',
  attempts: 'number',
  winner: 'number',
});

export const hedgingSignals = [
  defineSignal({
    name: 'hedging.hedges',
    kind: 'counter',
    unit: '{call}',
    help: 'Further calls that were sent because there was no answer yet',
    fact: hedgeDecided,
    where: ({ outcome }) => outcome === 'hedged',
  }),
  defineSignal({
    name: 'hedging.rate',
    kind: 'rate',
    unit: '1/s',
    help: 'Further calls that are sent because there is no answer yet, a second',
    fact: hedgeDecided,
    where: ({ outcome }) => outcome === 'hedged',
  }),
  defineSignal({
    name: 'hedging.throttled',
    kind: 'counter',
    unit: '{call}',
    help: 'Further calls that were due and not sent, since too many had failed',
    fact: hedgeDecided,
    where: ({ outcome }) => outcome === 'throttled',
  }),
  defineSignal({
    name: 'hedging.won',
    kind: 'counter',
    unit: '{request}',
    help: 'Requests that a further call answered before the first one',
    fact: hedgingEnded,
    where: ({ winner }) => winner > 1,
  }),
];
