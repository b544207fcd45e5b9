/**
 * Somebody asks for all lines of an order that failed, by its number, which is all that the customer has. The store is searched for the number
 * in the time of the order; if a line that it finds names a trace, it is searched for that.
 */
import {
  defineReading,
  defineSignal,
  s,
  type LogBook,
  type LogOrigin,
  type LogStore,
  type Simulation,
} from '../../../sim-core/index.ts';
import { isDetail } from './statements.ts';
import type { LogTally, OrderLog } from './tally.ts';

const lineSought = defineReading('log_pipeline.sought', 'A line of an order that failed was asked for', {
  isFound: 'flag',
});
const answered = defineReading('log_pipeline.answered', 'A search for the lines of an order that failed was answered', {
  scanned: 'number',
  took: 'duration',
});

export const FOUND = 'log.answer.found_ratio';
export const SCANNED = 'log.answer.scanned';
export const TOOK = 'log.answer.duration';

export const answerSignals = [
  defineSignal({
    name: FOUND,
    kind: 'ratio',
    unit: '1',
    help: 'Share of the statements from INFO on that a failed order passed that are found when its lines are asked for',
    fact: lineSought,
    counts: ({ isFound }) => isFound,
  }),
  defineSignal({
    name: SCANNED,
    kind: 'histogram',
    unit: 'By',
    help: 'Bytes that the store looks through for the lines of one order',
    fact: answered,
    value: ({ scanned }) => scanned,
  }),
  defineSignal({
    name: TOOK,
    kind: 'histogram',
    unit: 's',
    help: 'Time that the store takes for it',
    fact: answered,
    value: ({ took }) => took,
  }),
];

/** Orders that are asked for: the last ones that failed. */
export const ASKED = 40;
/** How long before and after an order somebody looks. */
const AROUND = s(1);

export function askForFailed(sim: Simulation, store: LogStore, book: LogBook, tally: LogTally): void {
  const [sought, told] = [sim.facts.channel(lineSought), sim.facts.channel(answered)];
  const failed = [...tally.orders.values()].filter(({ hasFailed }) => hasFailed).slice(-ASKED);
  for (const order of failed) {
    const { found, scanned, took } = linesOf(order, store, book);
    const passed = order.passed.severe + order.passed.info;
    if (sought.heard) for (let i = 0; i < passed; i++) sought.emit({ isFound: i < found });
    if (told.heard) told.emit({ scanned, took });
  }
}

function linesOf({ order, request, since }: OrderLog, store: LogStore, book: LogBook) {
  const when = { labels: {}, from: since - AROUND, to: since + AROUND };
  const byNumber = store.query({ ...when, matches: ({ body }) => body.includes(order) });
  const trace = byNumber.records.find(({ traceId }) => traceId !== '')?.traceId;
  const none = { records: [], bytesScanned: 0, duration: 0 };
  const byTrace = trace === undefined ? none : store.query({ ...when, matches: ({ body }) => body.includes(trace) });
  const found = new Set<LogOrigin>();
  for (const record of [...byNumber.records, ...byTrace.records]) {
    const origin = book.originOf(record);
    if (origin.request === request && !isDetail(origin.statement)) found.add(origin);
  }
  const scanned = byNumber.bytesScanned + byTrace.bytesScanned;
  return { found: found.size, scanned, took: byNumber.duration + byTrace.duration };
}
