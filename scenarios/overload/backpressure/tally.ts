/**
 * What becomes of readings in time, and in the spike; where they are; and the signals by which backpressure is noticed: how fast
 * the backlog grows, the lag, the watermark's delay, and how many workers are busy against how many items wait for one.
 */
import {
  defineFact,
  defineReading,
  defineSignal,
  parcelEnded,
  requestCompleted,
  s,
  stageLoad,
  toSeconds,
  type Duration,
  type ParcelBook,
  type SignalDefinition,
  type Simulation,
  type Time,
} from '../../../sim-core/index.ts';
import { isBetween } from '../../application/trouble.ts';

const sampled = defineReading('pipeline.sampled', 'A monitor looked at what a pipeline holds in all', {
  growth: 'number',
  watermarkDelay: 'duration',
});
const storedInSpike = defineFact('spike.reading.stored', 'A reading was stored in the spike', { request: 'request' });
const inTimeInSpike = defineFact('spike.reading.in_time', 'A device had its answer in time in the spike', {
  request: 'request',
});

export const GOODPUT = 'pipeline.goodput';
export const STORED_IN_SPIKE = 'spike.stored';
export const IN_TIME_IN_SPIKE = 'spike.in_time';
export const ENRICH_HELD = 'pipeline.enrich.held';
export const STORE_HELD = 'pipeline.store.held';
export const LAG = 'pipeline.lag';
export const GROWTH = 'pipeline.backlog.derivative';
export const WATERMARK_DELAY = 'pipeline.watermark.delay';
export const SATURATION = 'pipeline.store.saturation';
export const DEMAND = 'pipeline.demand';

/** A monitor looks so often, and says how the backlog grew over so long. */
export const SAMPLED_EVERY = s(0.25);
export const DERIVED_OVER = 4;

const heldBy = (held: string, stage: string): SignalDefinition =>
  defineSignal({
    name: held,
    kind: 'gauge',
    unit: '{item}',
    help: `Items that wait in the buffer of the ${stage} or that its workers have`,
    fact: stageLoad,
    where: (fact) => fact.stage === stage,
    value: ({ queued, active }) => queued + active,
    of: (fact) => fact.stage,
  });

export const tallySignals = [
  defineSignal({
    name: GOODPUT,
    kind: 'rate',
    unit: '1/s',
    help: 'Readings that are stored while they are fresh, a second',
    fact: requestCompleted,
    where: ({ outcome }) => outcome === 'ok',
  }),
  defineSignal({
    name: STORED_IN_SPIKE,
    kind: 'counter',
    unit: '{item}',
    help: 'Readings that were stored, fresh or not, from a second after the spike began to its end',
    fact: storedInSpike,
  }),
  defineSignal({
    name: IN_TIME_IN_SPIKE,
    kind: 'counter',
    unit: '{item}',
    help: 'Readings that were stored while they were fresh, from a second after the spike began to its end',
    fact: inTimeInSpike,
  }),
  heldBy(ENRICH_HELD, 'enrich'),
  heldBy(STORE_HELD, 'store'),
  defineSignal({
    name: SATURATION,
    kind: 'gauge',
    unit: '{item}',
    help: 'Items that wait in the store for each of its workers that is busy: queued against active',
    fact: stageLoad,
    where: (fact) => fact.stage === 'store',
    value: ({ queued, active }) => queued / Math.max(1, active),
    of: (fact) => fact.stage,
  }),
  defineSignal({
    name: DEMAND,
    kind: 'gauge',
    unit: '{item}',
    help: 'Readings that the store has asked for and that nobody has begun on for it',
    fact: stageLoad,
    value: (fact) => fact.demand,
    of: (fact) => fact.stage,
  }),
  defineSignal({
    name: GROWTH,
    kind: 'gauge',
    unit: '1/s',
    help: 'How fast the backlog grows, in all places together, over the last second: less than 0 while it shrinks',
    fact: sampled,
    value: (fact) => fact.growth,
    of: () => 'all',
  }),
  defineSignal({
    name: WATERMARK_DELAY,
    kind: 'gauge',
    unit: 's',
    help: 'Age of the oldest reading whose fate is not known yet: up to then everything is dealt with',
    fact: sampled,
    value: (fact) => toSeconds(fact.watermarkDelay),
    of: () => 'all',
  }),
];

/** Looks at the book from time to time, as a monitor does. */
export function monitor(sim: Simulation, book: ParcelBook): void {
  const told = sim.facts.channel(sampled);
  const kind = sim.eventKind('the monitor looks');
  const before: number[] = Array.from({ length: DERIVED_OVER }, () => 0);
  const over = toSeconds(DERIVED_OVER * SAMPLED_EVERY);
  const look = (): void => {
    before.push(book.held);
    if (told.heard) {
      told.emit({ growth: (book.held - before[0]) / over, watermarkDelay: book.watermarkDelay as Duration });
    }
    before.shift();
    sim.schedule(SAMPLED_EVERY, look, undefined, kind);
  };
  sim.schedule(SAMPLED_EVERY, look, undefined, kind);
}

/** Tells what is stored, and what is answered in time, from one instant to another. */
export function watchSpike(sim: Simulation, from: Time, to: Time): void {
  const [stored, inTime] = [sim.facts.channel(storedInSpike), sim.facts.channel(inTimeInSpike)];
  const isSpike = (): boolean => isBetween(sim.now, from, to);
  sim.facts.channel(parcelEnded).listen(({ request, fate }) => {
    if (fate === 'delivered' && isSpike() && stored.heard) stored.emit({ request });
  });
  sim.facts.channel(requestCompleted).listen(({ request, outcome }) => {
    if (outcome === 'ok' && isSpike() && inTime.heard) inTime.emit({ request });
  });
}
