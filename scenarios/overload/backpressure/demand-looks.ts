/**
 * What is asked for from end to end: a monitor looks again and again at what each stage has asked the one before it for. While all is
 * calm the least of that counts, since a source learns of demand only if every stage passes it on; in the spike the most.
 */
import {
  defineReading,
  defineSignal,
  ms,
  type FactChannel,
  type SignalDefinition,
  type Simulation,
  type Time,
} from '../../../sim-core/index.ts';

const lookedInCalm = defineReading('pipeline.demand.looked.calm', 'A monitor looked at demand before the spike', {
  least: 'number',
});
const lookedInSpike = defineReading('pipeline.demand.looked.spike', 'A monitor looked at demand in the spike', {
  most: 'number',
});

export const DEMAND_IN_CALM = 'pipeline.demand.calm';
export const DEMAND_IN_SPIKE = 'pipeline.demand.spike';

export const demandSignals: readonly SignalDefinition[] = [
  defineSignal({
    name: DEMAND_IN_CALM,
    kind: 'histogram',
    unit: '{item}',
    help: 'Readings that every stage has asked the one before it for, and that nobody has begun on, at least: as a monitor finds it before the spike',
    fact: lookedInCalm,
    value: (fact) => fact.least,
  }),
  defineSignal({
    name: DEMAND_IN_SPIKE,
    kind: 'histogram',
    unit: '{item}',
    help: 'Readings that any stage has asked the one before it for, and that nobody has begun on, at most: as a monitor finds it from a second after the spike began to its end',
    fact: lookedInSpike,
    value: (fact) => fact.most,
  }),
];

/** So often that it sees what comes between two requests for more. */
export const LOOKS_EVERY = ms(10);

/** From whom something is asked. */
interface Asked {
  readonly demand: number;
}
type Span = readonly [from: Time, to: Time];

export function watchDemand(
  sim: Simulation,
  asked: readonly Asked[],
  { calm, spike }: Record<'calm' | 'spike', Span>,
): void {
  const demands = (): number[] => asked.map(({ demand }) => demand);
  const [inCalm, inSpike] = [sim.facts.channel(lookedInCalm), sim.facts.channel(lookedInSpike)];
  lookDuring(sim, calm, inCalm, () => ({ least: Math.min(...demands()) }));
  lookDuring(sim, spike, inSpike, () => ({ most: Math.max(...demands()) }));
}

function lookDuring<Found extends object>(
  sim: Simulation,
  [from, to]: Span,
  told: FactChannel<Found>,
  look: () => Found,
): void {
  const kind = sim.eventKind('a monitor looks at demand');
  const again = (): void => {
    if (told.heard) told.emit(look());
    if (sim.now + LOOKS_EVERY < to) sim.schedule(LOOKS_EVERY, again, undefined, kind);
  };
  if (from < to) sim.scheduleAt(from, again, undefined, kind);
}
