/**
 * The coordinator of one consumer group: keeps its members by their heartbeats, leads them through rebalances, and keeps
 * the offsets that they commit, those in transactions apart until these are decided.
 *
 * A real one is a broker, the leader of a partition of __consumer_offsets, and moves when that broker dies. Here it is a
 * component of its own that does not die: what a group does is to be seen apart from what its log does.
 */
import { defineFact, type Fact, type FactChannel } from '../../kernel/fact.ts';
import type { EventHandle } from '../../kernel/event-table.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import { Group } from '../../messaging/groups/group.ts';
import { PendingOffsets } from '../../messaging/groups/pending-offsets.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import { defineSignal } from '../../statistics/signal.ts';
import { GroupLag, lagSignals } from './group-lag.ts';
import type { GroupQuery, GroupReply } from './group-messages.ts';
import type { RecordBook } from './record-book.ts';

/** A generation of the group begins. */
export const groupRebalanced = defineFact('kafka.group.rebalanced', 'All members of a group have joined anew', {
  group: 'text',
  generation: 'number',
  members: 'number',
  duration: 'duration',
});

export const groupSignals = [
  ...lagSignals,
  defineSignal({
    name: 'kafka.consumer_group.rebalances',
    kind: 'counter',
    unit: '{rebalance}',
    help: 'Generations of the group',
    fact: groupRebalanced,
  }),
  defineSignal({
    name: 'kafka.consumer_group.rebalance.duration',
    kind: 'histogram',
    unit: 's',
    help: 'Time from the first who joins to the moment at which all have',
    fact: groupRebalanced,
    value: (fact: Fact<typeof groupRebalanced>) => fact.duration,
  }),
];

export interface GroupCoordinatorOptions {
  readonly name: string;
  /** `session.timeout.ms`: a member that is silent for so long is dropped. */
  readonly sessionTimeout: Duration;
  /** `max.poll.interval.ms`, which is also how long a rebalance waits for members. */
  readonly rebalanceTimeout: Duration;
  /**
   * `group.initial.rebalance.delay.ms`: how long an empty group waits for others after the first. A new one waits again
   * while others have come in that time, up to the time of a rebalance.
   */
  readonly initialDelay: Duration;
  readonly partitions: readonly string[];
  readonly book: RecordBook;
}

/** Who can be told to be there or not. */
export interface Scalable {
  start(): void;
  stop(): void;
}

export class GroupCoordinator implements Endpoint<GroupQuery, GroupReply>, Component {
  readonly name: string;
  readonly kind = 'coordinator';
  readonly help = 'Knows the members of the group, leads them through rebalances, keeps their offsets';
  readonly signals = groupSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  readonly group: Group;
  private readonly sim: Simulation;
  private readonly options: GroupCoordinatorOptions;
  private readonly sessions = new Map<string, EventHandle>();
  private readonly committed = new Map<string, number>();
  private readonly pending = new PendingOffsets();
  private readonly lag: GroupLag;
  private readonly consumers: Scalable[] = [];
  private round: EventHandle = -1;
  private roundBegan = 0;
  private readonly sessionKind: number;
  private readonly roundKind: number;
  private readonly rebalanced: FactChannel<Fact<typeof groupRebalanced>>;

  constructor(sim: Simulation, options: GroupCoordinatorOptions) {
    const { name, initialDelay, rebalanceTimeout } = options;
    this.sim = sim;
    this.options = options;
    this.name = name;
    this.sessionKind = sim.eventKind(`${name}: a member has been silent for its session`);
    this.roundKind = sim.eventKind(`${name}: the time to join is over`);
    this.rebalanced = sim.facts.channel(groupRebalanced);
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
    });
    this.interventions = {
      scale: {
        help: 'So many of the consumers are members from now on; the others leave',
        arguments: [{ name: 'members', help: 'consumers', min: 0, max: 1000, default: 1 }],
        apply: ([members]) => this.scale(Math.round(members)),
      },
    };
    this.lag = new GroupLag(sim, name, options, (partition) => this.committedOf(partition));
    register(sim, this);
  }

  /** Adds a consumer to those that can be started and stopped. */
  attach(consumer: Scalable): void {
    this.consumers.push(consumer);
  }

  scale(members: number): void {
    this.consumers.forEach((consumer, index) => {
      if (index < members) consumer.start();
      else consumer.stop();
    });
  }

  committedOf(partition: string): number {
    return this.committed.get(partition) ?? 0;
  }

  receive(call: Call<GroupQuery, GroupReply>): void {
    const { query } = call;
    const { group } = this;
    const answer = (reply: GroupReply): void => call.reply(reply);
    if (query.kind === 'join') {
      const { id } = query.subscription;
      this.sim.cancel(this.sessions.get(id) ?? -1);
      group.join(query.subscription, (joined) => {
        // A member that waits for the others is not expected to be heard of.
        if (typeof joined === 'object') this.refresh(id);
        answer(joined);
      });
    } else if (query.kind === 'sync') {
      this.refresh(query.member);
      group.sync(query.member, query.generation, query.assignment, answer);
    } else if (query.kind === 'heartbeat') {
      const heard = group.heartbeat(query.member, query.generation);
      if (group.has(query.member)) this.refresh(query.member);
      answer(heard);
    } else if (query.kind === 'leave') {
      this.drop(query.member);
      answer('ok');
    } else if (query.kind === 'commit') {
      const heard = group.mayCommit(query.member, query.generation);
      if (heard === 'ok') for (const [partition, offset] of query.offsets) this.committed.set(partition, offset);
      answer(heard);
    } else if (query.kind === 'transactional-commit') {
      const heard = group.mayCommitInTransaction(query.member, query.generation);
      if (heard !== 'ok') answer(heard);
      else answer(this.pending.add(query.producer, query.offsets) ? 'ok' : 'invalid-producer-epoch');
    } else if (query.kind === 'marker') {
      for (const [partition, offset] of this.pending.decide(query.producer, query.marker)) {
        this.committed.set(partition, offset);
      }
      answer('ok');
    } else answer(this.fetchCommitted(query.partitions));
  }

  state(): Readonly<Record<string, number | string>> {
    const { state, generation, size } = this.group;
    return { group: state, generation, members: size };
  }

  violations(): readonly string[] {
    const broken: string[] = [];
    for (const partition of this.options.partitions) {
      const committed = this.committedOf(partition);
      if (committed > this.lag.endOf(partition)) broken.push(`${partition}: more is committed than there is`);
    }
    return broken;
  }

  private fetchCommitted(partitions: readonly string[]): GroupReply {
    if (partitions.some((partition) => this.pending.isUnstable(partition))) return 'unstable-offset-commit';
    return new Map(partitions.map((partition) => [partition, this.committedOf(partition)]));
  }

  private wait(duration: Duration, isOver: () => void): void {
    this.sim.cancel(this.round);
    this.round = this.sim.schedule(duration, isOver, undefined, this.roundKind);
  }

  /** Waits as long again while others have come, for so much longer in all: InitialDelayedJoin in apache/kafka. */
  private waitForOthers(delay: Duration, left: Duration): void {
    this.wait(delay, () => {
      const again = Math.min(this.options.initialDelay, left);
      if (this.group.tookNewcomers() && again > 0) this.waitForOthers(again, left - again);
      else this.group.complete();
    });
  }

  private refresh(member: string): void {
    this.sim.cancel(this.sessions.get(member) ?? -1);
    if (!this.group.has(member)) return;
    const { sessionTimeout } = this.options;
    const late = this.sim.schedule(sessionTimeout, (silent) => this.drop(silent), member, this.sessionKind);
    this.sessions.set(member, late);
  }

  private drop(member: string): void {
    this.sim.cancel(this.sessions.get(member) ?? -1);
    this.sessions.delete(member);
    this.group.remove(member);
  }

  private tellRebalance(generation: number): void {
    this.sim.cancel(this.round);
    if (!this.rebalanced.heard) return;
    const duration = this.sim.now - this.roundBegan;
    this.rebalanced.emit({ group: this.name, generation, members: this.group.size, duration });
  }
}
