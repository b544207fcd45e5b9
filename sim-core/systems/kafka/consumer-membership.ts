/**
 * A consumer's membership of its group: joins, syncs, sends heartbeats, hears that it has to join again. What it owns
 * changes only when its owner polls, as in Kafka's client, where the callbacks of a rebalance run inside of `poll`.
 *
 * Eager: everything is given up before it joins. Cooperative: it keeps what it has, gives up what goes to another when it
 * learns so, and joins again at once, so that the other is given it in the next round.
 */
import type { EventHandle } from '../../kernel/event-table.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import { nameOf, type Assignor, type TopicPartition } from '../../messaging/groups/assignor.ts';
import type { GroupError, Joined } from '../../messaging/groups/group.ts';
import type { CoordinatorClient } from './coordination/coordinator-client.ts';
import type { GroupQuery, GroupReply } from './groups/group-messages.ts';
import type { Topic } from './topic.ts';

export interface MembershipSettings {
  readonly topics: readonly Topic[];
  readonly assignor: Assignor;
  readonly isStatic: boolean;
  readonly heartbeatInterval: Duration;
  /** Its group's name. */
  readonly group: string;
  /** How long a join is waited for: a rebalance's time, and a request's. */
  readonly joinPatience: Duration;
}

export interface MembershipOwner {
  readonly name: string;
  /** Whether it has polled in time: a member that has not leaves. */
  isPolling(): boolean;
  /** What it has of the stores of tasks, as it says when it joins. */
  offsetSums(): ReadonlyMap<number, number> | undefined;
  /** Something has changed: poll. */
  wake(): void;
  /** Lets something happen now, or when the consumer is not paused any more. */
  whenAwake(act: () => void): void;
}

export class Membership {
  private readonly sim: Simulation;
  private readonly owner: MembershipOwner;
  private readonly settings: MembershipSettings;
  private readonly coordinator: CoordinatorClient;
  private readonly beatKind: number;
  private beat: EventHandle = -1;
  /** Counts ids. */
  private ids = 0;
  private isIn = false;
  private id = '';
  private currentGeneration = -1;
  private isJoining = false;
  /** A new part that has not been taken over by a poll. */
  private news: readonly TopicPartition[] | undefined = undefined;
  /** It has to join again; and whether what it has is not its own any more. */
  private mustJoin = false;
  private hasLost = false;
  private owned: readonly TopicPartition[] = [];

  constructor(sim: Simulation, owner: MembershipOwner, settings: MembershipSettings, coordinator: CoordinatorClient) {
    this.sim = sim;
    this.owner = owner;
    this.settings = settings;
    this.coordinator = coordinator;
    this.beatKind = sim.eventKind(`${owner.name} sends a heartbeat to its group`);
  }

  get isMember(): boolean {
    return this.isIn;
  }

  get generation(): number {
    return this.currentGeneration;
  }

  get memberId(): string {
    return this.id;
  }

  get protocol(): 'eager' | 'cooperative' {
    return this.settings.assignor.protocol;
  }

  start(): void {
    this.isIn = true;
    this.renew();
    this.heartbeat();
  }

  /** It dies, or goes: nobody is told. */
  end(): void {
    this.isIn = false;
    this.coordinator.end();
    this.sim.cancel(this.beat);
    this.isJoining = false;
    this.mustJoin = false;
    this.hasLost = false;
    this.news = undefined;
    this.owned = [];
  }

  /** Says goodbye; a static member does not, since it means to come back. */
  leave(): void {
    const { group, isStatic } = this.settings;
    if (!isStatic) this.ask({ kind: 'leave', group, member: this.id }, () => {});
  }

  /**
   * In a poll: whether what was owned is lost, has to be given up before it joins again, or is what is said here now.
   */
  step():
    | { readonly kind: 'go on' | 'lost' | 'give up' }
    | { readonly kind: 'own'; readonly own: readonly TopicPartition[]; readonly standbys: readonly TopicPartition[] } {
    if (this.hasLost) {
      this.hasLost = false;
      this.owned = [];
      return { kind: 'lost' };
    }
    if (this.news !== undefined) {
      const own = this.news.filter(({ isStandby }) => isStandby !== true);
      const standbys = this.news.filter(({ isStandby }) => isStandby === true);
      this.news = undefined;
      const names = new Set(own.map(nameOf));
      // Somebody waits for what it gives up.
      if (this.protocol === 'cooperative' && this.owned.some((place) => !names.has(nameOf(place))))
        this.mustJoin = true;
      this.owned = own;
      return { kind: 'own', own, standbys };
    }
    if (this.mustJoin && !this.isJoining && this.protocol === 'eager' && this.owned.length > 0)
      return { kind: 'give up' };
    return { kind: 'go on' };
  }

  /** Everything has been given up. */
  gaveUp(): void {
    this.owned = [];
  }

  /** Joins if it has to; gives whether there is nothing to do until it is in. */
  join(): boolean {
    if (this.mustJoin && !this.isJoining) this.sendJoin();
    return this.isJoining && this.protocol === 'eager';
  }

  /** Asks its coordinator once; undefined if that was in vain. */
  ask(query: GroupQuery, answered: (reply: GroupReply | undefined) => void): void {
    this.coordinator.ask({ kind: 'group', query }, (reply) => answered(reply as GroupReply | undefined));
  }

  /** Asks its coordinator, whoever that comes to be, until there is an answer. */
  askUntilAnswered(query: GroupQuery, answered: (reply: GroupReply) => void): void {
    this.coordinator.askUntilAnswered({ kind: 'group', query }, (reply) => answered(reply as GroupReply));
  }

  /** An error about what it was when it asked: nothing to it if it is another member, or of another generation, by now. */
  hearOf(member: string, generation: number, error: GroupError): void {
    if (member === this.id && generation === this.currentGeneration) this.hear(error);
  }

  /** The coordinator does not know it, or not any more: it begins anew, and owns nothing. */
  private hear(error: GroupError): void {
    if (error === 'rebalance-in-progress') this.mustJoin = true;
    else {
      this.hasLost = this.owned.length > 0 || this.news !== undefined;
      this.news = undefined;
      this.renew();
    }
    this.owner.wake();
  }

  private renew(): void {
    this.id = `${this.owner.name}/${++this.ids}`;
    this.currentGeneration = -1;
    this.isJoining = false;
    this.mustJoin = true;
  }

  private sendJoin(): void {
    const { id, settings, owner, owned, currentGeneration: generation } = this;
    this.mustJoin = false;
    this.isJoining = true;
    const offsetSums = owner.offsetSums();
    const stored = offsetSums === undefined ? {} : { offsetSums };
    const subscription = { id, topics: settings.topics.map(({ name }) => name), owned, generation, ...stored };
    const isStatic = settings.isStatic ? { instance: owner.name } : {};
    const { group, joinPatience: patience } = settings;
    const query: GroupQuery = { kind: 'join', group, subscription: { ...subscription, ...isStatic } };
    const isWanted = (): boolean => id === this.id;
    this.coordinator.askUntilAnswered(
      { kind: 'group', query },
      (reply) => {
        if (!isWanted()) return;
        if (typeof reply === 'string') this.hear(reply as GroupError);
        else this.sync(reply as Joined);
      },
      { patience, isWanted },
    );
  }

  private sync({ generation, members }: Joined): void {
    const { id: member, settings } = this;
    const { group, assignor } = settings;
    this.currentGeneration = generation;
    const topics = new Map(settings.topics.map(({ name, partitions }) => [name, partitions.length]));
    const assignment = members === undefined ? undefined : assignor.assign(topics, members);
    this.ask({ kind: 'sync', group, member, generation, assignment }, (reply) => {
      if (member !== this.id) return;
      if (reply === undefined || reply === 'rebalance-in-progress' || reply === 'illegal-generation') this.again();
      else if (typeof reply === 'string') this.hear(reply as GroupError);
      else {
        this.isJoining = false;
        // Whatever told it to join again meanwhile has been answered by this.
        this.mustJoin = false;
        this.news = reply as readonly TopicPartition[];
        this.owner.wake();
      }
    });
  }

  private again(): void {
    this.isJoining = false;
    this.mustJoin = true;
    this.owner.wake();
  }

  private heartbeat(): void {
    this.beat = this.sim.schedule(
      this.settings.heartbeatInterval,
      () => this.owner.whenAwake(() => this.beatNow()),
      undefined,
      this.beatKind,
    );
  }

  private beatNow(): void {
    if (!this.isIn) return;
    this.heartbeat();
    const { id: member, currentGeneration: generation, settings } = this;
    const { group } = settings;
    if (generation < 0 || this.isJoining) return;
    if (!this.owner.isPolling()) {
      this.ask({ kind: 'leave', group, member }, () => {});
      this.hear('unknown-member');
      return;
    }
    this.ask({ kind: 'heartbeat', group, member, generation }, (reply) => {
      if (typeof reply === 'string' && reply !== 'ok' && !this.isJoining)
        this.hearOf(member, generation, reply as GroupError);
    });
  }
}
