/** What is true of the log, whatever it says itself: what the code meant to tell, what arrived of it, and whose data is in it. */
import {
  defineReading,
  defineSignal,
  isAtLeast,
  logStored,
  requestCompleted,
  SAMPLE_RATE,
  type Fact,
  type FactChannel,
  type LogBook,
  type LogFormat,
  type LogLine,
  type LogOrigin,
  type LogRecord,
  type LogStatement,
  type SignalDefinition,
  type Simulation,
  type Time,
} from '../../../sim-core/index.ts';
import type { Customer } from './customers.ts';
import { isDetail, isSevere, ORDERS, PAYMENTS } from './statements.ts';

const lineStored = defineReading('log_pipeline.stored', 'A line came into the store, and what is true of it', {
  /** By what the line says: an error of the gateway, or that an order was created. */
  isFailure: 'flag',
  isCreation: 'flag',
  standsFor: 'number',
  isCorrelated: 'flag',
  isPlainData: 'flag',
  isHiddenData: 'flag',
  isMasked: 'flag',
});
const lineOnDisk = defineReading(
  'log_pipeline.on_disk',
  'A line with personal data in it stands on the disk of a node',
  {
    event: 'text',
  },
);
/** At the end of the run: of a statement that the code passed, whether the store has it as severe as it is meant. */
const statementJudged = defineReading(
  'log_pipeline.judged',
  'A statement that the code passed is in the store, or not',
  {
    isSevere: 'flag',
    isDetail: 'flag',
    isStored: 'flag',
  },
);

/** At the end of the run: of an order of which the store has any INFO line. */
const orderJudged = defineReading(
  'log_pipeline.order_judged',
  'An order has some of its INFO lines in the store, or all',
  {
    isWhole: 'flag',
  },
);

export const SEVERE_KEPT = 'log.severe.kept_ratio';
export const ORDINARY_KEPT = 'log.info.kept_ratio';
export const DETAIL_KEPT = 'log.debug.kept_ratio';
export const WHOLE = 'log.info.whole_ratio';
export const CORRELATED = 'log.correlated_ratio';
export const LEAKED = 'log.pii.stored';
export const LEAKED_HIDDEN = 'log.pii.hidden.stored';
export const ON_DISK = 'log.pii.on_disk';
export const MASKED_ORDERS = 'log.redaction.orders_masked';
export const FAILURES = 'shop.orders.failed.rate';
export const FAILURES_SEEN = 'dashboard.shop.orders.failed.rate';
export const CREATED = 'shop.orders.created.rate';
export const CREATED_SEEN = 'dashboard.shop.orders.created.rate';
export const VOLUME = 'log.stored.volume';

const kept = (name: string, help: string, where: (fact: { isSevere: boolean; isDetail: boolean }) => boolean) =>
  defineSignal({
    name,
    kind: 'ratio',
    unit: '1',
    help,
    fact: statementJudged,
    where,
    counts: ({ isStored }) => isStored,
  });
const stored = (
  name: string,
  help: string,
  where: (fact: { isPlainData: boolean; isHiddenData: boolean; isMasked: boolean }) => boolean,
) => defineSignal({ name, kind: 'counter', unit: '{line}', help, fact: lineStored, where });

export const tallySignals: readonly SignalDefinition[] = [
  kept(
    SEVERE_KEPT,
    'Share of what the code means as a warning or an error that the store has as one',
    (fact) => fact.isSevere,
  ),
  kept(
    ORDINARY_KEPT,
    'Share of the INFO statements that the code passes that are in the store',
    (fact) => !fact.isSevere && !fact.isDetail,
  ),
  kept(
    DETAIL_KEPT,
    'Share of the DEBUG statements that orders pass which fail that are in the store',
    (fact) => fact.isDetail,
  ),
  defineSignal({
    name: WHOLE,
    kind: 'ratio',
    unit: '1',
    help: 'Share of the orders with any INFO line in the store that have all of them there',
    fact: orderJudged,
    counts: ({ isWhole }) => isWhole,
  }),
  defineSignal({
    name: CORRELATED,
    kind: 'ratio',
    unit: '1',
    help: 'Share of the stored lines that name the trace in which they were written',
    fact: lineStored,
    counts: ({ isCorrelated }) => isCorrelated,
  }),
  stored(
    LEAKED,
    "Stored lines with a customer's mail address, telephone number, card, address or token in them, as it is",
    (fact) => fact.isPlainData,
  ),
  stored(
    LEAKED_HIDDEN,
    "Stored lines with a customer's name, telephone number without its country or encoded mail address in them",
    (fact) => fact.isHiddenData,
  ),
  stored(MASKED_ORDERS, "Stored lines whose order's number was taken for a card", (fact) => fact.isMasked),
  defineSignal({
    name: ON_DISK,
    kind: 'counter',
    unit: '{line}',
    help: 'Lines on the disks of nodes with any personal data in them',
    fact: lineOnDisk,
  }),
  defineSignal({
    name: FAILURES,
    kind: 'rate',
    unit: '1/s',
    help: 'Orders that fail, a second',
    fact: requestCompleted,
    where: ({ outcome }) => outcome !== 'ok',
  }),
  defineSignal({
    name: FAILURES_SEEN,
    kind: 'rate',
    unit: '1/s',
    help: "Orders that fail, a second, as the team's dashboard has it: errors of the gateway that come into the store",
    fact: lineStored,
    where: ({ isFailure }) => isFailure,
    amount: ({ standsFor }) => standsFor,
  }),
  defineSignal({
    name: CREATED,
    kind: 'rate',
    unit: '1/s',
    help: 'Orders that are created, a second',
    fact: requestCompleted,
    where: ({ outcome }) => outcome === 'ok',
  }),
  defineSignal({
    name: CREATED_SEEN,
    kind: 'rate',
    unit: '1/s',
    help: 'Orders that are created, a second, counted from lines that come into the store, each for as many as it stands for',
    fact: lineStored,
    where: ({ isCreation }) => isCreation,
    amount: ({ standsFor }) => standsFor,
  }),
  defineSignal({
    name: 'dashboard.log.info.rate',
    kind: 'rate',
    unit: '{line}/s',
    help: 'INFO lines that come into the store a second',
    fact: logStored,
    where: ({ severity }) => severity === 'INFO',
  }),
];

type Rank = 'severe' | 'info' | 'debug';
const RANKS: readonly Rank[] = ['severe', 'info', 'debug'];
const rankOf = (one: LogStatement): Rank => (isSevere(one) ? 'severe' : isDetail(one) ? 'debug' : 'info');

/** What is known of a request and its lines, each statement that the code passes counted once. */
export interface OrderLog {
  readonly request: number;
  readonly customer: Customer;
  readonly order: string;
  readonly since: Time;
  hasFailed: boolean;
  readonly passed: Record<Rank, number>;
  /** That are in the store, of the severe ones as severe ones. */
  readonly stored: Record<Rank, number>;
}

interface Written {
  readonly text: string;
  readonly isPlainData: boolean;
  readonly isHiddenData: boolean;
}

export class LogTally {
  /** By the numbers of requests. */
  readonly orders = new Map<number, OrderLog>();
  private readonly sim: Simulation;
  private readonly book: LogBook;
  /** What somebody looks for who counts orders in the log. */
  private readonly createdText: string;
  private readonly lines: FactChannel<Fact<typeof lineStored>>;
  private readonly disk: FactChannel<Fact<typeof lineOnDisk>>;
  private readonly judged: FactChannel<Fact<typeof statementJudged>>;
  private readonly ordersJudged: FactChannel<Fact<typeof orderJudged>>;
  private readonly seen = new Set<LogOrigin>();
  /** What was found of lines when they were written, of which most come to the store as they are. */
  private readonly written = new Map<LogOrigin, Written>();

  constructor(sim: Simulation, book: LogBook, format: LogFormat) {
    this.sim = sim;
    this.createdText = format === 'plain' ? ' created for ' : `"event":"${ORDERS.created.event}"`;
    this.book = book;
    this.lines = sim.facts.channel(lineStored);
    this.disk = sim.facts.channel(lineOnDisk);
    this.judged = sim.facts.channel(statementJudged);
    this.ordersJudged = sim.facts.channel(orderJudged);
    sim.facts.channel(requestCompleted).listen(({ request, outcome }) => {
      const order = this.orders.get(request);
      if (order !== undefined) order.hasFailed = outcome !== 'ok';
    });
  }

  placed(request: number, customer: Customer, order: string): void {
    const counts = (): Record<Rank, number> => ({ severe: 0, info: 0, debug: 0 });
    const since = this.sim.now;
    this.orders.set(request, { request, customer, order, since, hasFailed: false, passed: counts(), stored: counts() });
  }

  passed(statement: LogStatement, request: number, times: number): void {
    this.orders.get(request)!.passed[rankOf(statement)] += times;
  }

  onDisk({ text, record }: LogLine): void {
    const origin = this.book.originOf(record);
    const { customer } = this.orders.get(origin.request)!;
    const written = {
      text,
      isPlainData: holds(text, customer.plainData),
      isHiddenData: holds(text, customer.hiddenData),
    };
    this.written.set(origin, written);
    if (!written.isPlainData && !written.isHiddenData) return;
    if (this.disk.heard) this.disk.emit({ event: origin.statement.event });
  }

  stored(record: LogRecord): void {
    const origin = this.book.originOf(record);
    const { statement, request } = origin;
    const { customer, order, stored } = this.orders.get(request)!;
    const rank = rankOf(statement);
    if (!this.seen.has(origin) && (rank !== 'severe' || isAtLeast(record.severity, 'WARN'))) {
      this.seen.add(origin);
      stored[rank]++;
    }
    if (!this.lines.heard) return;
    const { body, severity, resource } = record;
    const written = this.written.get(origin)!;
    const isAsWritten = body === written.text;
    this.lines.emit({
      isFailure: resource['service.name'] === 'gateway' && severity === 'ERROR',
      isCreation: body.includes(this.createdText),
      standsFor: Number(record.attributes[SAMPLE_RATE] ?? 1),
      isCorrelated: record.traceId !== '',
      isPlainData: isAsWritten ? written.isPlainData : holds(body, customer.plainData),
      isHiddenData: isAsWritten ? written.isHiddenData : holds(body, customer.hiddenData),
      isMasked: NAMES_ORDER.has(statement.event) && !body.includes(order) && body.includes('[card]'),
    });
  }

  /** At the end: tells of each statement whether the store has it. Details of orders that went well nobody misses. */
  judge(): void {
    for (const { passed, stored, hasFailed } of this.orders.values()) {
      if (stored.info > 0 && this.ordersJudged.heard) this.ordersJudged.emit({ isWhole: stored.info === passed.info });
      if (!this.judged.heard) continue;
      for (const rank of RANKS) {
        if (rank === 'debug' && !hasFailed) continue;
        for (let i = 0; i < passed[rank]; i++) {
          this.judged.emit({ isSevere: rank === 'severe', isDetail: rank === 'debug', isStored: i < stored[rank] });
        }
      }
    }
  }
}

/** Whose sentences begin with the order's number, and have no card in them besides. */
const NAMES_ORDER = new Set([ORDERS.received, ORDERS.created, PAYMENTS.authorized].map(({ event }) => event));

const holds = (text: string, data: readonly string[]): boolean => data.some((one) => text.includes(one));
