/** What is answered in time: all along, and in each phase of the run by itself. */
import {
  batchDone,
  defineFact,
  defineSignal,
  requestCompleted,
  toSeconds,
  type SignalDefinition,
  type Simulation,
  type Time,
} from '../../../sim-core/index.ts';
import { isBetween } from '../../application/trouble.ts';

export const PHASES = ['calm', 'rush', 'after', 'spike'] as const;
export type Phase = (typeof PHASES)[number];

/** Of a phase, from when to when it is looked at. */
export type Stretches = Readonly<Record<Phase, readonly [from: Time, to: Time]>>;

const WHEN: Readonly<Record<Phase, string>> = {
  calm: 'before the rush',
  rush: 'in the rush, from a second after it began',
  after: 'between the rush and the spike, from two seconds after the rush was over',
  spike: 'while items take longer, from a second after that began',
};

const phaseEnded = defineFact('batch.phase.ended', 'A request ended in a phase of the run', {
  request: 'request',
  phase: 'text',
  outcome: 'text',
});

const doneInSpike = defineFact('batch.spike.done', 'A batch ended while items take longer', {
  items: 'number',
});

export const SIZE_IN_SPIKE = 'batch.spike.size';
export const GOODPUT = 'batch.goodput';
export const inTimeIn = (phase: Phase): string => `batch.${phase}.in_time_ratio`;

const isOk = ({ outcome }: { readonly outcome: string }): boolean => outcome === 'ok';

export const tallySignals: readonly SignalDefinition[] = [
  defineSignal({
    name: GOODPUT,
    kind: 'rate',
    unit: '1/s',
    help: 'Requests answered while their users still wait, a second',
    fact: requestCompleted,
    where: isOk,
  }),
  defineSignal({
    name: SIZE_IN_SPIKE,
    kind: 'histogram',
    unit: '{request}',
    help: `Requests in a batch that ends ${WHEN.spike}`,
    fact: doneInSpike,
    value: ({ items }) => items,
  }),
  ...PHASES.map((phase) =>
    defineSignal({
      name: inTimeIn(phase),
      kind: 'ratio',
      unit: '1',
      help: `Share of the requests that end ${WHEN[phase]} that are answered in time`,
      fact: phaseEnded,
      where: (fact) => fact.phase === phase,
      counts: isOk,
    }),
  ),
];

/** Tells in which phase a request ends, and a batch if that is in the spike. */
export function watchPhases(sim: Simulation, stretches: Stretches): void {
  const ended = sim.facts.channel(phaseEnded);
  sim.facts.channel(requestCompleted).listen(({ request, outcome }) => {
    const phase = PHASES.find((one) => sim.now >= stretches[one][0] && sim.now < stretches[one][1]);
    if (phase !== undefined && ended.heard) ended.emit({ request, phase, outcome });
  });
  const done = sim.facts.channel(doneInSpike);
  const [from, to] = stretches.spike;
  sim.facts.channel(batchDone).listen(({ items }) => {
    if (isBetween(sim.now, from, to) && done.heard) done.emit({ items });
  });
}

/** Seconds of a stretch. */
export const lastsOf = ([from, to]: readonly [Time, Time]): number => Math.max(0, toSeconds(to) - toSeconds(from));
