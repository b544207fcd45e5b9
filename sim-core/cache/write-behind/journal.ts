/**
 * A journal on an instance's own disk: writes are appended to it before they are acknowledged, and read back after a
 * crash.
 *
 * An append is in the operating system's cache at once and on the disk after the next sync (`fsync`), which takes its
 * time. `syncEvery` 0 has each append wait for the sync that covers it; appends that come while one is under way share
 * the next (group commit, as databases do for their logs: J. Gray and A. Reuter, Transaction Processing, 1993). Otherwise
 * an append is answered at once and a sync is made in such intervals. A process that dies loses nothing of what it
 * had written; a host that loses power loses what was not synced. A sync under way at that moment counts for nothing.
 *
 * A record is forgotten when the store has the write; does not model the file's space, the time to trim it or to read it
 * back, or disks that lie.
 */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import { spawn, type Behaviour, type Process } from '../../kernel/process.ts';
import type { RandomStream } from '../../kernel/random-stream.ts';
import { Signal } from '../../kernel/signal.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component } from '../../network/component.ts';
import type { Write, WriteBook } from './write-book.ts';

/** What a crash takes: `process` only memory; `host` also what the disk had not been synced with. */
export type CrashKind = 'process' | 'host';

export interface JournalOptions {
  readonly name: string;
  /** Time between syncs; 0 for one that every append waits for. */
  readonly syncEvery: Duration;
  /** Time of one sync, in nanoseconds. */
  readonly syncTime: Distribution;
  readonly crashKind: CrashKind;
  readonly book: WriteBook;
}

export class Journal implements Endpoint<Write, void>, Component {
  readonly name: string;
  readonly kind = 'database';
  readonly help: string;
  readonly signals = [];
  readonly interventions = {};
  private readonly sim: Simulation;
  private readonly options: JournalOptions;
  private readonly random: RandomStream;
  /** What has been appended and not forgotten, in order, and whether it is on the disk. */
  private readonly records = new Map<Write, boolean>();
  private readonly unsynced: Write[] = [];
  private readonly waiting: Call<Write, void>[] = [];
  private readonly appended: Signal;
  private syncing: Process;

  constructor(sim: Simulation, options: JournalOptions) {
    this.sim = sim;
    this.options = options;
    this.name = options.name;
    this.help = options.syncEvery === 0 ? 'each write waits until it is on the disk' : 'synced in intervals';
    this.random = sim.random(`${options.name}/sync`);
    this.appended = new Signal(sim);
    this.syncing = this.start();
    register(sim, this);
  }

  receive(call: Call<Write, void>): void {
    const write = call.query;
    write.journaled = true;
    this.records.set(write, false);
    this.unsynced.push(write);
    if (this.options.crashKind === 'process') this.options.book.secure(write);
    if (this.options.syncEvery > 0) {
      call.reply();
      return;
    }
    this.waiting.push(call);
    this.appended.fire();
  }

  /** The store has the write. */
  forget(write: Write): void {
    this.records.delete(write);
  }

  /** All that is in here. */
  held(): Iterable<Write> {
    return this.records.keys();
  }

  /** The instance has crashed: gives what can be read back, in order. */
  crash(): readonly Write[] {
    if (this.options.crashKind === 'host') {
      for (const [write, isSynced] of this.records) {
        if (isSynced) continue;
        write.journaled = false;
        this.records.delete(write);
      }
      this.options.book.takenByCrash(this.unsynced);
      for (const call of this.waiting.splice(0)) call.refuse('unavailable');
      this.unsynced.length = 0;
      this.syncing.cancel();
      this.syncing = this.start();
    }
    return [...this.records.keys()];
  }

  state(): Readonly<Record<string, number | string>> {
    return { records: this.records.size, 'not synced': this.unsynced.length };
  }

  violations(): readonly string[] {
    const isUnsafe = [...this.records].some(([{ safe }, isSynced]) => isSynced && !safe);
    return isUnsafe ? [`${this.name}: a record is on the disk and its write is not known to be safe`] : [];
  }

  private start(): Process {
    return spawn(this.sim, `${this.name} syncs`, this.sync());
  }

  private *sync(): Behaviour {
    const { syncEvery, syncTime, book } = this.options;
    for (;;) {
      if (syncEvery > 0) yield syncEvery;
      else if (this.unsynced.length === 0) yield* this.appended.wait();
      if (this.unsynced.length === 0) continue;
      const covered = this.unsynced.length;
      yield Math.max(0, Math.round(syncTime.sample(this.random)));
      for (const write of this.unsynced.splice(0, covered)) {
        if (this.records.has(write)) this.records.set(write, true);
        book.secure(write);
      }
      // Those who wait came with the appends, one each.
      for (const call of this.waiting.splice(0, covered)) call.reply();
    }
  }
}
