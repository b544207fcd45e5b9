/**
 * A thread of a Kafka Streams application (StreamThread, TaskManager and RecordCollector of apache/kafka): has a consumer of its
 * group, and of each number whose partitions this owns a task. What tasks write goes out by one producer, to changelogs and
 * output topics alike.
 *
 * At least once: every commit interval it waits until all that it wrote is acknowledged, and commits how far it is. What it has
 * done since is done again after a crash, with stores that have it already. Exactly once (v2): all of an interval is one
 * transaction, with the offsets in it; after a crash nothing on the disk can be trusted, and stores are restored from the
 * committed records of their changelogs.
 *
 * A task that comes to the thread has its stores restored before any task goes on: the thread of restores of its own (the state
 * updater) is modelled of standby tasks only. Caches before stores are not modelled.
 */
import type { Fact, FactChannel } from '../../../kernel/fact.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Duration, Time } from '../../../kernel/time.ts';
import type { StreamRecord } from '../../../messaging/streams/stream-record.ts';
import type { DropReason } from '../../../messaging/streams/topology.ts';
import type { Intervention } from '../../../network/component.ts';
import type { Link } from '../../../network/link.ts';
import type { Fetched } from '../consumer-fetches.ts';
import type { ProducerQuery } from '../producer-batch.ts';
import type { Producer } from '../producer.ts';
import { numberOf } from '../topic.ts';
import { sendOffsets, type Output, type Progress } from '../transactions/output.ts';
import type { TransactionalProducer } from '../transactions/transactional-producer.ts';
import { Writer } from '../transactions/writer.ts';
import type { ChangelogReaderOptions } from './changelog-reader.ts';
import type { Destinations } from './destinations.ts';
import { intervalSettled, streamRecordDropped, streamsSignals, taskAdvanced } from './signals.ts';
import type { StreamTask } from './stream-task.ts';
import type { StreamsApp } from './streams-app.ts';
import { ThreadTasks } from './thread-tasks.ts';

export interface StreamThreadOptions {
  readonly name: string;
  readonly app: StreamsApp;
  readonly producer: Producer;
  /** Its way to its producer, which is in the same process. */
  readonly link: Link<ProducerQuery, void>;
  readonly destinations: Destinations;
  /** How its stores are restored. */
  readonly restoring: ChangelogReaderOptions;
  /** How often its standbys look for news. */
  readonly standbyPollInterval: Duration;
}

export class StreamThread implements Output {
  readonly keepsOffsets = true;
  readonly signals = streamsSignals;
  readonly tasks: ThreadTasks;
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly options: StreamThreadOptions;
  private readonly writer: Writer;
  /** Undefined if it is at least once. */
  private readonly transactions: TransactionalProducer | undefined;
  private readonly dueKind: number;
  private readonly settled: FactChannel<Fact<typeof intervalSettled>>;
  private readonly drops: FactChannel<Fact<typeof streamRecordDropped>>;
  private readonly advanced: FactChannel<Fact<typeof taskAdvanced>>;
  private wake: () => void = () => {};
  private lives = 0;
  private lastCommit: Time = 0;
  private hasWork = false;
  /** Its tasks were lost in the midst of an interval: what they wrote in it must not be committed. */
  private hasLost = false;
  /** Of the interval that is under way. */
  private counts = { records: 0, output: 0, changelog: 0 };
  private readonly touched = new Set<StreamTask>();
  /** The request whose record is being processed. */
  private request = 0;

  constructor(sim: Simulation, options: StreamThreadOptions) {
    const { name, app, producer, link, restoring, standbyPollInterval } = options;
    this.sim = sim;
    this.options = options;
    this.writer = new Writer(sim, producer, link);
    this.transactions = app.guarantee === 'exactly-once' ? producer.transactional : undefined;
    if (app.guarantee === 'exactly-once' && this.transactions === undefined) {
      throw new RangeError(`${name}: exactly once takes a producer with a transactional id, ${producer.name} has none`);
    }
    const owner = {
      send: (topic: string, record: StreamRecord) => this.send(topic, record),
      dropped: (reason: DropReason, task: StreamTask) => this.drop(reason, task),
    };
    this.tasks = new ThreadTasks(sim, {
      name,
      app,
      restoring,
      standbyPollInterval,
      owner,
      lost: () => {
        this.hasLost = this.hasWork;
      },
      beforeOpen: (then) => this.beginAnew(then),
      log: (partition, change, acknowledged) => {
        this.counts.changelog++;
        this.writeTo(partition, change, acknowledged);
      },
    });
    this.interventions = {
      wipe: {
        help: 'The disk is lost: what is in memory goes on, and is restored from changelogs alone once the process has died',
        arguments: [],
        apply: () => this.tasks.wipe(),
      },
    };
    this.dueKind = sim.eventKind(`${name}: a commit is due`);
    this.settled = sim.facts.channel(intervalSettled);
    this.drops = sim.facts.channel(streamRecordDropped);
    this.advanced = sim.facts.channel(taskAdvanced);
  }

  get isDue(): boolean {
    const isOver = this.sim.now - this.lastCommit >= this.options.app.commitInterval;
    return this.hasWork && !this.hasLost && isOver;
  }

  start(ready: () => void, wake: () => void): void {
    this.wake = wake;
    this.lastCommit = this.sim.now;
    if (this.transactions === undefined) ready();
    else this.transactions.initialise(ready);
  }

  end(): void {
    this.lives++;
    this.writer.end();
    this.forget();
    this.tasks.die();
  }

  begin(): void {
    if (this.hasWork) return;
    this.writer.begin();
    this.transactions?.begin();
    // The clock of commits goes on while there is nothing to commit.
    const { commitInterval } = this.options.app;
    this.lastCommit += Math.floor((this.sim.now - this.lastCommit) / commitInterval) * commitInterval;
    this.hasWork = true;
    const { lives } = this;
    const due = (): void => void (lives === this.lives && this.wake());
    this.sim.scheduleAt(this.lastCommit + commitInterval, due, undefined, this.dueKind);
  }

  write(fetched: Fetched): void {
    const task = this.tasks.running.get(numberOf(fetched.partition))!;
    this.request = fetched.record.request;
    this.counts.records++;
    this.touched.add(task);
    task.process(fetched);
  }

  settle(progress: Progress, then: (isKept: boolean) => void): void {
    this.tellAdvanced();
    if (this.isDue) this.commit(progress, then);
    else then(true);
  }

  handOver(progress: Progress, then: (isKept: boolean) => void): void {
    if (this.hasWork && !this.hasLost) this.commit(progress, then);
    else then(true);
  }

  private commit(progress: Progress, then: (isKept: boolean) => void): void {
    const { lives, transactions } = this;
    const began = this.sim.now;
    const decided = (isKept: boolean): void => {
      if (lives !== this.lives) return;
      this.tellSettled(isKept, began);
      this.forget();
      this.lastCommit = this.sim.now;
      if (isKept) this.tasks.settled();
      else this.tasks.abandon();
      if (transactions?.isFenced === true) transactions.initialise(() => then(isKept));
      else then(isKept);
    };
    this.writer.settle((isGood) => {
      if (transactions === undefined) {
        if (isGood) this.commitOffsets(progress, decided);
        else decided(false);
      } else if (isGood) {
        sendOffsets(transactions, progress, (areTaken) => {
          if (areTaken) transactions.commit(decided);
          else transactions.abort(() => decided(false));
        });
      } else transactions.abort(() => decided(false));
    });
  }

  private commitOffsets({ group, member, generation, offsets, ask }: Progress, done: (isKept: boolean) => void): void {
    ask({ kind: 'commit', group, member, generation, offsets }, (reply) => done(reply === 'ok'));
  }

  /** Before it has tasks again: has the transaction aborted of those that it has lost, as a real thread closes its producer. */
  private beginAnew(then: () => void): void {
    const { lives, transactions } = this;
    if (!this.hasLost || transactions === undefined) {
      this.hasLost = false;
      return then();
    }
    transactions.abort(() => {
      if (lives !== this.lives) return;
      this.forget();
      if (transactions.isFenced) transactions.initialise(then);
      else then();
    });
  }

  private forget(): void {
    this.hasWork = false;
    this.hasLost = false;
    this.counts = { records: 0, output: 0, changelog: 0 };
    this.touched.clear();
  }

  private send(topic: string, record: StreamRecord): void {
    this.counts.output++;
    this.writeTo(this.options.destinations.of(topic, record.key), record);
  }

  protected writeTo(partition: string, { key, value, timestamp }: StreamRecord, told?: (offset: number) => void): void {
    const bytes = this.options.app.recordBytes;
    const outgoing = { key, value, timestamp, bytes, partition };
    this.writer.send(told === undefined ? outgoing : { ...outgoing, acknowledged: told }, this.request);
  }

  private drop(reason: DropReason, { number }: StreamTask): void {
    if (this.drops.heard) this.drops.emit({ task: `task ${number}`, request: this.request, reason });
  }

  private tellSettled(isKept: boolean, began: Time): void {
    if (!this.settled.heard) return;
    const { name: thread } = this.options;
    this.settled.emit({ thread, isKept, ...this.counts, duration: this.sim.now - began });
  }

  private tellAdvanced(): void {
    if (!this.advanced.heard) return;
    for (const { number, streamTime, stored } of this.touched) {
      let entries = 0;
      for (const { store } of stored.values()) entries += store.size;
      this.advanced.emit({ task: `task ${number}`, entries, behind: Math.max(0, this.sim.now - streamTime) });
    }
    this.touched.clear();
  }
}
