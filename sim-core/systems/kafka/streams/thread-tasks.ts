/**
 * The tasks of a stream thread, and the disk of its worker, which outlives it: opens a task for each number whose partitions the
 * consumer owns, restores its stores from their changelogs, and closes it.
 *
 * A task that was closed in an orderly way leaves its stores with a checkpoint; what a crash leaves depends on the guarantee. At
 * least once, what was there at the last checkpoint is, and the changelog is read from there. Exactly once, nothing is. Of tasks that run
 * elsewhere it may keep standbys.
 */
import type { Fact, FactChannel } from '../../../kernel/fact.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Duration, Time } from '../../../kernel/time.ts';
import { StateStore } from '../../../messaging/streams/state-store.ts';
import type { RecordKey, RecordValue } from '../../../messaging/streams/stream-record.ts';
import { numberOf } from '../topic.ts';
import type { BrokerWays, PartitionTasks } from '../transactions/output.ts';
import { ChangelogReader, type ChangelogReaderOptions } from './changelog-reader.ts';
import { taskRestored, tasksRestoring } from './signals.ts';
import { StandbyTasks } from './standby-tasks.ts';
import { intoStore, StreamTask, type StoredState, type TaskOwner } from './stream-task.ts';
import { changelogOf, type StreamsApp } from './streams-app.ts';

export interface ThreadTaskOptions {
  /** The thread's name. */
  readonly name: string;
  readonly app: StreamsApp;
  readonly restoring: ChangelogReaderOptions;
  /** How often standbys look for news. */
  readonly standbyPollInterval: Duration;
  readonly owner: TaskOwner;
  /** A change of a store is written to its changelog; to be called back with its offset when it is acknowledged. */
  readonly log: (partition: string, change: Change, acknowledged: (offset: number) => void) => void;
  /** Tasks are somebody else's though what they wrote is not settled. */
  readonly lost: () => void;
  /** Calls back when the thread may begin with new tasks. */
  readonly beforeOpen: (then: () => void) => void;
}

export interface Change {
  readonly key: RecordKey;
  readonly value: RecordValue | null;
  readonly timestamp: Time;
}

type Stored = Map<string, StoredState>;

export class ThreadTasks implements PartitionTasks {
  readonly running = new Map<number, StreamTask>();
  private readonly sim: Simulation;
  private readonly options: ThreadTaskOptions;
  private changelogs: ChangelogReader | undefined = undefined;
  private standbys: StandbyTasks | undefined = undefined;
  /** Those whose stores are being restored. */
  private readonly opening = new Set<number>();
  /** By task. */
  private readonly disk = new Map<number, Stored>();
  private readonly restored: FactChannel<Fact<typeof taskRestored>>;
  private readonly restoring: FactChannel<Fact<typeof tasksRestoring>>;

  constructor(sim: Simulation, options: ThreadTaskOptions) {
    this.sim = sim;
    this.options = options;
    this.restored = sim.facts.channel(taskRestored);
    this.restoring = sim.facts.channel(tasksRestoring);
  }

  reach(ways: BrokerWays): void {
    const { name, app, restoring, standbyPollInterval: pollInterval } = this.options;
    this.changelogs = new ChangelogReader(this.sim, name, restoring, ways);
    this.standbys = new StandbyTasks(this.sim, this.changelogs, {
      name,
      app,
      pollInterval,
      storesOf: (task) => this.storesOf(task),
    });
  }

  /** One after the other: a task's stores as well. */
  open(partitions: readonly string[], ready: () => void): void {
    this.options.beforeOpen(() => this.openTasks(partitions, ready));
  }

  private openTasks(partitions: readonly string[], ready: () => void): void {
    const numbers = [...new Set(partitions.map(numberOf))].filter((number) => !this.running.has(number));
    for (const number of numbers) {
      this.standbys!.stop(number);
      this.opening.add(number);
    }
    const next = (index: number): void => {
      this.tellRestoring(numbers.length - index);
      if (index < numbers.length) {
        this.restore(numbers[index], () => next(index + 1));
        return;
      }
      ready();
    };
    next(0);
  }

  standBy(partitions: readonly string[]): void {
    const numbers = new Set(partitions.map(numberOf));
    for (const number of this.standbys!.numbers) if (!numbers.has(number)) this.standbys!.close(number);
    for (const number of numbers) this.standbys!.keep(number);
  }

  offsetSums(): ReadonlyMap<number, number> {
    const sumOf = (stored: Stored): number => [...stored.values()].reduce((sum, { written }) => sum + written, 0);
    return new Map([...this.disk].map(([number, stored]) => [number, sumOf(stored)]));
  }

  close(partitions: readonly string[], isSettled: boolean): void {
    if (!isSettled && this.running.size > 0) this.options.lost();
    for (const number of new Set(partitions.map(numberOf))) this.closeTask(number, isSettled);
  }

  /** What all of them did since they were settled is not kept. */
  abandon(): void {
    for (const number of this.running.keys()) this.closeTask(number, false);
  }

  /** The process dies. */
  die(): void {
    this.changelogs?.end();
    this.abandon();
    for (const number of [...this.opening, ...(this.standbys?.numbers ?? [])]) this.crash(number);
    this.opening.clear();
    this.standbys?.stopAll();
    this.tellRestoring(0);
  }

  /** The disk is empty: what is there of tasks that run is in memory, and gone with it. */
  wipe(): void {
    for (const [number, stored] of this.disk) {
      if (!this.isInMemory(number)) this.disk.delete(number);
      for (const state of stored.values()) {
        state.checkpoint = 0;
        state.store.loseDisk();
      }
    }
  }

  private isInMemory(number: number): boolean {
    return this.running.has(number) || this.opening.has(number) || [...this.standbys!.numbers].includes(number);
  }

  /** All is settled: those that have written enough since their last checkpoint write one. */
  settled(): void {
    const { checkpointDelta, guarantee } = this.options.app;
    if (guarantee === 'exactly-once') return;
    for (const task of this.running.values()) if (task.sinceCheckpoint > checkpointDelta) task.checkpoint();
  }

  private restore(number: number, done: () => void): void {
    const { app, owner, name } = this.options;
    const began = this.sim.now;
    const stored = this.storesOf(number);
    let records = 0;
    const states = [...stored];
    const next = (index: number): void => {
      if (index === states.length) {
        const task = new StreamTask(number, app.topology, stored, owner);
        this.opening.delete(number);
        this.running.set(number, task);
        if (app.guarantee === 'at-least-once') task.checkpoint();
        this.tellRestored(name, number, records, began);
        done();
        return;
      }
      const [store, state] = states[index];
      const into = intoStore(state, () => records++);
      this.changelogs!.restore(`${changelogOf(app.id, store)}-${number}`, state.written, into, (position) => {
        state.written = position;
        next(index + 1);
      });
    };
    next(0);
  }

  private storesOf(number: number): Stored {
    const { app, log } = this.options;
    let stored = this.disk.get(number);
    if (stored !== undefined) return stored;
    stored = new Map(
      app.topology.stores.map((name): [string, StoredState] => {
        const partition = `${changelogOf(app.id, name)}-${number}`;
        const store = new StateStore(name, (key, value, timestamp) => {
          const { life } = state;
          log(partition, { key, value, timestamp }, (offset) => {
            // What a process wrote before it died may be acknowledged afterwards: it is in the log, and no longer in the store.
            if (state.life === life) state.written = Math.max(state.written, offset + 1);
          });
        });
        const state = { store, checkpoint: 0, written: 0, life: 0 };
        return [name, state];
      }),
    );
    this.disk.set(number, stored);
    return stored;
  }

  private closeTask(number: number, isSettled: boolean): void {
    const task = this.running.get(number);
    if (task === undefined) return;
    this.running.delete(number);
    if (isSettled) task.checkpoint();
    else this.crash(number);
  }

  /** Of what is not on the disk nothing is left; exactly once, nothing of what is. */
  private crash(number: number): void {
    if (this.options.app.guarantee === 'exactly-once') {
      this.disk.delete(number);
      return;
    }
    for (const state of this.disk.get(number)?.values() ?? []) {
      state.store.rollBack();
      state.written = state.checkpoint;
      state.life++;
    }
  }

  private tellRestored(thread: string, task: number, records: number, began: Time): void {
    if (!this.restored.heard) return;
    this.restored.emit({ thread, task: `task ${task}`, records, duration: this.sim.now - began });
  }

  private tellRestoring(tasks: number): void {
    if (this.restoring.heard) this.restoring.emit({ thread: this.options.name, tasks });
  }
}
