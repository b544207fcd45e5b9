/**
 * A broker: replicas of partitions, some of which it leads, and one thread that does its work; and the coordinator of
 * transactions and groups that are kept by what it leads.
 *
 * It follows what the controllers tell it, proposes changes of the sets in sync to them, fetches from the leaders that it
 * follows, and answers producers and consumers for what it leads. A produce request takes the thread a time of its own and
 * a time for its bytes, and so does what a follower takes in; the answers to fetches take it nothing. That a broker takes
 * up a connection's next request only when the one before is answered is not modelled.
 *
 * Killed, it loses what it was doing and what it knew of the cluster; its logs stay, as what a process has written does,
 * unless its host loses its power: then what is not on disk is gone. Its callers find their connections reset. It comes
 * back as a follower when the controllers let it in. Cut off from the cluster it goes on believing what it believed.
 */
import { tellCapacity } from '../../kernel/capacity.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { SerialServer } from '../../kernel/serial-server.ts';
import type { Duration, Time } from '../../kernel/time.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import type { Link } from '../../network/link.ts';
import { BackgroundRequests } from '../../network/background-requests.ts';
import type { BrokerOptions } from './broker-options.ts';
import { brokerInterventions } from './broker-interventions.ts';
import { Coordinators } from './coordination/coordinators.ts';
import type { Host } from './coordination/coordinator-ways.ts';
import { ControllerChannel } from './controller-channel.ts';
import { Fetcher } from './fetcher.ts';
import { Fetches } from './fetches.ts';
import type { GroupCoordinator } from './groups/group-coordinator.ts';
import { InSyncKeeper } from './in-sync-keeper.ts';
import { Isolation } from './isolation.ts';
import { keepLogs, upkeepSignals } from './log-upkeep.ts';
import type {
  BrokerQuery,
  BrokerReply,
  ControllerQuery,
  ControllerReply,
  FetchQuery,
  FetchResult,
  GroupRequest,
  MarkersQuery,
  ProduceQuery,
  TransactionQuery,
} from './messages.ts';
import { Produces } from './produces.ts';
import { Replica } from './replica.ts';
import type { Metadata } from './topic.ts';
import type { TransactionCoordinator } from './transactions/coordinator.ts';
import { transactionSignals } from './transactions/signals.ts';
import { Undecided, undecidedSignals } from './transactions/undecided.ts';

type BrokerCall = Call<BrokerQuery, BrokerReply>;

export class Broker implements Endpoint<BrokerQuery, BrokerReply>, Component {
  readonly name: string;
  readonly kind = 'broker';
  readonly help: string;
  readonly signals = [...transactionSignals, ...undecidedSignals, ...upkeepSignals];
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly options: BrokerOptions;
  private readonly requests: BackgroundRequests;
  private readonly replicas = new Map<string, Replica>();
  private readonly thread = new SerialServer();
  private readonly isolation: Isolation;
  private readonly produces: Produces;
  private readonly fetches: Fetches;
  private readonly fetchers: Fetcher[] = [];
  private readonly keeper: InSyncKeeper;
  private readonly controllers: ControllerChannel;
  private readonly coordinators: Coordinators;
  private readonly undecided: Undecided | undefined;
  private metadata: Metadata;
  private slowness = 1;
  private isDown = false;
  /** When it is up again once it was killed, unless it is restarted before. */
  private downUntil: Time = 0;
  private lives = 0;
  private readonly workKind: number;
  private readonly restartKind: number;

  constructor(sim: Simulation, options: BrokerOptions) {
    const { name, topics, metadata, book, lagMax, fetchWaitMax } = options;
    if (!(fetchWaitMax < lagMax)) {
      throw new RangeError(`${name}: fetchWaitMax is ${fetchWaitMax} ns; it must be less than lagMax, ${lagMax} ns`);
    }
    this.sim = sim;
    this.options = options;
    this.name = name;
    this.requests = new BackgroundRequests(sim);
    this.metadata = metadata;
    for (const topic of topics) {
      for (const id of topic.partitions) {
        if (!metadata.partitions.get(id)!.replicas.includes(name)) continue;
        this.replicas.set(id, new Replica(id, topic, name, book));
      }
    }
    this.help = `Replicas of ${this.replicas.size} partitions`;
    this.workKind = sim.eventKind(`${name} has done a piece of work`);
    this.restartKind = sim.eventKind(`${name} is up again`);
    this.isolation = new Isolation(sim, name);
    const answer = (call: BrokerCall, reply: BrokerReply): void => this.answer(call, reply);
    this.produces = new Produces(sim, this.replicas, book, answer);
    this.fetches = new Fetches(sim, name, this.replicas, answer);
    this.keeper = new InSyncKeeper(sim, name, this.replicas, lagMax, {
      ask: (query, answered) => this.controllers.ask(query, answered),
      settled: (replica) => this.advanced(replica.id),
    });
    const host = this.host();
    this.controllers = new ControllerChannel(sim, host, options.heartbeatInterval, this.requests);
    this.coordinators = new Coordinators(sim, host, options);
    this.undecided = options.transactions && new Undecided(sim);
    this.learn(metadata);
    keepLogs(sim, { name, isUp: () => this.isUp }, [...this.replicas.values()], options);
    this.interventions = brokerInterventions(this);
    register(sim, this);
    tellCapacity(sim, this.thread.asCapacity(`${name} thread`));
  }

  /** Adds the way to another broker, to fetch from it. */
  attach(other: Link<BrokerQuery, BrokerReply>): void {
    this.coordinators.ways.attach(other);
    this.fetchers.push(new Fetcher(this.sim, this.fetcherOwner(), other, this.requests));
    this.sim.schedule(0, () => this.runFetchers(), undefined, this.workKind);
  }

  /** Adds the way to the controllers. */
  attachControllers(link: Link<ControllerQuery, ControllerReply>): void {
    this.controllers.attach(link);
  }

  /** The replica of a partition, for checks. */
  replica(partition: string): Replica | undefined {
    return this.replicas.get(partition);
  }

  /** Its coordinator of transactions, for checks. */
  get transactions(): TransactionCoordinator | undefined {
    return this.coordinators.transactions;
  }

  /** Its coordinator of groups, for checks. */
  get groups(): GroupCoordinator | undefined {
    return this.coordinators.groups;
  }

  /** Counts its lives. */
  get life(): number {
    return this.lives;
  }

  get isUp(): boolean {
    return !this.isDown;
  }

  receive(call: BrokerCall): void {
    const peer = this.peerOf(call);
    this.isolation.pass(peer, () => this.handle(call));
  }

  /** Dies, and is up again after so long, for good if that is Infinity; killed again meanwhile, at the later end. */
  kill(downtime: Duration): void {
    const end = this.sim.now + downtime;
    if (this.isDown) this.downUntil = Math.max(this.downUntil, end);
    else {
      this.isDown = true;
      this.downUntil = end;
      this.lives++;
      for (const fetcher of this.fetchers) fetcher.stop();
      this.keeper.stop();
      const asked = this.coordinators.drop();
      this.isolation.forget();
      this.thread.drop(this.sim.now);
      for (const call of [...this.produces.drop(), ...this.fetches.drop(), ...asked]) call.refuse('unavailable');
      for (const replica of this.replicas.values()) replica.crash();
    }
    const restart = (): void => {
      if (this.sim.now === this.downUntil) this.restart();
    };
    if (end < Infinity) this.sim.scheduleAt(end, restart, undefined, this.restartKind);
  }

  /** Its host loses its power, for so long: it dies, and what of its logs was not on disk is gone. */
  losePower(downtime: Duration): void {
    this.kill(downtime);
    for (const replica of this.replicas.values()) replica.losePower(this.sim.now);
  }

  restart(): void {
    if (!this.isDown) return;
    this.isDown = false;
    this.metadata = { version: -1, partitions: new Map(), live: [] };
    this.keeper.start();
    this.controllers.beat();
  }

  isolate(duration: Duration, fromClients: boolean): void {
    this.isolation.begin(duration, fromClients);
  }

  /** Everything takes it so many times as long. */
  slow(factor: number): void {
    this.slowness = factor;
  }

  state(): Readonly<Record<string, number | string>> {
    let leads = 0;
    let records = 0;
    for (const { leading, log } of this.replicas.values()) {
      if (leading !== undefined) leads++;
      records += log.endOffset - log.startOffset;
    }
    const state = { replicas: this.replicas.size, leads, records, 'requests waiting': this.produces.waiting };
    if (this.isDown) return { ...state, down: 'yes' };
    return this.isolation.active ? { ...state, 'cut off': 'yes' } : state;
  }

  violations(): readonly string[] {
    const broken: string[] = [];
    for (const { id, highWatermark, log } of this.replicas.values()) {
      if (highWatermark > log.endOffset) broken.push(`${this.name}: the high watermark of ${id} is beyond its end`);
    }
    return broken;
  }

  private handle(call: BrokerCall): void {
    const { query } = call;
    if (this.isDown) {
      call.refuse('unavailable');
      return;
    }
    if (query.kind === 'fetch') this.fetch(call, query);
    else if (query.kind === 'metadata') this.answer(call, this.metadata);
    else if (query.kind === 'update') {
      // What is said to an earlier life is not said to this one.
      if (query.life === this.life) this.learn(query.metadata);
      this.answer(call, undefined);
    } else this.takeUp(call, query);
  }

  /** What takes the thread its time. */
  private takeUp(call: BrokerCall, query: ProduceQuery | MarkersQuery | TransactionQuery | GroupRequest): void {
    const bytes = query.kind === 'produce' ? query.batches.reduce((sum, { draft }) => sum + draft.bytes, 0) : 0;
    this.work(bytes, call.request.id, (isAlive) => {
      if (!isAlive) call.refuse('unavailable');
      else if (query.kind === 'produce') this.advancedAll(this.produces.take(call, query));
      else if (query.kind === 'markers') this.advancedAll(this.produces.takeMarkers(call, query));
      else if (query.kind === 'group') this.coordinators.receiveOfGroup(call, query.query);
      else this.coordinators.receiveOfTransaction(call, query);
    });
  }

  private fetch(call: BrokerCall, query: FetchQuery): void {
    if (query.replica !== undefined) {
      for (const { partition, offset, epoch } of query.parts) {
        const replica = this.replicas.get(partition);
        const leading = replica?.leading;
        if (replica === undefined || leading === undefined || leading.epoch !== epoch) continue;
        const before = leading.highWatermark;
        leading.fetched(query.replica, offset, this.sim.now);
        this.keeper.consider(replica, query.replica);
        if (leading.highWatermark > before) this.advanced(partition);
      }
    }
    this.fetches.take(call, query);
  }

  /** A partition's log has grown, or what of it is replicated. */
  private advanced(partition: string): void {
    // What is replicated counts before anybody is told so.
    this.coordinators.advanced(partition);
    this.produces.check(partition);
    this.fetches.wake(partition);
    this.undecided?.look(this.replicas.get(partition)!);
  }

  private advancedAll(partitions: readonly string[]): void {
    for (const partition of partitions) this.advanced(partition);
  }

  private learn(metadata: Metadata): void {
    if (metadata.version < this.metadata.version) return;
    this.metadata = metadata;
    const { lagMax } = this.options;
    const isEligible = (name: string): boolean => this.metadata.live.includes(name);
    for (const [id, replica] of this.replicas) {
      const { topic } = replica;
      const state = metadata.partitions.get(id)!;
      const { replicas } = state;
      const settings = {
        replicas,
        lagMax,
        isEligible,
        get minInSync() {
          return topic.minInSync;
        },
      };
      if (replica.learn(state, settings, this.sim.now)) {
        if (replica.leading === undefined) this.produces.abandon(id);
        this.coordinators.changed(replica);
      }
      this.advanced(id);
    }
    this.runFetchers();
  }

  private runFetchers(): void {
    if (this.isDown) return;
    for (const fetcher of this.fetchers) fetcher.run();
  }

  private host(): Host {
    return {
      broker: this,
      nextRequest: () => this.requests.next(),
      pass: (act) => this.isolation.pass('cluster', act),
      leaderOf: (partition) => this.metadata.partitions.get(partition)?.leader,
      write: (partition, draft, done) => this.advancedAll(this.produces.write(partition, draft, done)),
      writeMarkers: (query, done) => this.advancedAll(this.produces.writeMarkers(query, done)),
      answer: (call, reply) => this.answer(call, reply),
    };
  }

  private fetcherOwner() {
    return {
      name: this.name,
      waitMax: this.options.fetchWaitMax,
      backoff: this.options.fetchBackoff,
      following: (leader: string) => {
        const following: Replica[] = [];
        for (const replica of this.replicas.values()) if (replica.leader === leader) following.push(replica);
        return following;
      },
      pass: (act: () => void) => this.isolation.pass('cluster', act),
      takeIn: (results: readonly FetchResult[], done: () => void) => {
        let bytes = 0;
        for (const { batches } of results) for (const batch of batches) bytes += batch.bytes;
        this.work(bytes, undefined, (isAlive) => {
          if (!isAlive) return;
          for (const result of results) {
            const replica = this.replicas.get(result.partition)!;
            // It may have become a leader, or follow another, while this was on its way.
            if (replica.leading === undefined && result.epoch === replica.known?.epoch)
              replica.follow(result, this.sim.now);
          }
          done();
        });
      },
    };
  }

  /** Does a piece of work when its turn comes; calls back, and says whether the broker has lived that long. */
  private work(bytes: number, request: number | undefined, done: (isAlive: boolean) => void): void {
    const { requestTime, byteTime } = this.options;
    const time = Math.round((requestTime + bytes * byteTime) * this.slowness);
    const { life } = this;
    const end = this.thread.take(time, this.sim.now);
    this.sim.scheduleAt(end, () => done(life === this.life), undefined, this.workKind, request);
  }

  private answer(call: BrokerCall, reply: BrokerReply): void {
    const { life } = this;
    this.isolation.pass(this.peerOf(call), () => {
      if (life === this.life) call.reply(reply);
    });
  }

  private peerOf({ query }: BrokerCall): 'cluster' | 'client' {
    if (query.kind === 'fetch') return query.replica !== undefined ? 'cluster' : 'client';
    return query.kind === 'update' || query.kind === 'markers' ? 'cluster' : 'client';
  }
}
