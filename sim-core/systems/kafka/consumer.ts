/**
 * A consumer of a group: polls what it has fetched of its partitions, processes the records one after the other, and
 * commits how far it is (`consumer-commits.ts`). Paused (a long collection of garbage, a frozen machine) it does nothing
 * and knows nothing of it.
 *
 * One with a listener goes back to a record that this is not done with, in its partition and no other (`listening/`). One that writes on what it reads (`transactions/output.ts`) goes on when that is kept, with the offsets in the same
 * transaction or committed after it; if it is not kept the poll is read again.
 */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration, Time } from '../../kernel/time.ts';
import { nameOf, type TopicPartition } from '../../messaging/groups/assignor.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import type { Link } from '../../network/link.ts';
import { BackgroundRequests } from '../../network/background-requests.ts';
import type { SignalDefinition } from '../../statistics/signal.ts';
import { ConsumerFetches, type Fetched, type FetchSettings } from './consumer-fetches.ts';
import { Membership, type MembershipSettings } from './consumer-membership.ts';
import { ConsumerCommits, type CommitSettings } from './consumer-commits.ts';
import { consumerInterventions } from './consumer-interventions.ts';
import { handlingSignals } from '../../messaging/consuming/facts.ts';
import { consumerOwns, consumerSignals, partitionsRevoked } from './consumer-signals.ts';
import { CoordinatorClient } from './coordination/coordinator-client.ts';
import type { BrokerQuery, BrokerReply } from './messages.ts';
import { ownershipSignals, type Ownership } from './ownership.ts';
import { Pausing } from './pausing.ts';
import { RecordWork, type WorkSettings } from './record-work.ts';
import type { Progress } from './transactions/output.ts';

export interface ConsumerOptions extends FetchSettings, MembershipSettings, WorkSettings, CommitSettings {
  readonly name: string;
  /** `max.poll.records`. */
  readonly pollRecords: number;
  /** `max.poll.interval.ms`: a consumer that does not poll for so long leaves its group. */
  readonly pollInterval: Duration;
  readonly ownership: Ownership;
  /** The partition that keeps its group. */
  readonly keeper: string;
}

export class Consumer implements Component {
  readonly name: string;
  readonly kind = 'consumer';
  readonly help: string;
  readonly signals: readonly SignalDefinition[];
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly options: ConsumerOptions;
  private readonly fetches: ConsumerFetches;
  private readonly membership: Membership;
  private readonly commits: ConsumerCommits;
  private readonly worker: RecordWork;
  /** By partition that it owns: the offset of the next record to process. */
  private readonly positions = new Map<string, number>();
  private isIdle = false;
  private lastPoll: Time = 0;
  private lives = 0;
  private isStarting = false;
  /** When it is up again, if it was killed. */
  private downUntil: Time | undefined = undefined;
  private readonly pausing: Pausing;
  private readonly restartKind: number;
  private readonly againKind: number;
  private readonly owns: FactChannel<Fact<typeof consumerOwns>>;
  private readonly revoked: FactChannel<Fact<typeof partitionsRevoked>>;

  constructor(sim: Simulation, options: ConsumerOptions) {
    const { name } = options;
    this.sim = sim;
    this.options = options;
    this.name = name;
    this.help = `Processes records one by one, up to ${options.pollRecords} a poll, and commits ${options.commit}`;
    const requests = new BackgroundRequests(sim);
    this.fetches = new ConsumerFetches(sim, name, options, requests, () => this.wake());
    const { links, metadata } = this.fetches;
    options.output?.tasks?.reach({ links, metadata, requests });
    const whenAwake = (act: () => void): void => this.pausing.whenAwake(act);
    const coordinator = new CoordinatorClient(sim, {
      owner: name,
      partition: options.keeper,
      retryBackoff: options.retryBackoff,
      links,
      metadata,
      requests,
      whenAwake,
    });
    this.membership = new Membership(
      sim,
      {
        name,
        isPolling: () => this.isIdle || sim.now - this.lastPoll <= options.pollInterval,
        offsetSums: () => options.output?.tasks?.offsetSums(),
        wake: () => this.wake(),
        whenAwake,
      },
      options,
      coordinator,
    );
    this.commits = new ConsumerCommits(sim, options, this.membership, this.positions);
    this.againKind = sim.eventKind(`${name} asks again where to go on`);
    this.pausing = new Pausing(sim, name);
    this.worker = new RecordWork(sim, name, options, this.pausing, {
      finished: ({ partition, offset }) => {
        if (options.commit !== 'before') this.positions.set(partition, offset + 1);
      },
      returned: (records, notBefore) => this.goBack(records, notBefore),
    });
    this.restartKind = sim.eventKind(`${name} is up again`);
    this.owns = sim.facts.channel(consumerOwns);
    this.revoked = sim.facts.channel(partitionsRevoked);
    const { output, listener } = options;
    this.signals = [
      ...consumerSignals,
      ...ownershipSignals,
      ...(output?.signals ?? []),
      ...(listener === undefined ? [] : [...handlingSignals, ...(listener.inside?.signals ?? [])]),
    ];
    this.interventions = {
      ...consumerInterventions(this, listener === undefined),
      ...output?.interventions,
      ...listener?.inside?.interventions,
    };
    register(sim, this);
  }

  attach(link: Link<BrokerQuery, BrokerReply>): void {
    this.fetches.attach(link);
  }

  /** Partitions that it takes to be its own. */
  get owned(): readonly string[] {
    return [...this.positions.keys()];
  }

  get memberId(): string {
    return this.membership.memberId;
  }

  start(): void {
    if (this.membership.isMember || this.isStarting) return;
    const { output } = this.options;
    const begin = (): void => {
      this.isStarting = false;
      this.commits.begin();
      this.membership.start();
      this.tellOwned();
      this.poll();
    };
    this.isStarting = true;
    this.downUntil = undefined;
    if (output === undefined) begin();
    else output.start(begin, () => this.wake());
  }

  /** Commits, says goodbye and ends. What it was writing is not kept. */
  stop(): void {
    if (!this.membership.isMember) return;
    if (this.options.output === undefined) this.commits.once();
    this.membership.leave();
    this.end();
  }

  /** Dies, and is up again after so long, for good if that is Infinity; killed again meanwhile, at the later end. */
  kill(downtime: Duration): void {
    const wasStarted = this.membership.isMember || this.isStarting || this.downUntil !== undefined;
    this.end();
    this.pausing.forget();
    if (!wasStarted) return;
    const end = this.sim.now + downtime;
    this.downUntil = Math.max(this.downUntil ?? 0, end);
    const restart = (): void => {
      if (this.sim.now === this.downUntil) this.start();
    };
    if (end < Infinity) this.sim.scheduleAt(end, restart, undefined, this.restartKind);
  }

  pause(duration: Duration): void {
    this.pausing.begin(duration);
  }

  slow(factor: number): void {
    this.worker.slow(factor);
  }

  state(): Readonly<Record<string, number | string>> {
    const state = {
      partitions: this.positions.size,
      'records fetched': this.fetches.buffered,
      'records processed': this.worker.count,
      member: this.membership.isMember ? 'yes' : 'no',
      ...this.options.listener?.inside?.state(),
    };
    return this.pausing.isOn ? { ...state, paused: 'yes' } : state;
  }

  violations(): readonly string[] {
    const fetched = this.fetches.partitions;
    return [
      ...(fetched.every((partition) => this.positions.has(partition))
        ? []
        : [`${this.name}: it fetches what it does not own`]),
      ...(this.options.listener?.inside?.violations() ?? []),
    ];
  }

  private end(): void {
    this.lives++;
    this.worker.end();
    this.isStarting = false;
    this.options.output?.end();
    this.membership.end();
    this.isIdle = false;
    this.disown();
    this.fetches.end();
  }

  private disown(): void {
    this.options.output?.tasks?.close(this.owned, false);
    this.fetches.clear();
    this.positions.clear();
    this.tellOwned();
  }

  private wake(): void {
    if (this.isIdle) this.pausing.whenAwake(() => this.isIdle && this.poll());
  }

  private poll(): void {
    this.isIdle = false;
    this.lastPoll = this.sim.now;
    const step = this.membership.step();
    if (step.kind === 'lost') this.disown();
    else if (step.kind === 'give up') {
      this.handOver(() => {
        this.tellRevoked(this.positions.size);
        this.options.output?.tasks?.close(this.owned, true);
        this.disown();
        this.membership.gaveUp();
        this.poll();
      });
      return;
    } else if (step.kind === 'own') {
      this.take(step.own, step.standbys);
      return;
    }
    if (this.membership.join()) this.isIdle = true;
    else this.work();
  }

  /** What it owns is this from now on: gives up the rest, and asks where to go on with what is new. */
  private take(own: readonly TopicPartition[], standbys: readonly TopicPartition[]): void {
    const names = own.map(nameOf);
    const gone = this.owned.filter((partition) => !names.includes(partition));
    const begin = (isKept: boolean): void => {
      if (gone.length > 0) {
        this.tellRevoked(gone.length);
        this.options.output?.tasks?.close(gone, true);
      }
      for (const partition of gone) {
        this.positions.delete(partition);
        this.fetches.remove(partition);
      }
      this.options.output?.tasks?.standBy(standbys.map(nameOf));
      if (!isKept) {
        // What it did for the others is not kept either: they are read again.
        this.positions.clear();
        this.fetches.clear();
      }
      const added = names.filter((partition) => !this.positions.has(partition));
      this.tellOwned();
      if (added.length === 0) {
        this.poll();
        return;
      }
      this.goOnAsCommitted(added);
    };
    if (gone.length > 0) this.handOver(begin);
    else begin(true);
  }

  /** Goes on where the group has committed these partitions, once it is decided where that is; and polls. */
  private goOnAsCommitted(partitions: readonly string[]): void {
    const { lives } = this;
    this.membership.ask({ kind: 'committed', group: this.options.group, partitions }, (reply) => {
      if (reply === undefined || typeof reply === 'string') {
        const again = (): void =>
          this.pausing.whenAwake(() => void (lives === this.lives && this.goOnAsCommitted(partitions)));
        this.sim.schedule(this.options.retryBackoff, again, undefined, this.againKind);
        return;
      }
      const offsets = reply as ReadonlyMap<string, number>;
      const begin = (): void => {
        for (const partition of partitions) {
          this.worker.beginAt(partition, offsets.get(partition)!);
          this.positions.set(partition, offsets.get(partition)!);
          this.fetches.add(partition, offsets.get(partition)!);
        }
        this.tellOwned();
        this.poll();
      };
      const { output } = this.options;
      if (output?.tasks === undefined) begin();
      else output.tasks.open(partitions, () => this.pausing.whenAwake(() => void (lives === this.lives && begin())));
    });
  }

  private work(): void {
    const { commit, pollRecords } = this.options;
    // All that was taken is processed, and what is not shown to anybody is done with.
    for (const [partition, offset] of this.fetches.dry()) this.positions.set(partition, offset);
    if (this.commits.isDue) this.commits.once();
    const records = this.fetches.take(pollRecords);
    if (records.length === 0 && this.options.output?.isDue !== true) {
      this.isIdle = true;
      return;
    }
    const process = (): void => this.worker.process(records, () => this.finishPoll());
    if (commit !== 'before') {
      process();
      return;
    }
    for (const { partition, offset } of records) this.positions.set(partition, offset + 1);
    this.commits.wait(process);
  }

  /** The first of each partition is the next to be read of it; what is fetched behind it is fetched again. */
  private goBack(records: readonly Fetched[], notBefore: Time | undefined): void {
    for (const { partition, offset } of records.toReversed()) this.positions.set(partition, offset);
    const [first] = records;
    for (const partition of new Set(records.map((record) => record.partition))) {
      const isPaused = partition === first.partition;
      this.fetches.seek(partition, this.positions.get(partition)!, isPaused ? notBefore : undefined);
    }
  }

  private finishPoll(): void {
    const { output } = this.options;
    if (output === undefined) {
      this.commitPoll();
      return;
    }
    const { lives } = this;
    output.settle(this.progress(), (isKept) =>
      this.pausing.whenAwake(() => {
        if (lives !== this.lives) return;
        if (!isKept) this.rewind();
        else if (output.keepsOffsets) this.poll();
        else this.commitPoll();
      }),
    );
  }

  private progress(): Progress {
    const { memberId: member, generation } = this.membership;
    const ask: Progress['ask'] = (query, answered) => this.membership.askUntilAnswered(query, answered);
    const { group, keeper } = this.options;
    return { group, keeper, member, generation, offsets: new Map(this.positions), ask };
  }

  /** What the last poll gave is read again. */
  private rewind(): void {
    const { owned } = this;
    this.fetches.clear();
    if (owned.length === 0) this.poll();
    else this.goOnAsCommitted(owned);
  }

  private commitPoll(): void {
    const { commit } = this.options;
    if (commit === 'after') this.commits.wait(() => this.poll());
    else {
      if (commit === 'after-async') this.commits.once();
      this.poll();
    }
  }

  /** Keeps how far it is before others go on with its partitions, where its client does so by itself, if that can be. */
  private handOver(then: (isKept: boolean) => void): void {
    const { output, commit } = this.options;
    const { lives } = this;
    const settled = (isKept: boolean): void => {
      if (commit === 'auto') this.commits.wait(() => then(isKept));
      else then(isKept);
    };
    const inThisLife = (isKept: boolean): void =>
      this.pausing.whenAwake(() => void (lives === this.lives && settled(isKept)));
    if (output === undefined) settled(true);
    else output.handOver(this.progress(), inThisLife);
  }

  private tellOwned(): void {
    this.options.ownership.tell(this.name, this.owned);
    if (!this.owns.heard) return;
    this.owns.emit({ consumer: this.name, member: this.membership.isMember, partitions: this.positions.size });
  }

  private tellRevoked(partitions: number): void {
    if (this.revoked.heard) this.revoked.emit({ consumer: this.name, partitions });
  }
}
