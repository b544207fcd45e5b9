/**
 * Fetches at a broker: what a follower or a consumer is given, and those that wait because there is nothing to give yet.
 * A follower reads to the end of the log; a consumer below the high watermark, or, if it wants committed records only,
 * below the last stable offset.
 */
import type { EventHandle } from '../../kernel/event-table.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Call } from '../../network/call.ts';
import type { PartitionLeader } from '../../messaging/log/partition-leader.ts';
import type {
  Batch,
  BrokerQuery,
  BrokerReply,
  FetchPart,
  FetchQuery,
  FetchResult,
  IsolationLevel,
} from './messages.ts';
import type { SentRecord } from './record-book.ts';
import type { Replica } from './replica.ts';

interface Parked {
  readonly call: Call<BrokerQuery, BrokerReply>;
  readonly query: FetchQuery;
  deadline: EventHandle;
}

export class Fetches {
  private readonly sim: Simulation;
  private readonly replicas: ReadonlyMap<string, Replica>;
  private readonly answer: (call: Call<BrokerQuery, BrokerReply>, reply: readonly FetchResult[]) => void;
  private readonly deadlineKind: number;
  private parked: Parked[] = [];

  constructor(
    sim: Simulation,
    owner: string,
    replicas: ReadonlyMap<string, Replica>,
    answer: (call: Call<BrokerQuery, BrokerReply>, reply: readonly FetchResult[]) => void,
  ) {
    this.sim = sim;
    this.replicas = replicas;
    this.answer = answer;
    this.deadlineKind = sim.eventKind(`${owner}: a fetch has waited long enough`);
  }

  get waiting(): number {
    return this.parked.length;
  }

  /** Answers a fetch, or has it wait. What a follower asks for says what it has. */
  take(call: Call<BrokerQuery, BrokerReply>, query: FetchQuery): void {
    if (this.tryAnswer(call, query)) return;
    const parked: Parked = { call, query, deadline: -1 };
    parked.deadline = this.sim.schedule(
      query.waitMax,
      () => this.give(parked),
      undefined,
      this.deadlineKind,
      call.request.id,
    );
    this.parked.push(parked);
  }

  /** A partition has something new: those who wait for it may have their answer. */
  wake(partition: string): void {
    for (let i = 0; i < this.parked.length; i++) {
      const parked = this.parked[i];
      if (!this.concerns(parked.query, partition) || !this.tryAnswer(parked.call, parked.query)) continue;
      this.sim.cancel(parked.deadline);
      this.parked.splice(i--, 1);
    }
  }

  /** The broker has died. */
  drop(): readonly Call<BrokerQuery, BrokerReply>[] {
    const calls = this.parked.map(({ call }) => call);
    for (const { deadline } of this.parked) this.sim.cancel(deadline);
    this.parked = [];
    return calls;
  }

  /** Whether something of the partition can be given to who waits: asked with every batch, of everybody who waits. */
  private concerns({ parts, replica, isolation }: FetchQuery, partition: string): boolean {
    for (const part of parts) {
      if (part.partition !== partition) continue;
      const leading = this.replicas.get(partition)?.leading;
      if (leading === undefined || (part.epoch !== undefined && part.epoch !== leading.epoch)) return true;
      return part.offset !== limitOf(leading, replica, isolation);
    }
    return false;
  }

  private tryAnswer(call: Call<BrokerQuery, BrokerReply>, query: FetchQuery): boolean {
    // Most fetches come when there is nothing yet: no answer is put together for them.
    if (query.parts.every((part) => this.hasNothingFor(part, query))) return false;
    const results = query.parts.map((part) => this.read(part, query));
    if (!results.some(isNews)) return false;
    this.answer(call, results);
    return true;
  }

  /** Its time is over: it gets what there is. */
  private give(parked: Parked): void {
    this.parked = this.parked.filter((other) => other !== parked);
    this.answer(
      parked.call,
      parked.query.parts.map((part) => this.read(part, parked.query)),
    );
  }

  /** Whether it is known without reading that who asks has all that there is for it. */
  private hasNothingFor(part: FetchPart, query: FetchQuery): boolean {
    const leading = this.replicas.get(part.partition)?.leading;
    return leading !== undefined && hasAll(part, query, leading);
  }

  private read(part: FetchPart, { replica, bytesMax, isolation }: FetchQuery): FetchResult {
    const held = this.replicas.get(part.partition);
    const leading = held?.leading;
    if (held === undefined || leading === undefined || (part.epoch !== undefined && part.epoch !== leading.epoch)) {
      return notLed(part.partition);
    }
    const { log } = held;
    const { offset, lastEpoch } = part;
    if (replica !== undefined && offset > log.startOffset) {
      const { epoch, end } = log.epochs.endOf(lastEpoch!, log.startOffset, log.endOffset);
      if (epoch < lastEpoch! || end < offset) return found(held, leading, NONE, undefined, { epoch, end });
    }
    if (offset < log.startOffset || offset > log.endOffset) return found(held, leading, NONE, 'offset-out-of-range');
    const below = limitOf(leading, replica, isolation);
    return found(held, leading, offset < below ? log.read(offset, below, bytesMax) : NONE);
  }
}

/** What is at this offset or after it is not given to who asks. */
function limitOf(
  leading: PartitionLeader<SentRecord>,
  replica: string | undefined,
  isolation?: IsolationLevel,
): number {
  if (replica !== undefined) return leading.log.endOffset;
  return isolation === 'committed' ? leading.lastStable : leading.highWatermark;
}

/** Whether somebody has just what the leader has for it: it agrees with it in every epoch, and stands at the limit. */
function hasAll(
  { offset, epoch, lastEpoch }: FetchPart,
  { replica, isolation }: FetchQuery,
  leading: PartitionLeader<SentRecord>,
): boolean {
  const { log } = leading;
  if (offset !== limitOf(leading, replica, isolation) || offset < log.startOffset) return false;
  return (epoch === undefined || epoch === leading.epoch) && (replica === undefined || lastEpoch === log.epochs.latest);
}

/** Something of the log, or an error. */
const isNews = ({ error, diverging, batches }: FetchResult): boolean =>
  error !== undefined || diverging !== undefined || batches.length > 0;

const NONE: readonly Batch[] = [];

/** What a leader answers of one partition. */
function found(
  { id: partition, log }: Replica,
  { epoch, highWatermark }: PartitionLeader<SentRecord>,
  batches: readonly Batch[],
  error?: FetchResult['error'],
  diverging?: FetchResult['diverging'],
): FetchResult {
  const { startOffset, endOffset, producers } = log;
  const aborted =
    batches.length === 0 ? [] : producers.abortedIn(batches[0].firstOffset, batches[batches.length - 1].lastOffset + 1);
  return { partition, epoch, error, diverging, batches, aborted, highWatermark, startOffset, endOffset };
}

/** What a broker answers of a partition that it does not lead. */
const notLed = (partition: string): FetchResult => ({
  partition,
  epoch: -1,
  error: 'not-leader',
  diverging: undefined,
  batches: NONE,
  aborted: [],
  highWatermark: -1,
  startOffset: -1,
  endOffset: -1,
});
