/**
 * What a consumer has fetched: by partition the records that it has not processed yet, and where it goes on. A broker is
 * asked for all partitions that it leads and of which nothing is left, one fetch at a time; a partition that runs dry
 * while such a fetch waits at the broker waits with it, as in Kafka's client.
 */
import type { Duration, Time } from '../../kernel/time.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Waiter } from '../../kernel/wait.ts';
import { offsetOf } from '../../messaging/log/record-batch.ts';
import type { Link } from '../../network/link.ts';
import type { BackgroundRequests } from '../../network/background-requests.ts';
import { committedOnly } from '../../messaging/transactions/committed-only.ts';
import type { BrokerQuery, BrokerReply, FetchResult, IsolationLevel } from './messages.ts';
import type { GroupReadings } from './groups/group-readings.ts';
import { MetadataClient } from './metadata-client.ts';
import type { SentRecord } from './record-book.ts';
import type { Metadata } from './topic.ts';

export interface FetchSettings {
  readonly metadata: Metadata;
  readonly retryBackoff: Duration;
  /** `fetch.max.wait.ms` and `max.partition.fetch.bytes`. */
  readonly fetchWaitMax: Duration;
  readonly fetchBytesMax: number;
  readonly isolation?: IsolationLevel;
  /** Where the experimenter notes what its group was given. */
  readonly readings: GroupReadings;
}

/** A record that is there to be processed. */
export interface Fetched {
  readonly partition: string;
  readonly offset: number;
  readonly record: SentRecord;
}

interface Reader {
  /** The next offset to fetch. */
  position: number;
  /** Fetched, and the first of them that has not been taken. */
  records: Fetched[];
  taken: number;
  /** It is paused until then: nothing of it is fetched. */
  notBefore: Time;
}

export class ConsumerFetches {
  private readonly sim: Simulation;
  private readonly settings: FetchSettings;
  private readonly requests: BackgroundRequests;
  private readonly arrived: () => void;
  /** What it knows of who leads what, and its ways there: its owner's other requests take them too. */
  readonly metadata: MetadataClient;
  readonly links = new Map<string, Link<BrokerQuery, BrokerReply>>();
  private readonly busy = new Set<string>();
  private readonly readers = new Map<string, Reader>();
  private lives = 0;
  private readonly backoffKind: number;
  private readonly resumeKind: number;
  /** Where the next poll begins, so that no partition is always first. */
  private turn = 0;

  /** `arrived`: called when there are new records. */
  constructor(
    sim: Simulation,
    owner: string,
    settings: FetchSettings,
    requests: BackgroundRequests,
    arrived: () => void,
  ) {
    this.sim = sim;
    this.settings = settings;
    this.requests = requests;
    this.arrived = arrived;
    this.metadata = new MetadataClient(sim, owner, settings, requests, () => this.fetch());
    this.backoffKind = sim.eventKind(`${owner} may fetch again`);
    this.resumeKind = sim.eventKind(`${owner} resumes a partition`);
  }

  attach(link: Link<BrokerQuery, BrokerReply>): void {
    this.links.set(link.to, link);
    this.metadata.attach(link);
  }

  get partitions(): readonly string[] {
    return [...this.readers.keys()];
  }

  /** Records fetched and not taken. */
  get buffered(): number {
    let count = 0;
    for (const { records, taken } of this.readers.values()) count += records.length - taken;
    return count;
  }

  add(partition: string, offset: number): void {
    this.readers.set(partition, { position: offset, records: [], taken: 0, notBefore: 0 });
  }

  /**
   * Goes on at an offset that was taken already; what was fetched is dropped. With a time, the partition is paused until then
   * (`KafkaConsumer.pause`). A fetch that waits at the broker for other partitions comes back first, as in Kafka's client.
   */
  seek(partition: string, offset: number, notBefore: Time | undefined): void {
    this.add(partition, offset);
    if (notBefore === undefined) return;
    this.readers.get(partition)!.notBefore = notBefore;
    // It may be over: a verdict that came while the process stood still is heeded when that goes on.
    this.sim.scheduleAt(Math.max(this.sim.now, notBefore), () => this.fetch(), undefined, this.resumeKind);
  }

  /** The partition is somebody else's: what was fetched of it is dropped. */
  remove(partition: string): void {
    this.readers.delete(partition);
  }

  clear(): void {
    this.readers.clear();
  }

  /** The process dies: nobody waits for what it had asked for. */
  end(): void {
    this.lives++;
    this.readers.clear();
    this.busy.clear();
  }

  /** Of what nothing is left to take: where it goes on, past the markers and what was aborted. */
  *dry(): Iterable<readonly [string, number]> {
    for (const [partition, { position, records, taken }] of this.readers) {
      if (taken === records.length) yield [partition, position];
    }
  }

  /** Takes so many records at most, of one partition after the other; what runs dry is fetched. */
  take(max: number): Fetched[] {
    const taken: Fetched[] = [];
    const readers = [...this.readers.values()];
    for (let i = 0; i < readers.length && taken.length < max; i++) {
      const reader = readers[(this.turn + i) % readers.length];
      const some = reader.records.slice(reader.taken, reader.taken + max - taken.length);
      reader.taken += some.length;
      taken.push(...some);
    }
    this.turn++;
    this.fetch();
    return taken;
  }

  /** Asks every broker that leads something of which nothing is left. */
  fetch(): void {
    const dry = new Map<string, string[]>();
    for (const [partition, { records, taken, notBefore }] of this.readers) {
      if (taken < records.length || this.sim.now < notBefore) continue;
      const leader = this.metadata.leaderOf(partition);
      if (leader === undefined) this.metadata.refresh();
      else if (!this.busy.has(leader)) dry.set(leader, [...(dry.get(leader) ?? []), partition]);
    }
    for (const [leader, partitions] of dry) this.ask(leader, partitions);
  }

  private ask(leader: string, partitions: readonly string[]): void {
    const { fetchWaitMax, fetchBytesMax, isolation } = this.settings;
    const parts = partitions.map((partition) => ({ partition, offset: this.readers.get(partition)!.position }));
    const query: BrokerQuery = {
      kind: 'fetch',
      parts,
      waitMax: fetchWaitMax,
      bytesMax: fetchBytesMax,
      ...(isolation === undefined ? {} : { isolation }),
    };
    const asked = new Map(partitions.map((partition) => [partition, this.readers.get(partition)!]));
    this.busy.add(leader);
    const { lives } = this;
    const waiter: Waiter = {
      resume: ({ result }) => void (lives === this.lives && this.hear(leader, asked, result as readonly FetchResult[])),
      fail: () => void (lives === this.lives && this.pause(leader)),
    };
    this.links.get(leader)!.call(query, this.requests.next()).begin(waiter);
  }

  private hear(leader: string, asked: ReadonlyMap<string, Reader>, results: readonly FetchResult[]): void {
    let isNew = false;
    for (const { partition, epoch, error, batches, aborted, startOffset, endOffset } of results) {
      const reader = asked.get(partition)!;
      // It may be another's by now, or have been taken away and given back.
      if (this.readers.get(partition) !== reader) continue;
      if (error === 'not-leader') {
        this.pause(leader);
        return;
      }
      // As with auto.offset.reset=earliest: where the log begins, or where it ends now after an unclean election.
      if (error === 'offset-out-of-range') reader.position = reader.position < startOffset ? startOffset : endOffset;
      if (batches.length === 0) continue;
      reader.records = [];
      reader.taken = 0;
      for (const batch of this.settings.isolation === 'committed' ? committedOnly(batches, aborted) : batches) {
        batch.records.forEach((record, index) => {
          const offset = offsetOf(batch, index);
          if (offset >= reader.position) reader.records.push({ partition, offset, record });
        });
      }
      const end = batches[batches.length - 1].lastOffset + 1;
      this.settings.readings.read(partition, reader.position, end, epoch);
      reader.position = end;
      isNew = true;
    }
    this.busy.delete(leader);
    this.fetch();
    if (isNew) this.arrived();
  }

  private pause(leader: string): void {
    this.metadata.refresh();
    const { lives } = this;
    const again = (): void => {
      if (lives !== this.lives) return;
      this.busy.delete(leader);
      this.fetch();
    };
    this.sim.schedule(this.settings.retryBackoff, again, undefined, this.backoffKind);
  }
}
