/**
 * The server's side of who reads the log (PostgreSQL's walsender): hands out decoded transactions behind a place, waits where
 * there are none until something is flushed, and moves the slot when the reader confirms. Decoding takes processor time for each
 * record of the log, whosever it is: a reader pays for changes that it does not want.
 */
import type { Duration } from '../../kernel/time.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { LogicalSlot, type Decoded } from './logical-slot.ts';
import type { Lsn, WriteAheadLog } from './write-ahead-log.ts';

export type LogQuery =
  | { readonly do: 'read'; readonly application: string; readonly after: Lsn; readonly max: number }
  | { readonly do: 'confirm'; readonly place: Lsn };

type LogCall = Call<LogQuery, Decoded>;
type ReadQuery = Extract<LogQuery, { do: 'read' }>;

export interface LogReaderOptions {
  readonly name: string;
  readonly decodeTime: Duration;
  readonly hasSlot: boolean;
}

export class LogReader implements Endpoint<LogQuery, Decoded> {
  readonly name: string;
  private readonly options: LogReaderOptions;
  private readonly work: (application: string, demand: Duration, then: () => void) => void;
  private readonly slot: LogicalSlot;
  /** Who waits for something to be flushed; a new one takes an old one's place, which is dead. */
  private waiting: LogCall | undefined = undefined;
  /** Whose transactions are being decoded. */
  private decoding: LogCall | undefined = undefined;

  /** `work`: takes processor time on somebody's behalf. */
  constructor(
    log: WriteAheadLog,
    options: LogReaderOptions,
    work: (application: string, demand: Duration, then: () => void) => void,
  ) {
    this.name = options.name;
    this.options = options;
    this.work = work;
    this.slot = new LogicalSlot(log);
  }

  /** From here on the log is kept. */
  get keeps(): Lsn {
    return this.options.hasSlot ? this.slot.keeps : Infinity;
  }

  receive(call: LogCall): void {
    const { query } = call;
    if (!this.options.hasSlot) call.refuse('error');
    else if (query.do === 'confirm') {
      this.slot.confirm(query.place);
      call.reply({ transactions: [], position: this.slot.confirmed });
    } else {
      this.waiting?.refuse('error');
      this.waiting = call;
      this.flushed();
    }
  }

  /** There may be something to hand out. */
  flushed(): void {
    const call = this.waiting;
    if (call === undefined || this.decoding !== undefined) return;
    const { application, after, max } = call.query as ReadQuery;
    const { records, ...decoded } = this.slot.read(after, max);
    if (records === 0 && decoded.transactions.length === 0) return;
    this.waiting = undefined;
    this.decoding = call;
    this.work(application, records * this.options.decodeTime, () => {
      this.decoding = undefined;
      call.reply(decoded);
      this.flushed();
    });
  }

  /** A checkpoint is written. */
  save(): void {
    this.slot.save();
  }

  crash(): void {
    for (const call of [this.waiting, this.decoding]) call?.refuse('unavailable');
    this.waiting = undefined;
    this.decoding = undefined;
    this.slot.crash();
  }
}
