/**
 * What a coordinator knows of the partitions of its internal topic that its broker leads. A broker that comes to lead one
 * reads it from the start, and knows what is in it when all that was there at that moment is replicated; until then it
 * is loading. From then on it reads what is written there, once that is replicated. After the CoordinatorLoader of
 * apache/kafka; reading takes no time here.
 */
import type { Batch } from '../messages.ts';
import type { Replica } from '../replica.ts';

export interface Hosted<State> {
  readonly replica: Replica;
  readonly state: State;
  /** Everything below has to be replicated before it is loaded. */
  readonly loadFrom: number;
  /** The next offset to read. */
  next: number;
  isLoaded: boolean;
}

export interface Keeper<State> {
  begin(): State;
  /** Something in the log is replicated. */
  replay(hosted: Hosted<State>, batch: Batch): void;
  loaded(hosted: Hosted<State>): void;
  /** Another leads the partition, or nobody. */
  end(state: State): void;
}

export class HostedPartitions<State> {
  private readonly keeper: Keeper<State>;
  private readonly hosted = new Map<string, Hosted<State>>();

  constructor(keeper: Keeper<State>) {
    this.keeper = keeper;
  }

  get(partition: string): Hosted<State> | undefined {
    return this.hosted.get(partition);
  }

  get all(): Iterable<Hosted<State>> {
    return this.hosted.values();
  }

  /** Whether it is the same leadership still. */
  hosts(hosted: Hosted<State>): boolean {
    return this.hosted.get(hosted.replica.id) === hosted;
  }

  /** The broker leads the partition, or another life of its leadership has begun, or it does not any more. */
  changed(replica: Replica): void {
    this.forget(replica.id);
    if (replica.leading === undefined) return;
    const { log, id } = replica;
    const state = this.keeper.begin();
    this.hosted.set(id, { replica, state, loadFrom: log.endOffset, next: log.startOffset, isLoaded: false });
    this.advanced(id);
  }

  /** More of the partition may be replicated. */
  advanced(partition: string): void {
    const hosted = this.hosted.get(partition);
    if (hosted === undefined) return;
    const { replica, loadFrom } = hosted;
    const { highWatermark, log } = replica;
    if (hosted.isLoaded ? hosted.next >= highWatermark : highWatermark < loadFrom) return;
    for (const batch of log.read(hosted.next, highWatermark, Infinity)) {
      hosted.next = batch.lastOffset + 1;
      this.keeper.replay(hosted, batch);
    }
    if (hosted.isLoaded) return;
    hosted.isLoaded = true;
    this.keeper.loaded(hosted);
  }

  /** The broker has died. */
  drop(): void {
    for (const partition of this.hosted.keys()) this.forget(partition);
  }

  private forget(partition: string): void {
    const hosted = this.hosted.get(partition);
    if (hosted === undefined) return;
    this.hosted.delete(partition);
    this.keeper.end(hosted.state);
  }
}
