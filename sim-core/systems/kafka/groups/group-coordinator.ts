/**
 * A broker as the coordinator of groups: of every group whose partition of `__consumer_offsets` it leads. It keeps their
 * members by their heartbeats, leads them through rebalances, and keeps the offsets that they commit, those in
 * transactions apart until these are decided.
 *
 * Committed offsets, and a generation's members with their assignment, are written to the partition first, and count when
 * all in sync have them. A broker that comes to lead it reads them out of its log, and goes on with the same generation:
 * its members find it, and are heard of again within a session. A round that was under way begins anew with whoever asks
 * to join. After GroupCoordinator and GroupMetadataManager of apache/kafka (the classic protocol).
 *
 * Offsets are kept for as long as the group has members, and for some time after the last has gone (KIP-211): then they are
 * deleted, partition by partition, and whoever comes later begins where `auto.offset.reset` has it. That the last has gone is
 * written down like a generation, again at the next check if that failed, and counts from then on. Does not model that the
 * group itself is forgotten with them, that offsets of topics expire which no member subscribes to, or that offsets expire of a
 * group that never had a member: nothing in the log says since when.
 */
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Duration } from '../../../kernel/time.ts';
import type { GroupEvents } from '../../../messaging/groups/group.ts';
import { NO_SEQUENCE } from '../../../messaging/log/producer-states.ts';
import { offsetOf } from '../../../messaging/log/record-batch.ts';
import type { ProducerIdentity } from '../../../messaging/transactions/transaction.ts';
import { HostedPartitions, type Hosted } from '../coordination/hosted-partitions.ts';
import type { Batch, Draft, ProduceError } from '../messages.ts';
import { CoordinatedGroup, type GroupClocks } from './coordinated-group.ts';
import type { GroupQuery, GroupReply } from './group-messages.ts';
import { bytesOf, GroupRecord, OffsetRecord, offsetsPartition, type GroupsKept } from './offsets-log.ts';
import { groupRebalanced } from './signals.ts';

export interface GroupCoordinatorOwner {
  readonly name: string;
  nextId(): number;
  /** Appends to a partition that it leads; calls back when all in sync have it, or it was not taken. */
  write(partition: string, draft: Draft, done: (error: ProduceError | undefined) => void): void;
}

type Groups = Map<string, CoordinatedGroup>;
type Answer = (reply: GroupReply) => void;

export class GroupCoordinator {
  readonly partitions: HostedPartitions<Groups>;
  private readonly owner: GroupCoordinatorOwner;
  private readonly kept: GroupsKept;
  private readonly clocks: GroupClocks;

  constructor(sim: Simulation, owner: GroupCoordinatorOwner, kept: GroupsKept) {
    const { name } = owner;
    this.owner = owner;
    this.kept = kept;
    this.clocks = {
      sim,
      sessionKind: sim.eventKind(`${name}: a member has been silent for its session`),
      roundKind: sim.eventKind(`${name}: the time to join is over`),
      rebalanced: sim.facts.channel(groupRebalanced),
    };
    const { retention, retentionCheck } = kept.settings;
    const checkKind = sim.eventKind(`${name}: looks for offsets that are kept no more`);
    const check = (): void => {
      this.expireOffsets(retention);
      sim.schedule(retentionCheck, check, undefined, checkKind);
    };
    sim.schedule(retentionCheck, check, undefined, checkKind);
    this.partitions = new HostedPartitions<Groups>({
      begin: () => new Map(),
      replay: (hosted, batch) => this.replay(hosted, batch),
      loaded: ({ state: groups, replica }) => groups.forEach((group) => group.begin(replica.leading!.epoch)),
      end: (groups) => groups.forEach((group) => group.end()),
    });
  }

  /** A group as this broker has it; undefined if it does not coordinate it, or knows nothing of it yet. */
  groupOf(name: string): CoordinatedGroup | undefined {
    const hosted = this.hostedOf(name);
    return hosted?.isLoaded === true ? hosted.state.get(name) : undefined;
  }

  receive(query: GroupQuery, request: number, answer: Answer): void {
    const hosted = this.hostedOf(query.group);
    if (hosted === undefined) return answer('not-coordinator');
    if (!hosted.isLoaded) return answer('coordinator-load-in-progress');
    const coordinated = this.find(hosted, query.group);
    const { group } = coordinated;
    if (query.kind === 'join') {
      const { id } = query.subscription;
      coordinated.await(id);
      group.join(query.subscription, (joined) => {
        if (typeof joined === 'object') coordinated.refresh(id);
        answer(joined);
      });
    } else if (query.kind === 'sync') {
      coordinated.refresh(query.member);
      group.sync(query.member, query.generation, query.assignment, answer);
    } else if (query.kind === 'heartbeat') {
      const heard = group.heartbeat(query.member, query.generation);
      if (group.has(query.member)) coordinated.refresh(query.member);
      answer(heard);
    } else if (query.kind === 'leave') {
      coordinated.drop(query.member);
      answer('ok');
    } else if (query.kind === 'commit') {
      const heard = group.mayCommit(query.member, query.generation);
      if (heard !== 'ok') answer(heard);
      else this.write(hosted, query.group, query.offsets, request, answer);
    } else if (query.kind === 'transactional-commit') {
      const heard = group.mayCommitInTransaction(query.member, query.generation);
      if (heard !== 'ok') return answer(heard);
      const { producer, offsets } = query;
      coordinated.pending.ask(producer.id, offsets.keys());
      const answered: Answer = (reply) => {
        coordinated.pending.answered(producer.id, offsets.keys());
        answer(reply);
      };
      this.write(hosted, query.group, offsets, request, answered, producer);
    } else answer(fetchCommitted(coordinated, query.partitions));
  }

  private hostedOf(group: string): Hosted<Groups> | undefined {
    return this.partitions.get(offsetsPartition(group, this.kept.settings.partitions));
  }

  private find({ state: groups, replica }: Hosted<Groups>, name: string): CoordinatedGroup {
    let coordinated = groups.get(name);
    if (coordinated === undefined) {
      const keep: GroupEvents['keep'] = (image, kept) => {
        const records = [new GroupRecord(name, image, this.clocks.sim.now, this.owner.nextId())];
        this.owner.write(replica.id, { records, bytes: bytesOf(records) }, (error) => kept(error === undefined));
      };
      coordinated = new CoordinatedGroup(this.kept.groups.get(name)!, this.clocks, keep);
      groups.set(name, coordinated);
    }
    return coordinated;
  }

  private write(
    { replica }: Hosted<Groups>,
    group: string,
    offsets: ReadonlyMap<string, number>,
    request: number,
    answer: Answer,
    producer?: ProducerIdentity,
  ): void {
    const records = [...offsets].map(([partition, offset]) => new OffsetRecord(group, partition, offset, request));
    const stamp = producer && { ...producer, sequence: NO_SEQUENCE, isTransactional: true };
    this.owner.write(replica.id, { records, bytes: bytesOf(records), producer: stamp }, (error) => {
      if (error === undefined) answer('ok');
      else if (error === 'invalid-producer-epoch') answer(error);
      else answer(error === 'not-leader' ? 'not-coordinator' : 'coordinator-not-available');
    });
  }

  private expireOffsets(retention: Duration): void {
    for (const { state: groups, isLoaded, replica } of this.partitions.all) {
      if (!isLoaded) continue;
      for (const [name, group] of groups) {
        group.group.keepAgain();
        const ended = group.expired(retention);
        if (ended.length === 0) continue;
        const records = ended.map((partition) => new OffsetRecord(name, partition, undefined, this.owner.nextId()));
        this.owner.write(replica.id, { records, bytes: bytesOf(records) }, () => {});
      }
    }
  }

  /** What is written, by this coordinator or another, counts now that it is replicated. */
  private replay(hosted: Hosted<Groups>, batch: Batch): void {
    const { producer, marker } = batch;
    const epoch = hosted.isLoaded ? hosted.replica.leading!.epoch : undefined;
    if (marker !== undefined) {
      for (const coordinated of hosted.state.values()) {
        for (const [partition, committed] of coordinated.pending.decide(producer!.id, marker))
          coordinated.commit(partition, committed, epoch);
      }
    }
    batch.records.forEach((record, index) => {
      if (record instanceof GroupRecord) {
        const coordinated = this.find(hosted, record.group);
        coordinated.image = record.image;
        coordinated.imageSince = record.sentAt;
      }
      if (!(record instanceof OffsetRecord)) return;
      const { group, partition, offset } = record;
      const coordinated = this.find(hosted, group);
      const at = offsetOf(batch, index);
      if (offset === undefined) return coordinated.expire(partition, at, epoch);
      const committed = { offset, at };
      if (producer === undefined) coordinated.commit(partition, committed, epoch);
      else coordinated.pending.write(producer.id, partition, committed);
    });
  }
}

function fetchCommitted({ pending, committed }: CoordinatedGroup, partitions: readonly string[]): GroupReply {
  if (partitions.some((partition) => pending.isUnstable(partition))) return 'unstable-offset-commit';
  return new Map(partitions.map((partition) => [partition, committed.get(partition)?.offset ?? 0]));
}
