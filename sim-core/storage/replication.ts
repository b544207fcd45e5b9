/**
 * Asynchronous replication: the primary answers its writer when it has committed, and sends the change to a replica, which
 * applies what it receives one change after the other. Its lag is the delay of the stream and what waits to be applied: with
 * more writes than one thread can apply it grows without end, as MySQL's does with a single applier.
 *
 * A reader may ask for a version at least: it waits until the replica has it (MySQL's `WAIT_FOR_EXECUTED_GTID_SET` and
 * MongoDB's `afterClusterTime` do so by a position in the log), but no longer than it said.
 * Does not model a replica that falls away or is promoted. The line of changes has no bound: the log is on the disk.
 */
import type { Distribution } from '../kernel/distributions/distribution.ts';
import { defineFact, type Fact, type FactChannel } from '../kernel/fact.ts';
import type { RandomStream } from '../kernel/random-stream.ts';
import type { Simulation } from '../kernel/simulation.ts';
import type { Duration, Time } from '../kernel/time.ts';
import type { Call, Endpoint } from '../network/call.ts';
import type { Intervention } from '../network/component.ts';
import { defineSignal } from '../statistics/signal.ts';
import { Database, type DatabaseOptions } from './database.ts';
import type { DatabaseQuery, Row } from './queries.ts';

/** A replica applied a change; `lag`: since its commit. */
export const changeApplied = defineFact('db.replicated', 'A replica applied a change of the primary', {
  replica: 'text',
  key: 'key',
  version: 'number',
  lag: 'duration',
});

export const replicationSignals = [
  defineSignal({
    name: 'db.replication.lag',
    kind: 'histogram',
    unit: 's',
    help: 'Time from the commit of a change to its being applied by a replica',
    fact: changeApplied,
    value: (fact) => fact.lag,
  }),
];

/** A change on its way to a replica. */
export interface Change extends Row {
  readonly committedAt: Time;
}

/** A read of a replica that is to show this version at least, or be refused when that takes longer than `waitMax`. */
export interface VersionedQuery extends DatabaseQuery {
  readonly operation: 'read';
  readonly atLeast: number;
  readonly waitMax: Duration;
}

export class Replica {
  /** Where the primary's changes arrive. */
  readonly changes: Endpoint<Change, void>;
  /** Where readers ask for a version at least. */
  readonly reads: Endpoint<VersionedQuery, Row>;
  private readonly sim: Simulation;
  /** Holds the copy. */
  readonly database: Database;
  private readonly applyTime: Distribution;
  private readonly draws: RandomStream;
  private readonly applied: FactChannel<Fact<typeof changeApplied>>;
  private readonly appliedKind: number;
  private readonly givesUpKind: number;
  /** When the applier has worked off all that it has received. */
  private busyUntil: Time = 0;
  /** Changes that came, and those of them that are applied. */
  private received = 0;
  private done = 0;
  /** How many times as long a change takes that comes now. */
  private slowness = 1;
  private readonly waiting = new Map<number, Set<WaitingRead>>();

  /** `options`: of the database that holds the copy and answers reads; `applyTime`: of one change, in nanoseconds. */
  constructor(sim: Simulation, options: DatabaseOptions, applyTime: Distribution) {
    const { name } = options;
    this.sim = sim;
    this.database = new Database(sim, {
      ...options,
      inside: {
        signals: replicationSignals,
        interventions: { 'slow-apply': this.slowing() },
        state: () => ({ 'changes to be applied': this.received - this.done }),
        violations: () => (this.done > this.received ? [`${name}: more changes were applied than came`] : []),
      },
    });
    this.applyTime = applyTime;
    this.draws = sim.random(`${name}/apply`);
    this.applied = sim.facts.channel(changeApplied);
    this.appliedKind = sim.eventKind(`${name} applies a change`);
    this.givesUpKind = sim.eventKind(`${name} gives up waiting for a change`);
    this.changes = { name, receive: (call) => this.take(call) };
    this.reads = { name, receive: (call) => this.read(call) };
  }

  private take(call: Call<Change, void>): void {
    this.received++;
    const time = Math.max(0, Math.round(this.applyTime.sample(this.draws) * this.slowness));
    this.busyUntil = Math.max(this.busyUntil, this.sim.now) + time;
    this.sim.scheduleAt(this.busyUntil, (change) => this.apply(change), call.query, this.appliedKind);
    call.reply();
  }

  private apply({ key, committedAt }: Change): void {
    this.done++;
    const { version } = this.database.access('write', key);
    const lag = this.sim.now - committedAt;
    if (this.applied.heard) this.applied.emit({ replica: this.database.name, key, version, lag });
    for (const read of this.waiting.get(key) ?? []) {
      if (version < read.call.query.atLeast) continue;
      this.sim.cancel(read.alarm);
      this.forget(read);
      this.answer(read.call);
    }
  }

  private slowing(): Intervention {
    return {
      help: 'Makes every change that comes from now on take so many times as long to apply; 1 is the original time',
      arguments: [{ name: 'factor', help: 'times as long', min: 0.01, max: 1000, default: 10 }],
      apply: ([factor]) => void (this.slowness = factor),
    };
  }

  private read(call: Call<VersionedQuery, Row>): void {
    const { key, atLeast, waitMax } = call.query;
    if (this.database.version(key) >= atLeast) {
      this.answer(call);
      return;
    }
    const read: WaitingRead = { call, alarm: -1 };
    read.alarm = this.sim.schedule(waitMax, (late) => this.giveUp(late), read, this.givesUpKind);
    const others = this.waiting.get(key);
    if (others === undefined) this.waiting.set(key, new Set([read]));
    else others.add(read);
  }

  private giveUp(read: WaitingRead): void {
    this.forget(read);
    read.call.refuse('timeout');
  }

  private forget(read: WaitingRead): void {
    const { key } = read.call.query;
    const others = this.waiting.get(key)!;
    others.delete(read);
    if (others.size === 0) this.waiting.delete(key);
  }

  /** Has the database work at it as at any read. */
  private answer(call: Call<VersionedQuery, Row>): void {
    this.database.receive(call);
  }
}

interface WaitingRead {
  readonly call: Call<VersionedQuery, Row>;
  alarm: number;
}
