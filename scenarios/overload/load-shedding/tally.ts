/** What is answered in time, in all and in the rush, of core requests and of the rest: goodput, as against what a backend is busy with. */
import {
  clientOf,
  defineFact,
  defineSignal,
  requestCompleted,
  type Fact,
  type SignalDefinition,
  type Simulation,
  type Time,
} from '../../../sim-core/index.ts';
import { isBetween } from '../../application/trouble.ts';

const endedInRush = defineFact('rush.ended', 'A request ended while the rush had settled', {
  request: 'request',
  priority: 'number',
  outcome: 'text',
});

export const GOODPUT = 'answers.goodput';
export const ANSWERED = 'rush.answered';
export const CORE_RATIO = 'rush.core.success_ratio';
export const REST_RATIO = 'rush.rest.success_ratio';
export const ANSWER_TIME = 'answers.duration';

type Ended = Fact<typeof endedInRush>;
const isOk = ({ outcome }: { readonly outcome: string }): boolean => outcome === 'ok';
/** Core requests are those of the client that was made first. */
export const CORE = 0;

const successOf = (ratioName: string, help: string, takesPart: (fact: Ended) => boolean): SignalDefinition =>
  defineSignal({
    name: ratioName,
    kind: 'ratio',
    unit: '1',
    help,
    fact: endedInRush,
    where: takesPart,
    counts: isOk,
  });

export const tallySignals = [
  defineSignal({
    name: GOODPUT,
    kind: 'rate',
    unit: '1/s',
    help: 'Requests answered while their users still wait, a second',
    fact: requestCompleted,
    where: isOk,
  }),
  defineSignal({
    name: 'answers.core.success_ratio',
    kind: 'ratio',
    unit: '1',
    help: 'Share of the core requests that are answered while their users still wait',
    fact: requestCompleted,
    where: ({ request }) => clientOf(request) === CORE,
    counts: isOk,
  }),
  defineSignal({
    name: 'answers.rest.success_ratio',
    kind: 'ratio',
    unit: '1',
    help: 'Share of all other requests that are answered while their users still wait',
    fact: requestCompleted,
    where: ({ request }) => clientOf(request) !== CORE,
    counts: isOk,
  }),
  defineSignal({
    name: ANSWERED,
    kind: 'counter',
    unit: '{request}',
    help: 'Requests answered while their users still waited, from a second after the rush began to its end',
    fact: endedInRush,
    where: isOk,
  }),
  successOf(
    CORE_RATIO,
    'Share of the core requests that were answered in that time',
    ({ priority }) => priority === CORE,
  ),
  successOf(
    REST_RATIO,
    'Share of all other requests that were answered in that time',
    ({ priority }) => priority !== CORE,
  ),
  defineSignal({
    name: ANSWER_TIME,
    kind: 'histogram',
    unit: 's',
    help: 'Time from a request to its answer, of those that were answered in time',
    fact: requestCompleted,
    where: isOk,
    value: (fact) => fact.duration,
  }),
];

/** Tells what ends from one instant to another. */
export function watchRush(sim: Simulation, from: Time, to: Time): void {
  const ended = sim.facts.channel(endedInRush);
  sim.facts.channel(requestCompleted).listen(({ request, outcome }) => {
    if (!isBetween(sim.now, from, to) || !ended.heard) return;
    ended.emit({ request, priority: clientOf(request) === CORE ? 0 : 1, outcome });
  });
}
