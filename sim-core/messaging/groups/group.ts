/**
 * A consumer group as its coordinator keeps it: who is a member, of which generation, and what each was assigned. A state
 * machine without a clock; the coordinator calls it and minds its timers.
 *
 * A rebalance has two rounds (the classic protocol of Kafka). All members join: the group waits until all it knows have,
 * or the time for it is over and the others are dropped. One of them, the leader, is told who the members are and works
 * out the assignment; all sync, and are answered when the leader has. Static members (KIP-345) are known by their instance
 * and not by their id: one that comes back while the group is stable takes its place again without a rebalance.
 *
 * A generation's assignment, a static member's new id and that the group is empty are written down before anybody is told:
 * whoever coordinates the group next begins with what was written last.
 */
import { compare, type Assignment, type Member, type TopicPartition } from './assignor.ts';

export type GroupState = 'empty' | 'joining' | 'syncing' | 'stable';

export interface Joined {
  readonly id: string;
  readonly generation: number;
  /** All members, for the one who is to assign; undefined for the others. */
  readonly members: readonly Member[] | undefined;
}

export type GroupError =
  | 'unknown-member'
  | 'illegal-generation'
  | 'rebalance-in-progress'
  | 'fenced-instance'
  | 'not-coordinator'
  | 'coordinator-not-available';

export type Heard = 'ok' | GroupError;

interface GroupMember {
  id: string;
  subscription: Member;
  join: ((joined: Joined | GroupError) => void) | undefined;
  sync: ((own: readonly TopicPartition[] | GroupError) => void) | undefined;
  assigned: readonly TopicPartition[];
}

/** What a successor has to know of a group. */
export interface GroupImage {
  readonly generation: number;
  readonly leader: string | undefined;
  readonly members: readonly { readonly subscription: Member; readonly assigned: readonly TopicPartition[] }[];
}

export interface GroupEvents {
  /** The first member is there: call `complete` when those that come with it, and after it, have had their time. */
  readonly begun: () => void;
  /** A rebalance has begun: call `complete` when the time for it is over. */
  readonly preparing: () => void;
  /** All have joined: there is no more to wait for. */
  readonly completed: (generation: number) => void;
  /** Write this down where a successor finds it; call back with whether it is. */
  readonly keep: (image: GroupImage, kept: (isKept: boolean) => void) => void;
}

export class Group {
  private readonly events: GroupEvents;
  private readonly members = new Map<string, GroupMember>();
  private now: GroupState = 'empty';
  private current = 0;
  private leader: string | undefined = undefined;
  private isFirstRound = false;
  private hasNewcomers = false;
  /** That it is empty could not be written down. */
  private isEmptyUnkept = false;

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

  get memberIds(): readonly string[] {
    return [...this.members.keys()];
  }

  /** Becomes what a predecessor has written down last. Rounds that were under way are forgotten. */
  restore({ generation, leader, members }: GroupImage): void {
    this.current = generation;
    this.leader = leader;
    for (const { subscription, assigned } of members) {
      const { id } = subscription;
      this.members.set(id, { id, subscription, join: undefined, sync: undefined, assigned });
    }
    this.now = members.length > 0 ? 'stable' : 'empty';
  }

  /** Another coordinates the group from now on: whoever waits is told so. */
  close(): void {
    for (const { join, sync } of this.members.values()) {
      join?.('not-coordinator');
      sync?.('not-coordinator');
    }
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
    const assignedTo = ({ id: each }: GroupMember): readonly TopicPartition[] => assignment.get(each) ?? [];
    this.events.keep(this.image(assignedTo), (isKept) => {
      if (this.now !== 'syncing' || this.current !== generation) return;
      if (isKept) this.assign(assignedTo);
      else this.prepare();
    });
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
      if (this.members.size === 0) this.becomeEmpty();
    } else if (this.members.size > 0) this.prepare();
    else this.becomeEmpty();
  }

  /** The time of the round is over: who has not joined is no member any more. */
  complete(): void {
    if (this.now !== 'joining') return;
    for (const [id, { join, subscription }] of this.members) {
      if (join === undefined && subscription.instance === undefined) this.members.delete(id);
    }
    this.isFirstRound = false;
    if (this.members.size === 0) {
      this.becomeEmpty();
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
    const joined: Joined = { id, generation: this.current, members: undefined };
    this.events.keep(this.image(), (isKept) => answer(isKept ? joined : 'coordinator-not-available'));
    return undefined;
  }

  private becomeEmpty(): void {
    this.now = 'empty';
    // Who finds members in its log that are gone drops them when their sessions are over.
    this.isEmptyUnkept = false;
    this.events.keep(this.image(), (isKept) => {
      this.isEmptyUnkept = !isKept;
    });
  }

  /** To be called now and again: that it is empty is written down once more if that could not be done. */
  keepAgain(): void {
    if (this.now === 'empty' && this.isEmptyUnkept) this.becomeEmpty();
  }

  private image(assignedTo = ({ assigned }: GroupMember): readonly TopicPartition[] => assigned): GroupImage {
    const members = [...this.members.values()].map((member) => ({
      subscription: member.subscription,
      assigned: assignedTo(member),
    }));
    return { generation: this.current, leader: this.leader, members };
  }

  private assign(assignedTo: (member: GroupMember) => readonly TopicPartition[]): void {
    this.now = 'stable';
    for (const member of this.members.values()) {
      member.assigned = assignedTo(member);
      member.sync?.(member.assigned);
      member.sync = undefined;
    }
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
