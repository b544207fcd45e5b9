/**
 * A group as its coordinator has it: its members with the clocks of their sessions, the clock of a round, and how far it
 * is. What has to outlive the coordinator is written down by `keep`.
 */
import type { EventHandle } from '../../../kernel/event-table.ts';
import type { Fact, FactChannel } from '../../../kernel/fact.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Duration, Time } from '../../../kernel/time.ts';
import { Group, type GroupEvents, type GroupImage } from '../../../messaging/groups/group.ts';
import { PendingOffsets, type CommittedOffset } from '../../../messaging/groups/pending-offsets.ts';
import type { GroupBook } from './group-book.ts';
import type { groupRebalanced } from './signals.ts';

/** What a group's members say of it when they join, and what its brokers are set to. */
export interface GroupSettings {
  /** `session.timeout.ms`: a member that is silent for so long is dropped. */
  readonly sessionTimeout: Duration;
  /** `max.poll.interval.ms`, which is also how long a rebalance waits for members. */
  readonly rebalanceTimeout: Duration;
  /**
   * `group.initial.rebalance.delay.ms`: how long an empty group waits for others after the first. A new one waits again
   * while others have come in that time, up to the time of a rebalance.
   */
  readonly initialDelay: Duration;
}

/** What brokers know of a group from the start, and where they report to. */
export interface KnownGroup {
  readonly name: string;
  readonly settings: GroupSettings;
  readonly book: GroupBook;
}

export interface GroupClocks {
  readonly sim: Simulation;
  readonly sessionKind: number;
  readonly roundKind: number;
  readonly rebalanced: FactChannel<Fact<typeof groupRebalanced>>;
}

export class CoordinatedGroup {
  readonly group: Group;
  readonly committed = new Map<string, CommittedOffset>();
  /** Where in the log it says of a partition that its offset is kept no more. */
  private readonly ended = new Map<string, number>();
  readonly pending = new PendingOffsets();
  /** What the log says last of its members, and since when. */
  image: GroupImage | undefined = undefined;
  imageSince: Time = 0;
  private readonly known: KnownGroup;
  private readonly clocks: GroupClocks;
  private readonly sessions = new Map<string, EventHandle>();
  private round: EventHandle = -1;
  private roundBegan = 0;

  constructor(known: KnownGroup, clocks: GroupClocks, keep: GroupEvents['keep']) {
    this.known = known;
    this.clocks = clocks;
    const { initialDelay, rebalanceTimeout } = known.settings;
    const { sim } = clocks;
    this.group = new Group({
      begun: () => {
        this.roundBegan = sim.now;
        this.waitForOthers(initialDelay, Math.max(0, rebalanceTimeout - initialDelay));
      },
      preparing: () => {
        this.roundBegan = sim.now;
        this.wait(rebalanceTimeout, () => this.group.complete());
      },
      completed: (generation) => this.tellRebalance(generation),
      keep,
    });
  }

  /** All that a predecessor has written is read: members have a session's time to be heard of. */
  begin(epoch: number): void {
    if (this.image !== undefined) this.group.restore(this.image);
    for (const member of this.group.memberIds) this.refresh(member);
    this.known.book.begins(this.committed, this.ended, epoch);
  }

  /** Another coordinates the group from now on. */
  end(): void {
    const { sim } = this.clocks;
    sim.cancel(this.round);
    for (const session of this.sessions.values()) sim.cancel(session);
    this.group.close();
  }

  /** A commit is replicated: what was committed further on in the log counts. `epoch`: of whom that was told, if of anybody. */
  commit(partition: string, committed: CommittedOffset, epoch: number | undefined): void {
    if ((this.committed.get(partition)?.at ?? -1) >= committed.at) return;
    this.committed.set(partition, committed);
    if (epoch !== undefined) this.known.book.commit(partition, committed, epoch);
  }

  /** That the offset of a partition is not kept any more is replicated. */
  expire(partition: string, at: number, epoch: number | undefined): void {
    if ((this.committed.get(partition)?.at ?? -1) >= at) return;
    this.committed.delete(partition);
    this.ended.set(partition, at);
    if (epoch !== undefined) this.known.book.expire(partition, epoch);
  }

  /** The partitions whose offsets are kept no more: of a group without members for so long by its log, but for what is undecided. */
  expired(retention: Duration): string[] {
    const { group, image, imageSince, pending, committed } = this;
    // Until its log says that the last has gone, the image is that of a generation with members, and as old as this one.
    if (group.state !== 'empty' || image === undefined || image.members.length > 0) return [];
    if (this.clocks.sim.now - imageSince < retention) return [];
    return [...committed.keys()].filter((partition) => !pending.isUnstable(partition));
  }

  /** A member is heard of. */
  refresh(member: string): void {
    this.await(member);
    if (!this.group.has(member)) return;
    const { sim, sessionKind } = this.clocks;
    const { sessionTimeout } = this.known.settings;
    this.sessions.set(
      member,
      sim.schedule(sessionTimeout, (silent) => this.drop(silent), member, sessionKind),
    );
  }

  /** A member is not expected to be heard of: it waits for the others. */
  await(member: string): void {
    this.clocks.sim.cancel(this.sessions.get(member) ?? -1);
    this.sessions.delete(member);
  }

  drop(member: string): void {
    this.await(member);
    this.group.remove(member);
  }

  private wait(duration: Duration, isOver: () => void): void {
    const { sim, roundKind } = this.clocks;
    sim.cancel(this.round);
    this.round = sim.schedule(duration, isOver, undefined, roundKind);
  }

  /** Waits as long again while others have come, for so much longer in all: InitialDelayedJoin in apache/kafka. */
  private waitForOthers(delay: Duration, left: Duration): void {
    this.wait(delay, () => {
      const again = Math.min(this.known.settings.initialDelay, left);
      if (this.group.tookNewcomers() && again > 0) this.waitForOthers(again, left - again);
      else this.group.complete();
    });
  }

  private tellRebalance(generation: number): void {
    const { sim, rebalanced } = this.clocks;
    sim.cancel(this.round);
    if (!rebalanced.heard) return;
    const duration = sim.now - this.roundBegan;
    rebalanced.emit({ group: this.known.name, generation, members: this.group.size, duration });
  }
}
