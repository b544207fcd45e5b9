/**
 * The metadata quorum (KRaft): controllers that agree on who leads what and who is in sync. One of them is active; while
 * a majority lives, another takes its place within an election's time. Without a majority nothing is decided: brokers go
 * on as they were told last.
 *
 * A broker that has not been heard of for its session is fenced: it leaves every set in sync, unless it is the last one
 * of it, and what it led goes to the first replica that is in sync and lives. Where there is none the partition is
 * offline, or goes to any replica that lives if the topic allows that (unclean election). A broker that comes back in a
 * new life is let in once the session of its old one is over (ClusterControlManager.registerBroker in apache/kafka refuses
 * it until then), and is told nothing before: what its old life led is not its own to lead.
 *
 * The controllers are one component with a number of voters: the log that they replicate among themselves takes no time
 * beyond the election. Brokers are told of a change at once, as if their fetch of that log had been waiting. Preferred
 * leaders, controlled shutdown, reassignment and eligible leader replicas (KIP-966) are not modelled.
 */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { EventHandle } from '../../kernel/event-table.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import type { Link } from '../../network/link.ts';
import { BackgroundRequests } from '../../network/background-requests.ts';
import { controllerInterventions } from './controller-interventions.ts';
import { controllerSignals, inSyncChanged, leaderElected, partitionChanged } from './controller-signals.ts';
import type {
  AlterPartition,
  BrokerQuery,
  BrokerReply,
  ControllerQuery,
  ControllerReply,
  Heartbeat,
} from './messages.ts';
import type { Metadata, PartitionState, Topic } from './topic.ts';

export interface ControllersOptions {
  readonly name: string;
  /** An odd number of controllers. */
  readonly voters: number;
  /** From the death of the active one to its successor. */
  readonly electionTime: Duration;
  /** `broker.session.timeout.ms`. */
  readonly sessionTimeout: Duration;
  readonly topics: readonly Topic[];
  readonly brokers: readonly string[];
}

interface BrokerSession {
  readonly name: string;
  life: number;
  isLive: boolean;
  expiry: EventHandle;
}

export class Controllers implements Endpoint<ControllerQuery, ControllerReply>, Component {
  readonly name: string;
  readonly kind = 'coordinator';
  readonly help: string;
  readonly signals = controllerSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly options: ControllersOptions;
  private readonly requests: BackgroundRequests;
  private readonly sessions: readonly BrokerSession[];
  private readonly partitions = new Map<string, PartitionState>();
  private readonly topicOf = new Map<string, Topic>();
  private readonly ways: Link<BrokerQuery, BrokerReply>[] = [];
  private version = 0;
  private votersUp: number;
  private isActive = true;
  private election: EventHandle = -1;
  private readonly expiryKind: number;
  private readonly electionKind: number;
  private readonly changed: FactChannel<Fact<typeof partitionChanged>>;
  private readonly elected: FactChannel<Fact<typeof leaderElected>>;
  private readonly inSync: FactChannel<Fact<typeof inSyncChanged>>;

  constructor(sim: Simulation, options: ControllersOptions) {
    const { name, voters, brokers, topics } = options;
    if (!Number.isInteger(voters) || voters < 1) {
      throw new RangeError(`${name}: voters is ${voters}; it must be an integer of at least 1`);
    }
    this.sim = sim;
    this.options = options;
    this.name = name;
    this.help = `${voters} controllers that decide who leads which partition`;
    this.requests = new BackgroundRequests(sim);
    this.votersUp = voters;
    this.expiryKind = sim.eventKind(`${name}: the session of a broker is over`);
    this.electionKind = sim.eventKind(`${name}: another controller is active`);
    this.changed = sim.facts.channel(partitionChanged);
    this.elected = sim.facts.channel(leaderElected);
    this.inSync = sim.facts.channel(inSyncChanged);
    this.sessions = brokers.map((broker) => ({ name: broker, life: 0, isLive: true, expiry: -1 }));
    for (const session of this.sessions) this.await(session);
    for (const topic of topics) this.place(topic);
    this.interventions = controllerInterventions(this, options);
    register(sim, this);
  }

  /** Adds the way to a broker, which from now on is told of everything. */
  attach(way: Link<BrokerQuery, BrokerReply>): void {
    this.ways.push(way);
  }

  get metadata(): Metadata {
    const live = this.sessions.filter(({ isLive }) => isLive).map(({ name }) => name);
    return { version: this.version, partitions: new Map(this.partitions), live };
  }

  leaderOf(partition: string): string | undefined {
    return this.partitions.get(partition)?.leader;
  }

  get isQuorate(): boolean {
    return this.votersUp * 2 > this.options.voters;
  }

  receive(call: Call<ControllerQuery, ControllerReply>): void {
    // Without an active controller nobody answers; who asked gives up in time and asks again.
    if (!this.isActive) return;
    if (call.query.kind === 'heartbeat') this.hear(call.query, call.request.id);
    call.reply(call.query.kind === 'alter' ? this.alter(call.query) : undefined);
  }

  /** So many controllers die, the active one first. */
  kill(count: number): void {
    this.votersUp = Math.max(0, this.votersUp - count);
    this.isActive = false;
    this.sim.cancel(this.election);
    for (const { expiry } of this.sessions) this.sim.cancel(expiry);
    if (this.isQuorate) this.elect();
  }

  restart(): void {
    this.votersUp = this.options.voters;
    if (this.isActive) return;
    this.sim.cancel(this.election);
    this.elect();
  }

  /** Partitions of these topics without a leader may have one now. */
  allowUnclean(isAllowed: boolean, topics: readonly Topic[]): void {
    for (const topic of topics) topic.isUncleanElectionAllowed = isAllowed;
    if (!this.isActive) return;
    for (const { id, leader } of this.partitions.values()) if (leader === undefined) this.chooseLeader(id);
    this.publish();
  }

  state(): Readonly<Record<string, number | string>> {
    const offline = [...this.partitions.values()].filter(({ leader }) => leader === undefined).length;
    return { 'controllers up': this.votersUp, active: this.isActive ? 'yes' : 'no', 'partitions offline': offline };
  }

  violations(): readonly string[] {
    const broken: string[] = [];
    for (const { id, leader, inSync, replicas } of this.partitions.values()) {
      if (inSync.length === 0) broken.push(`${id}: nobody is in sync`);
      if (leader !== undefined && !inSync.includes(leader)) broken.push(`${id}: its leader is not in sync`);
      if (inSync.some((broker) => !replicas.includes(broker))) broken.push(`${id}: who is in sync has no replica`);
    }
    return broken;
  }

  /** Replicas go round the brokers, so that each leads its share. */
  private place(topic: Topic): void {
    const { name, partitions, numbers, replicationFactor } = topic;
    const { brokers } = this.options;
    if (replicationFactor > brokers.length) {
      throw new RangeError(
        `topic ${name}: replicationFactor is ${replicationFactor}; there are ${brokers.length} brokers`,
      );
    }
    partitions.forEach((id, index) => {
      const first = numbers[index];
      const replicas = Array.from({ length: replicationFactor }, (_, n) => brokers[(first + n) % brokers.length]);
      this.topicOf.set(id, topic);
      this.partitions.set(id, {
        id,
        replicas,
        leader: replicas[0],
        epoch: 0,
        isClean: true,
        inSync: replicas,
        version: 0,
      });
    });
    // Listeners come after construction.
    const kind = this.sim.eventKind(`the partitions of ${name} are placed`);
    this.sim.schedule(0, () => this.partitions.forEach((state) => this.tell(state)), undefined, kind);
  }

  private hear({ broker, life }: Heartbeat, request: number): void {
    const session = this.sessions.find(({ name }) => name === broker)!;
    if (session.isLive && session.life !== life) return;
    this.sim.cancel(session.expiry);
    this.await(session, request);
    if (session.isLive) return;
    session.life = life;
    session.isLive = true;
    for (const { id, leader } of this.partitions.values()) if (leader === undefined) this.chooseLeader(id);
    this.publish();
  }

  private await(session: BrokerSession, request?: number): void {
    const { sessionTimeout } = this.options;
    session.expiry = this.sim.schedule(sessionTimeout, (late) => this.fence(late), session, this.expiryKind, request);
  }

  private fence(session: BrokerSession): void {
    session.isLive = false;
    for (const state of Array.from(this.partitions.values())) {
      const { id, leader, inSync } = state;
      if (inSync.includes(session.name) && inSync.length > 1) {
        const rest = inSync.filter((name) => name !== session.name);
        this.set({ ...state, inSync: rest, leader: leader === session.name ? undefined : leader });
      } else if (leader === session.name) this.set({ ...state, leader: undefined });
      if (leader === session.name) this.chooseLeader(id);
    }
    this.publish();
  }

  private isLive(broker: string): boolean {
    return this.sessions.some(({ name, isLive }) => name === broker && isLive);
  }

  /** Gives a partition without a leader one, if there is one to be had. */
  private chooseLeader(id: string): void {
    const state = this.partitions.get(id)!;
    const live = state.replicas.filter((name) => this.isLive(name));
    const clean = live.find((name) => state.inSync.includes(name));
    const leader = clean ?? (this.topicOf.get(id)!.isUncleanElectionAllowed ? live[0] : undefined);
    if (leader === undefined) return;
    const unclean = clean === undefined;
    const inSync = unclean ? [leader] : state.inSync;
    this.set({ ...state, leader, epoch: state.epoch + 1, isClean: !unclean, inSync });
    if (this.elected.heard) this.elected.emit({ partition: id, leader, unclean });
  }

  private alter({ broker, partition, epoch, version, inSync }: AlterPartition): PartitionState | undefined {
    const state = this.partitions.get(partition)!;
    const isCurrent = state.leader === broker && state.epoch === epoch && state.version === version;
    if (!isCurrent || !inSync.every((name) => this.isLive(name))) return undefined;
    this.set({ ...state, inSync });
    this.publish();
    return this.partitions.get(partition);
  }

  private set(state: PartitionState): void {
    const before = this.partitions.get(state.id)!;
    const now = { ...state, version: before.version + 1 };
    this.partitions.set(state.id, now);
    const change = now.inSync.length - before.inSync.length;
    if (change !== 0 && this.inSync.heard) {
      this.inSync.emit({
        partition: state.id,
        change: change < 0 ? 'shrink' : 'expand',
        inSync: now.inSync.length,
      });
    }
    this.tell(now);
  }

  private tell({ id, leader, replicas, inSync }: PartitionState): void {
    if (!this.changed.heard) return;
    const leaderless = leader === undefined;
    this.changed.emit({ partition: id, leaderless, replicas: replicas.length, inSync: inSync.length });
  }

  private publish(): void {
    this.version++;
    const { metadata } = this;
    for (const way of this.ways) {
      const { life } = this.sessions.find(({ name }) => name === way.to)!;
      way.send({ kind: 'update', metadata, life }, this.requests.next());
    }
  }

  private elect(): void {
    this.election = this.sim.schedule(this.options.electionTime, () => this.activate(), undefined, this.electionKind);
  }

  /** The successor knows what was decided, and gives every broker a session's time to be heard of. */
  private activate(): void {
    this.isActive = true;
    for (const session of this.sessions) if (session.isLive) this.await(session);
  }
}
