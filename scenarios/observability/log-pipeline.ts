/**
 * A shop and its logs: what each service writes goes to its console, an agent reads it there and sends it to a store. In the midst of it one
 * bank refuses all payments, and somebody has to find out.
 *
 *     customers --> gateway --> orders --> payments, database
 *                      |           |           |
 *                    agent       agent       agent --> logs
 *
 * What is logged, how, and what is left out is all that differs. All variants get the same orders at the same times.
 */
import {
  atLeast,
  atMost,
  defineScenario,
  during,
  guardrail,
  Link,
  LogBook,
  LogStore,
  mean,
  peak,
  OpenLoopClient,
  poisson,
  processSignals,
  loggerSignals,
  s,
  total,
  zipfPopularity,
  type Simulation,
} from '../../sim-core/index.ts';
import { faraway } from '../application/distances.ts';
import { sentBy } from '../application/settings.ts';
import { answerSignals, askForFailed, FOUND } from './log-pipeline/answers.ts';
import { CUSTOMERS, FAILING_BANK } from './log-pipeline/customers.ts';
import * as limits from './log-pipeline/limits.ts';
import { nodeOf, type Node } from './log-pipeline/node.ts';
import { params, type Values } from './log-pipeline/params.ts';
import { shopOf } from './log-pipeline/shop.ts';
import { LogTally } from './log-pipeline/tally.ts';
import {
  VOLUME,
  CORRELATED,
  CREATED,
  CREATED_SEEN,
  DETAIL_KEPT,
  FAILURES,
  FAILURES_SEEN,
  LEAKED,
  LEAKED_HIDDEN,
  MASKED_ORDERS,
  ON_DISK,
  ORDINARY_KEPT,
  SEVERE_KEPT,
  tallySignals,
  WHOLE,
} from './log-pipeline/tally-signals.ts';

const LINES = 'log.stored.lines';
const SIZE = 'log.store.size';
const KEPT = 'What is severe is there in both';

export default defineScenario({
  id: 'log-pipeline',
  section: '3.4',
  title: 'Logs: structure, levels, sampling, redaction',
  pitfall: 'PII leakage',
  question:
    'Customers of one bank cannot pay. What does the log say of it, what does it cost, and whose data is in it?',
  params,
  variants: {
    unstructured: { format: 'plain' },
    structured: {},
    'mixed-severity': { errorsAs: 'INFO', sampling: 'by-trace' },
    'sampled-info': { sampling: 'by-trace' },
    'sampled-by-line': { sampling: 'by-line' },
    'debug-everywhere': { level: 'DEBUG' },
    'dynamic-level': { raiseFor: s(30) },
    'rate-limited': { level: 'DEBUG', linesMax: 100 },
    redacted: { redaction: 'source' },
    'redacted-by-agent': { redaction: 'agent' },
    'short-retention': { retention: s(5) },
  },
  roles: {
    unstructured: 'pitfall',
    structured: 'remedy',
    'mixed-severity': 'pitfall',
    'sampled-info': 'remedy',
    'sampled-by-line': 'alternative',
    'debug-everywhere': 'pitfall',
    'dynamic-level': 'remedy',
    'rate-limited': 'alternative',
    redacted: 'remedy',
    'redacted-by-agent': 'alternative',
    'short-retention': 'alternative',
  },
  repairs: {
    structured: 'unstructured',
    'sampled-info': 'mixed-severity',
    'dynamic-level': 'debug-everywhere',
    redacted: 'unstructured',
  },
  seed: 1,
  duration: (p) => limits.ends(p) + limits.SETTLES,
  warmUp: limits.WARM_UP,
  interval: limits.INTERVAL,
  openAt: s(12),
  system,
  places: {
    customers: { x: 0, y: 0 },
    gateway: { x: 1, y: 0 },
    orders: { x: 2, y: 0 },
    payments: { x: 3, y: 0 },
    database: { x: 3, y: 0.8 },
    'gateway-agent': { x: 1, y: 1.8 },
    'orders-agent': { x: 2, y: 1.8 },
    'payments-agent': { x: 3, y: 1.8 },
    logs: { x: 2, y: 2.8 },
  },
  signals: [...tallySignals, ...answerSignals, ...processSignals, ...loggerSignals],
  whileRunning: { rate: sentBy('rate', 'customers') },
  charts: [
    FAILURES,
    FAILURES_SEEN,
    CREATED,
    CREATED_SEEN,
    VOLUME,
    'log.written.rate',
    'dashboard.log.info.rate',
    'http.client.request.duration',
    LEAKED,
    CORRELATED,
    SIZE,
  ],
  expect: {
    unstructured: [
      atMost(mean(CORRELATED), limits.nameless),
      atMost(mean(FOUND), limits.foundByNumber),
      atLeast(total(LEAKED), limits.leaks),
    ],
    structured: [
      atLeast(mean(CORRELATED), limits.named),
      atLeast(mean(FOUND), limits.foundWhole),
      guardrail(atLeast(mean(SEVERE_KEPT), limits.allSevere), KEPT),
      guardrail(atLeast(total(LEAKED), limits.leaks), 'A field is read as easily as a sentence'),
    ],
    'mixed-severity': [
      atMost(mean(SEVERE_KEPT), limits.warningsAlone),
      atMost(peak(FAILURES_SEEN), limits.unseen),
      atMost(mean(ORDINARY_KEPT), limits.sampledShare),
    ],
    'sampled-info': [
      atLeast(mean(SEVERE_KEPT), limits.allSevere),
      atLeast(peak(FAILURES_SEEN), limits.seen),
      guardrail(atMost(mean(ORDINARY_KEPT), limits.sampledShare), 'What it is for; the pitfall samples alike'),
      guardrail(atLeast(mean(WHOLE), limits.whole), 'By trace all lines of an order are there or none, in both'),
    ],
    'sampled-by-line': [atLeast(mean(SEVERE_KEPT), limits.allSevere), atMost(mean(WHOLE), limits.torn)],
    'debug-everywhere': [
      atLeast(mean(DETAIL_KEPT), limits.detailOfAll),
      atLeast(total(LINES), limits.linesOfAll),
      atLeast(mean(SEVERE_KEPT), limits.allSevere),
    ],
    'dynamic-level': [
      atMost(total(LINES), limits.linesOfFew),
      guardrail(atLeast(mean(DETAIL_KEPT), limits.detailOfLater), 'What it is for; with DEBUG for all there is more'),
      guardrail(atLeast(mean(FOUND), limits.foundWhole), KEPT),
    ],
    'rate-limited': [atMost(total(LINES), limits.linesAllowed), atMost(mean(SEVERE_KEPT), limits.severeLetThrough)],
    redacted: [
      atMost(total(LEAKED), limits.NONE),
      atMost(total(LEAKED_HIDDEN), limits.NONE),
      atMost(total(ON_DISK), limits.NONE),
      atLeast(mean(FOUND), limits.foundWhole),
    ],
    'redacted-by-agent': [
      atMost(total(LEAKED), limits.NONE),
      atLeast(total(LEAKED_HIDDEN), limits.hidden),
      atLeast(total(ON_DISK), limits.hidden),
      atLeast(total(MASKED_ORDERS), limits.takenForCards),
    ],
    'short-retention': [
      atMost(peak(SIZE), limits.sizeKept),
      atMost(mean(FOUND), limits.foundLate),
      atLeast(total(LINES), limits.linesWritten),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const book = new LogBook();
  const tally = new LogTally(sim, book, p.format);
  const store = new LogStore(sim, {
    name: 'logs',
    labels: ({ resource, severity }) => ({ service: resource['service.name'], level: severity }),
    lineOf: ({ body }) => body,
    chunkBytes: limits.CHUNK_BYTES,
    scanRate: limits.SCAN_RATE,
    ...(p.retention > 0 && {
      retention: { period: p.retention, chunkAge: p.chunkAge, sweepEvery: limits.SWEEP_EVERY },
    }),
  });
  store.onStored((record) => tally.stored(record));
  const nodes: Node[] = [];
  const gateway = shopOf(sim, p, {
    node: (name) => {
      const node = nodeOf(sim, name, p, { book, store, onDisk: (line) => tally.onDisk(line) });
      nodes.push(node);
      return node;
    },
    passed: (statement, request, times) => tally.passed(statement, request, times),
    placed: (request, customer, order) => tally.placed(request, customer, order),
  });
  const way = new Link(sim, gateway, { from: 'customers', delay: faraway, timeout: s(10) });
  new OpenLoopClient<undefined>(sim, {
    name: 'customers',
    arrivals: during(0, limits.ends(p), poisson(p.rate)),
    popularity: zipfPopularity(CUSTOMERS, 0),
    target: () => way,
  });
  if (p.raiseFor > 0) {
    const raise = (): void => {
      for (const { levels } of nodes) levels.raise('DEBUG', sim.now + p.raiseFor, FAILING_BANK);
    };
    sim.scheduleAt(p.incidentAt + limits.NOTICED, raise, undefined, sim.eventKind('DEBUG for one bank'));
  }
  const judge = (): void => {
    tally.judge();
    askForFailed(sim, store, book, tally);
  };
  sim.scheduleAt(
    limits.ends(p) + limits.JUDGED,
    judge,
    undefined,
    sim.eventKind('somebody asks for the failed orders'),
  );
}
