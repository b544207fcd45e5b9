/**
 * A consumer's work on the records of a poll, one after the other: each takes its time, has what effect it has outside of
 * the log, and is written on if its consumer writes. It stands still with its process, and ends with it.
 *
 * With a listener (`listening/record-listener.ts`) each is handled by that in place of a time of its own; one that is not done
 * with ends the work: it and what comes behind it in the poll are read again (Spring's `DefaultErrorHandler`, which seeks).
 */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { KeyedStream } from '../../kernel/random-stream.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration, Time } from '../../kernel/time.ts';
import type { Fetched } from './consumer-fetches.ts';
import { recordProcessed } from './consumer-signals.ts';
import { ListenerWork } from './listening/listener-work.ts';
import type { RecordListener, RecordVerdict } from './listening/record-listener.ts';
import type { UncommittedDeliveries } from './listening/uncommitted-deliveries.ts';
import type { Pausing } from './pausing.ts';
import type { SentRecord } from './record-book.ts';
import type { Output } from './transactions/output.ts';

export interface WorkSettings {
  /** Time to process a record, in nanoseconds, if no listener does. */
  readonly processTime?: Distribution | undefined;
  /** Handles each record, and may fail. */
  readonly listener?: RecordListener;
  /** Of its group, for a listener. */
  readonly uncommitted?: UncommittedDeliveries;
  /** What members of its group have processed so far: it adds to it. */
  readonly processed: Set<SentRecord>;
  /** What comes of a record outside of the log: it is processed when this calls back. `isAlive`: whether its process still is. */
  readonly act?: ((record: Fetched, done: () => void, isAlive: () => boolean) => void) | undefined;
  /** What is written for what is read, if anything is. */
  readonly output?: Output | undefined;
}

/** Who hears what comes of records. */
export interface WorkOwner {
  /** It is processed. */
  finished(record: Fetched): void;
  /** These are to be read again, the first of each partition and what follows it, if a time is said not before that. */
  returned(records: readonly Fetched[], notBefore: Time | undefined): void;
}

export class RecordWork {
  private readonly sim: Simulation;
  private readonly consumer: string;
  private readonly settings: WorkSettings;
  private readonly pausing: Pausing;
  private readonly owner: WorkOwner;
  private readonly listening: ListenerWork | undefined;
  private readonly draws: KeyedStream;
  private readonly doneKind: number;
  private readonly processed: FactChannel<Fact<typeof recordProcessed>>;
  private slowness = 1;
  private lives = 0;
  private processedCount = 0;

  constructor(sim: Simulation, consumer: string, settings: WorkSettings, pausing: Pausing, owner: WorkOwner) {
    const { processTime, listener, uncommitted, act, output } = settings;
    if ((processTime === undefined) === (listener === undefined))
      throw new RangeError(
        `${consumer}: it has a processTime or a listener, and not both; got ${listener === undefined ? 'neither' : 'both'}`,
      );
    if (listener !== undefined && (act !== undefined || output !== undefined))
      throw new RangeError(
        `${consumer}: a listener acts and writes by itself; it cannot have ${act === undefined ? 'output' : 'act'} beside it`,
      );
    this.listening = listener && new ListenerWork(sim, consumer, listener, uncommitted!);
    this.sim = sim;
    this.consumer = consumer;
    this.settings = settings;
    this.pausing = pausing;
    this.owner = owner;
    this.draws = sim.keyedRandom(`${consumer}/work`);
    this.doneKind = sim.eventKind(`${consumer} has processed a record`);
    this.processed = sim.facts.channel(recordProcessed);
  }

  get count(): number {
    return this.processedCount;
  }

  /** A record takes so many times as long. */
  slow(factor: number): void {
    this.slowness = factor;
  }

  /** Calls back when all are processed. */
  process(records: readonly Fetched[], then: () => void): void {
    this.settings.output?.begin();
    this.step(records, 0, then);
  }

  /** The process has died. */
  end(): void {
    this.lives++;
    this.listening?.breakOff();
  }

  /** A partition is read from here on. */
  beginAt(partition: string, offset: number): void {
    this.listening?.beginAt(partition, offset);
  }

  private step(records: readonly Fetched[], index: number, then: () => void): void {
    if (index === records.length) {
      then();
      return;
    }
    if (this.listening !== undefined) {
      this.listen(this.listening, records, index, then);
      return;
    }
    const fetched = records[index];
    const { request } = fetched.record;
    const { processTime, act } = this.settings;
    const { lives } = this;
    const time = Math.max(0, Math.round(processTime!.sample(this.draws.of(request)) * this.slowness));
    const done = this.inThisLife(() => {
      this.finish(fetched, time);
      this.step(records, index + 1, then);
    });
    const worked = act === undefined ? done : this.inThisLife(() => act(fetched, done, () => lives === this.lives));
    this.sim.schedule(time, worked, undefined, this.doneKind, request);
  }

  private listen(listening: ListenerWork, records: readonly Fetched[], index: number, then: () => void): void {
    const fetched = records[index];
    const heed = (verdict: RecordVerdict, duration: Duration): void => {
      if (verdict === 'done') {
        this.finish(fetched, duration);
        this.step(records, index + 1, then);
        return;
      }
      this.owner.returned(records.slice(index), verdict === 'again' ? undefined : verdict.notBefore);
      then();
    };
    listening.handle(fetched, (verdict, duration) => this.inThisLife(() => heed(verdict, duration))());
  }

  /** The same, when the process does not stand still, and not if it has died meanwhile. */
  private inThisLife(act: () => void): () => void {
    const { lives } = this;
    return () => this.pausing.whenAwake(() => void (lives === this.lives && act()));
  }

  private finish(fetched: Fetched, duration: Duration): void {
    const { partition, record } = fetched;
    this.processedCount++;
    const { processed, output } = this.settings;
    const again = processed.has(record);
    processed.add(record);
    record.processed++;
    this.owner.finished(fetched);
    output?.write(fetched);
    if (!this.processed.heard) return;
    const delay = this.sim.now - record.sentAt;
    this.processed.emit({ consumer: this.consumer, request: record.request, partition, duration, delay, again });
  }
}
