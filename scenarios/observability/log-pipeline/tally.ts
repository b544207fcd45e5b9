/** What is true of the log, whatever it says itself: what the code meant to tell, what arrived of it, and whose data is in it. */
import {
  isAtLeast,
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
  type Simulation,
  type Time,
} from '../../../sim-core/index.ts';
import type { Customer } from './customers.ts';
import { isDetail, isSevere, ORDERS, PAYMENTS } from './statements.ts';
import { lineOnDisk, lineStored, orderJudged, statementJudged } from './tally-signals.ts';

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
