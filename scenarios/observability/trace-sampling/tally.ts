/** What is told of the traces of the shop: what is true of its requests, what the backend has of them, and what that takes. */
import {
  batchExported,
  defineReading,
  defineSignal,
  probabilitySet,
  processWorked,
  SECOND,
  spanChanged,
  type Fact,
  type SignalDefinition,
  type Simulation,
} from '../../../sim-core/index.ts';
import { spanNameOf } from './instruments.ts';
import { READ, WRITE } from './shop.ts';
import { traceJudged } from '../application/trace-book.ts';
import { tracesStored } from './trace-store.ts';

export const ERRORS_KEPT = 'traces.errors.kept_ratio';
export const SLOW_KEPT = 'traces.slow.kept_ratio';
export const ORDINARY_KEPT = 'traces.ordinary.kept_ratio';
export const MISSED = 'traces.missed';
export const CUT = 'traces.cut';
export const DASHBOARD_CUT = 'dashboard.traces.cut';
export const REQUESTS = 'requests.judged';
export const REQUEST_ERRORS = 'requests.judged.errors';
export const DASHBOARD_REQUESTS = 'dashboard.requests';
export const DASHBOARD_ERRORS = 'dashboard.requests.errors';
export const COUNT_OFF = 'dashboard.requests.deviations';
export const SENT = 'traces.sent.rate';
export const SENT_BYTES = 'traces.sent.bytes';
export const STORED = 'traces.stored.rate';
export const STORED_BYTES = 'traces.stored.bytes';
export const BEGUN = 'spans.begun';
export const RECORDED = 'spans.sent';
export const INSTRUMENTS = 'instruments.cpu.time';

export const READS_SAMPLED = 'sampling.reads.probability';
export const WRITES_SAMPLED = 'sampling.writes.probability';

type Judged = Fact<typeof traceJudged>;

/** Collectors are processes too, but no part of the shop. */
const ofShop = ({ process }: { readonly process: string }): boolean => !process.startsWith('collector');
const wasKept = ({ kept }: Judged): boolean => kept !== 'none';

/** `deviations`: by how many standard deviations of what was thrown the count is off, whichever way. */
const requestsCounted = defineReading('requests.counted', 'It was counted by traces how many requests there were', {
  deviations: 'number',
});

const keptOf = (ratioName: string, was: string, which: string): SignalDefinition =>
  defineSignal({
    name: ratioName,
    kind: 'ratio',
    unit: '1',
    help: `Of the requests that ${which}, those whose trace the backend has, whole or in part`,
    fact: traceJudged,
    where: (fact) => fact.was === was,
    counts: wasKept,
  });

export const tallySignals = [
  keptOf(ERRORS_KEPT, 'error', 'failed'),
  keptOf(SLOW_KEPT, 'slow', 'were answered, but slowly'),
  keptOf(ORDINARY_KEPT, 'ordinary', 'were neither'),
  defineSignal({
    name: MISSED,
    kind: 'counter',
    unit: '{trace}',
    help: 'Requests that failed or were slow, of whose trace the backend has nothing',
    fact: traceJudged,
    where: (fact) => fact.was !== 'ordinary' && !wasKept(fact),
  }),
  defineSignal({
    name: CUT,
    kind: 'counter',
    unit: '{trace}',
    help: 'Traces of which the backend has a part of the spans that were recorded, but not all',
    fact: traceJudged,
    where: ({ kept }) => kept === 'cut',
  }),
  defineSignal({
    name: DASHBOARD_CUT,
    kind: 'counter',
    unit: '{trace}',
    truth: { signal: CUT },
    help: 'Traces that the backend can tell are cut: they have no root, or a span whose parent is not there',
    fact: traceJudged,
    where: ({ looksCut }) => looksCut,
  }),
  defineSignal({
    name: REQUESTS,
    kind: 'counter',
    unit: '{request}',
    help: 'Requests that were answered, counted when all that will ever be of their trace has come',
    fact: traceJudged,
  }),
  defineSignal({
    name: REQUEST_ERRORS,
    kind: 'counter',
    unit: '{request}',
    help: 'Requests of these that failed',
    fact: traceJudged,
    where: ({ was }) => was === 'error',
  }),
  defineSignal({
    name: DASHBOARD_REQUESTS,
    kind: 'counter',
    unit: '{request}',
    truth: { signal: REQUESTS },
    help: 'How many of these requests there were by the traces in the backend, each for as many as it says that it stands for',
    fact: traceJudged,
    amount: ({ stands }) => stands,
  }),
  defineSignal({
    name: COUNT_OFF,
    kind: 'gauge',
    unit: '1',
    help: 'By how many standard deviations the count by traces is off from the true one, by the probabilities of all traces, kept or not',
    fact: requestsCounted,
    value: ({ deviations }) => deviations,
    of: () => 'all',
  }),
  defineSignal({
    name: DASHBOARD_ERRORS,
    kind: 'counter',
    unit: '{request}',
    truth: { signal: REQUEST_ERRORS },
    help: 'How many of them failed, by the traces in the backend',
    fact: traceJudged,
    where: ({ was }) => was === 'error',
    amount: ({ stands }) => stands,
  }),
  defineSignal({
    name: SENT,
    kind: 'rate',
    unit: 'By/s',
    help: 'Bytes of spans that the services of the shop send, a second',
    fact: batchExported,
    amount: ({ bytes }) => bytes,
  }),
  defineSignal({
    name: SENT_BYTES,
    kind: 'counter',
    unit: 'By',
    help: 'Bytes of spans that the services of the shop sent',
    fact: batchExported,
    amount: ({ bytes }) => bytes,
  }),
  defineSignal({
    name: STORED,
    kind: 'rate',
    unit: 'By/s',
    help: 'Bytes of spans that the backend stores, a second',
    fact: tracesStored,
    amount: ({ bytes }) => bytes,
  }),
  defineSignal({
    name: STORED_BYTES,
    kind: 'counter',
    unit: 'By',
    help: 'Bytes of spans that the backend stored',
    fact: tracesStored,
    amount: ({ bytes }) => bytes,
  }),
  defineSignal({
    name: BEGUN,
    kind: 'counter',
    unit: '{span}',
    help: 'Spans that were begun in the shop, sampled or not',
    fact: spanChanged,
    amount: ({ begun }) => begun,
  }),
  defineSignal({
    name: RECORDED,
    kind: 'counter',
    unit: '{span}',
    help: 'Spans that the services of the shop sent',
    fact: batchExported,
    amount: ({ items }) => items,
  }),
  defineSignal({
    name: INSTRUMENTS,
    kind: 'counter',
    unit: 's',
    help: 'Processor time that instruments took from the services of the shop',
    fact: processWorked,
    where: ofShop,
    amount: ({ instruments }) => instruments / SECOND,
  }),
  defineSignal({
    name: READS_SAMPLED,
    kind: 'gauge',
    unit: '1',
    help: 'Probability by which the trace of an order that is read is sampled where it begins',
    fact: probabilitySet,
    where: ({ operation }) => operation === spanNameOf(READ),
    value: ({ probability }) => probability,
    of: () => 'all',
  }),
  defineSignal({
    name: WRITES_SAMPLED,
    kind: 'gauge',
    unit: '1',
    help: 'Probability by which the trace of an order that is placed is sampled where it begins',
    fact: probabilitySet,
    where: ({ operation }) => operation === spanNameOf(WRITE),
    value: ({ probability }) => probability,
    of: () => 'all',
  }),
];

/**
 * Holds the count by traces against the true one: its deviation is the root of the sum of (1 - p) / p of all that were thrown for
 * (`AdjustedCount`), whatever was done with the probabilities in between, for each was known before its throw. Told where something was
 * left to chance.
 */
export function watchCount(sim: Simulation): void {
  const told = sim.facts.channel(requestsCounted);
  let [off, variance] = [0, 0];
  sim.facts.channel(traceJudged).listen(({ stands, spread }) => {
    off += stands - 1;
    variance += spread;
    if (told.heard && variance > 0) told.emit({ deviations: Math.abs(off) / Math.sqrt(variance) });
  });
}

/** Tells by which probability traces are sampled at the start. */
export function tellProbabilities(sim: Simulation, probability: number): void {
  const told = sim.facts.channel(probabilitySet);
  const tell = (): void => {
    for (const route of [READ, WRITE]) told.emit({ operation: spanNameOf(route), probability });
  };
  sim.schedule(0, tell, undefined, sim.eventKind('sampling begins'));
}
