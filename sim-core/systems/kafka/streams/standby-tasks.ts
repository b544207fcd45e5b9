/**
 * The standby tasks of a stream thread (StandbyTask of apache/kafka, `num.standby.replicas`): stores of tasks that run elsewhere, which
 * are kept up to date from their changelogs. When such a task comes to this thread, only what it has not read yet is restored.
 *
 * A standby looks for news every so often (`poll.ms`), and writes a checkpoint as a task does that runs. It is read to by a thread
 * of its own, so that tasks that run do not wait for it.
 */
import type { Fact, FactChannel } from '../../../kernel/fact.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Duration } from '../../../kernel/time.ts';
import type { ChangelogReader } from './changelog-reader.ts';
import { standbyUpdated } from './signals.ts';
import { intoStore, type StoredState } from './stream-task.ts';
import { changelogOf, type StreamsApp } from './streams-app.ts';

export interface StandbyOptions {
  /** The thread's name. */
  readonly name: string;
  readonly app: StreamsApp;
  readonly pollInterval: Duration;
  readonly storesOf: (task: number) => ReadonlyMap<string, StoredState>;
}

/** A standby that is kept; another begins anew. */
interface Kept {
  cancel: () => void;
}

export class StandbyTasks {
  private readonly sim: Simulation;
  private readonly options: StandbyOptions;
  private readonly changelogs: ChangelogReader;
  private readonly kept = new Map<number, Kept>();
  private readonly againKind: number;
  private readonly updated: FactChannel<Fact<typeof standbyUpdated>>;

  constructor(sim: Simulation, changelogs: ChangelogReader, options: StandbyOptions) {
    this.sim = sim;
    this.changelogs = changelogs;
    this.options = options;
    this.againKind = sim.eventKind(`${options.name} updates a standby`);
    this.updated = sim.facts.channel(standbyUpdated);
  }

  get numbers(): Iterable<number> {
    return this.kept.keys();
  }

  /** From now on; one that is kept already goes on. */
  keep(number: number): void {
    if (this.kept.has(number)) return;
    const kept = { cancel: () => {} };
    this.kept.set(number, kept);
    this.update(number, kept);
  }

  /** Its stores stay as they are. */
  stop(number: number): void {
    this.kept.get(number)?.cancel();
    this.kept.delete(number);
  }

  /** In an orderly way: with a checkpoint, so that what it has read is there whatever becomes of the process. */
  close(number: number): void {
    this.stop(number);
    checkpoint([...this.options.storesOf(number).values()]);
  }

  stopAll(): void {
    for (const number of this.kept.keys()) this.stop(number);
  }

  /** Reads all its changelogs to their ends, one after the other, and again after a while. */
  private update(number: number, kept: Kept): void {
    const { app, pollInterval, storesOf } = this.options;
    const states = [...storesOf(number)];
    let records = 0;
    const next = (index: number): void => {
      if (this.kept.get(number) !== kept) return;
      if (index === states.length) {
        this.tellUpdated(number, records);
        if (app.guarantee === 'at-least-once') this.checkpointIfDue(states.map(([, state]) => state));
        this.sim.schedule(pollInterval, (late) => this.updateAgain(number, late), kept, this.againKind);
        return;
      }
      const [store, state] = states[index];
      const partition = `${changelogOf(app.id, store)}-${number}`;
      const into = intoStore(state, () => records++);
      kept.cancel = this.changelogs.restore(partition, state.written, into, (position) => {
        state.written = position;
        next(index + 1);
      });
    };
    next(0);
  }

  private updateAgain(number: number, kept: Kept): void {
    if (this.kept.get(number) === kept) this.update(number, kept);
  }

  private checkpointIfDue(states: readonly StoredState[]): void {
    const since = states.reduce((sum, { written, checkpoint: kept }) => sum + written - kept, 0);
    if (since > this.options.app.checkpointDelta) checkpoint(states);
  }

  private tellUpdated(task: number, records: number): void {
    if (records === 0 || !this.updated.heard) return;
    this.updated.emit({ thread: this.options.name, task: `task ${task}`, records });
  }
}

function checkpoint(states: readonly StoredState[]): void {
  for (const state of states) {
    state.store.flush();
    state.checkpoint = state.written;
  }
}
