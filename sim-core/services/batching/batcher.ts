/**
 * A batcher: gathers requests and sends them on as one call, one batch at a time. A batch begins when there is none under way and as
 * many wait as it may be large, or the oldest has waited for as long as it lingers. A batch that fails, fails all its requests. The
 * line has a bound; whoever finds it full is refused.
 */
import { tellCapacity } from '../../kernel/capacity.ts';
import { Fifo } from '../../kernel/fifo.ts';
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration, Time } from '../../kernel/time.ts';
import type { Wait, Waiter } from '../../kernel/wait.ts';
import { CallFailed, type Call, type CallFailure, type Endpoint } from '../../network/call.ts';
import { register, roomToWait, type Component, type Intervention } from '../../network/component.ts';
import type { Link } from '../../network/link.ts';
import type { BatchLimit } from './batch-limit.ts';
import { batchDone, batchQueued, batchSignals } from './batch-signals.ts';

export interface BatcherOptions<Query, Reply> {
  readonly name: string;
  readonly help: string;
  /** To whom batches go; it answers with a reply for all. */
  readonly link: Link<readonly Query[], Reply>;
  readonly limit: BatchLimit;
  /** How long the oldest waits at most for a batch to be full, while nothing is under way. */
  readonly linger: Duration;
  /** Requests that may wait. */
  readonly queueMax: number;
}

interface Waiting<Query, Reply> {
  readonly call: Call<Query, Reply>;
  readonly since: Time;
}

export class Batcher<Query, Reply> implements Endpoint<Query, Reply>, Component {
  readonly name: string;
  readonly kind = 'service';
  readonly help: string;
  readonly signals = batchSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly options: BatcherOptions<Query, Reply>;
  private readonly line = new Fifo<Waiting<Query, Reply>>();
  private underWay: Batch<Query, Reply> | undefined;
  private lingersUntil: Time = 0;
  private readonly lingerKind: number;
  private readonly done: FactChannel<Fact<typeof batchDone>>;
  private readonly queued: FactChannel<Fact<typeof batchQueued>>;

  constructor(sim: Simulation, options: BatcherOptions<Query, Reply>) {
    this.sim = sim;
    this.options = options;
    this.name = options.name;
    this.help = options.help;
    this.lingerKind = sim.eventKind(`${options.name} has lingered`);
    this.interventions = {
      size: {
        help: 'The next batch may be so large; where the size is found, it is found from there',
        arguments: [{ name: 'items', help: 'how many', min: 1, max: 1000, default: 40 }],
        apply: ([items]) => this.resize(Math.round(items)),
      },
    };
    this.done = sim.facts.channel(batchDone);
    this.queued = sim.facts.channel(batchQueued);
    register(sim, this);
    tellCapacity(sim, {
      kind: 'room',
      name: `${options.name} line`,
      units: () => options.queueMax,
      held: () => this.line.size,
    });
  }

  receive(call: Call<Query, Reply>): void {
    if (this.line.size >= this.options.queueMax) {
      call.refuse('overloaded');
      return;
    }
    this.line.add({ call, since: this.sim.now });
    this.consider();
  }

  /** The next batch may be so large. */
  resize(size: number): void {
    this.options.limit.size = size;
    this.consider();
  }

  state(): Readonly<Record<string, number | string>> {
    const { limit, queueMax } = this.options;
    return {
      waiting: this.line.size,
      ...roomToWait(queueMax),
      'in the batch': this.underWay?.size ?? 0,
      limit: limit.size,
    };
  }

  violations(): readonly string[] {
    return this.line.size > this.options.queueMax ? [`${this.name}: more wait than may`] : [];
  }

  /** A batch has ended. */
  ended(batch: Batch<Query, Reply>, outcome: 'ok' | CallFailure): void {
    const { now } = this.sim;
    const took = now - batch.began;
    this.underWay = undefined;
    this.options.limit.done({
      items: batch.size,
      isFull: batch.isFull,
      isOk: outcome === 'ok',
      took,
      oldest: now - batch.oldest,
    });
    if (this.done.heard) this.done.emit({ batcher: this.name, items: batch.size, outcome, duration: took });
    this.consider();
  }

  private consider(): void {
    const { line, options } = this;
    const { first } = line;
    if (this.underWay === undefined && first !== undefined) {
      if (line.size >= options.limit.size || this.hasLingered(first)) this.begin();
    }
    if (this.queued.heard) this.queued.emit({ batcher: this.name, queued: line.size, limit: options.limit.size });
  }

  /** Whether the oldest has; if it has not, it is looked at again when it has. */
  private hasLingered(oldest: Waiting<Query, Reply>): boolean {
    const until = oldest.since + this.options.linger;
    if (until <= this.sim.now) return true;
    if (this.lingersUntil !== until) {
      this.lingersUntil = until;
      this.sim.scheduleAt(until, () => this.consider(), undefined, this.lingerKind, oldest.call.request.id);
    }
    return false;
  }

  private begin(): void {
    const { line, options } = this;
    const isFull = line.size >= options.limit.size;
    const taken = Array.from({ length: Math.min(line.size, options.limit.size) }, () => line.take());
    const batch = new Batch(this, taken, isFull, this.sim.now);
    this.underWay = batch;
    options.link.call(batch.queries, taken[0].call.request.withoutDeadline()).begin(batch);
  }
}

/** Requests that were sent on together. */
class Batch<Query, Reply> implements Waiter {
  readonly isFull: boolean;
  readonly began: Time;
  private readonly batcher: Batcher<Query, Reply>;
  private readonly requests: readonly Waiting<Query, Reply>[];

  constructor(
    batcher: Batcher<Query, Reply>,
    requests: readonly Waiting<Query, Reply>[],
    isFull: boolean,
    began: Time,
  ) {
    this.batcher = batcher;
    this.requests = requests;
    this.isFull = isFull;
    this.began = began;
  }

  get size(): number {
    return this.requests.length;
  }

  get queries(): readonly Query[] {
    return this.requests.map(({ call }) => call.query);
  }

  get oldest(): Time {
    return this.requests[0].since;
  }

  resume(wait: Wait<unknown>): void {
    for (const { call } of this.requests) call.reply(wait.result as Reply);
    this.batcher.ended(this, 'ok');
  }

  fail(error: unknown): void {
    if (!(error instanceof CallFailed)) throw error;
    for (const { call } of this.requests) call.refuse(error.failure);
    this.batcher.ended(this, error.failure);
  }
}
