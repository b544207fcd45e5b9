/**
 * A consumer group as its coordinator keeps it: who is a member, of which generation, and what each was assigned. A state
 * machine without a clock; the coordinator calls it and minds its timers.
 *
 * A rebalance has two rounds (the classic protocol of Kafka). All members join: the group waits until all it knows have,
 * or the time for it is over and the others are dropped. One of them, the leader, is told who the members are and works
 * out the assignment; all sync, and are answered when the leader has. Static members (KIP-345) are known by their instance
 * and not by their id: one that comes back while the group is stable takes its place again without a rebalance.
 */
import { compare, type Assignment, type Member, type TopicPartition } from './assignor.ts';

export type GroupState = 'empty' | 'joining' | 'syncing' | 'stable';

export interface Joined {
  readonly id: string;
  readonly generation: number;
  /** All members, for the one who is to assign; undefined for the others. */
  readonly members: readonly Member[] | undefined;
}

export type GroupError = 'unknown-member' | 'illegal-generation' | 'rebalance-in-progress' | 'fenced-instance';

export type Heard = 'ok' | GroupError;

interface GroupMember {
  id: string;
  subscription: Member;
  join: ((joined: Joined | GroupError) => void) | undefined;
  sync: ((own: readonly TopicPartition[] | GroupError) => void) | undefined;
  assigned: readonly TopicPartition[];
}

export interface GroupEvents {
  /** The first member is there: call `complete` when those that come with it, and after it, have had their time. */
  readonly begun: () => void;
  /** A rebalance has begun: call `complete` when the time for it is over. */
  readonly preparing: () => void;
  /** All have joined: there is no more to wait for. */
  readonly completed: (generation: number) => void;
}

export class Group {
  private readonly events: GroupEvents;
  private readonly members = new Map<string, GroupMember>();
  private now: GroupState = 'empty';
  private current = 0;
  private leader: string | undefined = undefined;
  private isFirstRound = false;
  private hasNewcomers = false;

  constructor(events: GroupEvents) {
    this.events = events;
  }

  get state(): GroupState {
    return this.now;
  }

  get generation(): number {
    return this.current;
  }

  get size(): number {
    return this.members.size;
  }

  has(id: string): boolean {
    return this.members.has(id);
  }

  /** What a member was given in this generation. */
  assignedTo(id: string): readonly TopicPartition[] {
    return this.members.get(id)?.assigned ?? [];
  }

  /** A member joins, or joins again; it is answered when the round is over. */
  join(subscription: Member, answer: (joined: Joined | GroupError) => void): void {
    const known = this.placeOf(subscription, answer);
    if (known === undefined) return;
    known.subscription = subscription;
    known.join = answer;
    if (this.now !== 'joining') this.prepare();
    this.completeIfAllJoined();
  }

  /** A member asks for its part; the leader brings everybody's. */
  sync(
    id: string,
    generation: number,
    assignment: Assignment | undefined,
    answer: (own: readonly TopicPartition[] | GroupError) => void,
  ): void {
    const heard = this.check(id, generation);
    const member = this.members.get(id);
    if (heard !== 'ok' || member === undefined || this.now === 'joining') {
      answer(heard === 'ok' ? 'rebalance-in-progress' : heard);
      return;
    }
    if (this.now === 'stable') {
      answer(member.assigned);
      return;
    }
    member.sync = answer;
    if (assignment === undefined) return;
    this.now = 'stable';
    for (const each of this.members.values()) {
      each.assigned = assignment.get(each.id) ?? [];
      each.sync?.(each.assigned);
      each.sync = undefined;
    }
  }

  heartbeat(id: string, generation: number): Heard {
    const heard = this.check(id, generation);
    return heard === 'ok' && this.now === 'joining' ? 'rebalance-in-progress' : heard;
  }

  /**
   * Whether a member may commit: its generation must be the present one. While members join they may, since their next
   * heartbeats tell them; between a join and the answer of the sync they are told so here.
   */
  mayCommit(id: string, generation: number): Heard {
    const heard = this.check(id, generation);
    return heard === 'ok' && this.now === 'syncing' ? 'rebalance-in-progress' : heard;
  }

  /** The same of offsets in a transaction: these are taken at any time. */
  mayCommitInTransaction(id: string, generation: number): Heard {
    return this.check(id, generation);
  }

  /** Whether others have joined the very first round since it began, or since this was asked last. */
  tookNewcomers(): boolean {
    const has = this.hasNewcomers;
    this.hasNewcomers = false;
    return has;
  }

  /** A member says goodbye, or has not been heard of. */
  remove(id: string): void {
    const member = this.members.get(id);
    if (member === undefined) return;
    this.members.delete(id);
    member.join?.('unknown-member');
    member.sync?.('unknown-member');
    if (this.now === 'joining') {
      this.completeIfAllJoined();
      if (this.members.size === 0) this.now = 'empty';
    } else if (this.members.size > 0) this.prepare();
    else this.now = 'empty';
  }

  /** The time of the round is over: who has not joined is no member any more. */
  complete(): void {
    if (this.now !== 'joining') return;
    for (const [id, { join, subscription }] of this.members) {
      if (join === undefined && subscription.instance === undefined) this.members.delete(id);
    }
    this.isFirstRound = false;
    if (this.members.size === 0) {
      this.now = 'empty';
      return;
    }
    this.now = 'syncing';
    this.current++;
    this.events.completed(this.current);
    const all = [...this.members.values()].sort((a, b) => compare(a.id, b.id));
    if (this.leader === undefined || this.members.get(this.leader)?.join === undefined) {
      this.leader = all.find(({ join }) => join !== undefined)?.id;
    }
    const subscriptions = all.map(({ subscription }) => subscription);
    for (const { id, join } of all) {
      join?.({ id, generation: this.current, members: id === this.leader ? subscriptions : undefined });
    }
    for (const member of all) member.join = undefined;
  }

  /** The place of who joins; undefined if it is answered already. */
  private placeOf(subscription: Member, answer: (joined: Joined | GroupError) => void): GroupMember | undefined {
    const { id, instance } = subscription;
    const same = this.members.get(id);
    if (same !== undefined) return same;
    const place: GroupMember = { id, subscription, join: undefined, sync: undefined, assigned: [] };
    const before = [...this.members.values()].find(
      (member) => instance !== undefined && member.subscription.instance === instance,
    );
    if (before === undefined) {
      if (this.now === 'joining' && this.current === 0) this.hasNewcomers = true;
      this.members.set(id, place);
      return place;
    }
    // The same instance in a new life: the old one is fenced.
    before.join?.('fenced-instance');
    before.sync?.('fenced-instance');
    this.members.delete(before.id);
    place.assigned = before.assigned;
    this.members.set(id, place);
    if (this.leader === before.id) this.leader = id;
    if (this.now !== 'stable') return place;
    answer({ id, generation: this.current, members: undefined });
    return undefined;
  }

  private prepare(): void {
    this.isFirstRound = this.now === 'empty';
    for (const member of this.members.values()) {
      member.sync?.('rebalance-in-progress');
      member.sync = undefined;
    }
    this.now = 'joining';
    if (this.isFirstRound) this.events.begun();
    else this.events.preparing();
  }

  private completeIfAllJoined(): void {
    if (this.now !== 'joining' || this.isFirstRound) return;
    for (const { join } of this.members.values()) if (join === undefined) return;
    if (this.members.size > 0) this.complete();
  }

  private check(id: string, generation: number): Heard {
    if (!this.members.has(id)) return 'unknown-member';
    return generation === this.current ? 'ok' : 'illegal-generation';
  }
}
