/**
 * The transactional producers of one process, of which each has one transaction open at most: whoever wants to write takes one,
 * and puts it back (Spring's `DefaultKafkaProducerFactory`, which caches one for each transaction that is open at once, by the
 * names prefix + 0, prefix + 1, …; here so many are made, and who finds none waits).
 *
 * They die with their process. Up again each one begins a new life, which aborts what its last one had open.
 */
import { Channel } from '../../../kernel/channel.ts';
import type { EventHandle } from '../../../kernel/event-table.ts';
import type { Behaviour } from '../../../kernel/process.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Duration, Time } from '../../../kernel/time.ts';
import { PendingWait } from '../../../kernel/wait.ts';
import { CallFailed } from '../../../network/call.ts';
import type { Link } from '../../../network/link.ts';
import type { Producer } from '../producer.ts';
import type { TransactionalProducer } from './transactional-producer.ts';
import { Writer } from './writer.ts';

interface PooledProducer {
  readonly transactional: TransactionalProducer;
  readonly writer: Writer;
}

export class ProducerPool {
  private readonly sim: Simulation;
  private readonly producers: readonly PooledProducer[];
  private free: Channel<PooledProducer>;
  private restart: EventHandle = -1;
  private downUntil: Time = 0;
  private readonly restartKind: number;

  constructor(
    sim: Simulation,
    producers: readonly { readonly producer: Producer; readonly link: Link<number, void> }[],
  ) {
    this.sim = sim;
    this.producers = producers.map(({ producer, link }) => {
      const { transactional, name } = producer;
      if (transactional === undefined) throw new RangeError(`${name} has no transactional id`);
      return { transactional, writer: new Writer(sim, producer, link) };
    });
    this.restartKind = sim.eventKind('transactional producers are up again');
    this.free = this.nobodyFree();
    this.start();
  }

  /** Begins a transaction with a producer that is free, when there is one. */
  *begin(): Behaviour<OpenTransaction> {
    const { free } = this;
    const pooled = yield* free.get();
    pooled.transactional.begin();
    pooled.writer.begin();
    return new OpenTransaction(this.sim, pooled, () => void free.tryPut(pooled));
  }

  /** The process dies, and whoever had a transaction open with it. */
  kill(downtime: Duration): void {
    this.downUntil = Math.max(this.downUntil, this.sim.now + downtime);
    for (const { writer } of this.producers) writer.end();
    if (this.restart >= 0) this.sim.cancel(this.restart);
    this.free = this.nobodyFree();
    this.restart = this.sim.scheduleAt(this.downUntil, () => this.start(), undefined, this.restartKind);
  }

  /** Each is free once its coordinator knows of its new life. */
  private start(): void {
    const { free } = this;
    this.restart = -1;
    for (const pooled of this.producers) pooled.transactional.initialise(() => void free.tryPut(pooled));
  }

  private nobodyFree(): Channel<PooledProducer> {
    const { length: capacity } = this.producers;
    return new Channel(this.sim, { name: 'producers that are free', capacity, whenFull: 'reject' });
  }
}

/** A transaction of one of them. It has to be ended, and gives its producer back then. */
export class OpenTransaction {
  private readonly sim: Simulation;
  private readonly pooled: PooledProducer;
  private readonly giveBack: () => void;

  constructor(sim: Simulation, pooled: PooledProducer, giveBack: () => void) {
    this.sim = sim;
    this.pooled = pooled;
    this.giveBack = giveBack;
  }

  /** Sends a record, and does not wait for it: the end of the transaction does. */
  send(key: number, request: number): void {
    this.pooled.writer.send(key, request);
  }

  /** Commits what was sent; throws `CallFailed` if it is aborted instead. */
  *commit(): Behaviour {
    const { transactional, writer } = this.pooled;
    const wait = new PendingWait<boolean>(this.sim);
    const end = (isCommitted: boolean): void => wait.complete(isCommitted);
    writer.settle((isGood) => (isGood ? transactional.commit(end) : transactional.abort(() => end(false))));
    if (!(yield* this.ended(wait))) throw new CallFailed('the transaction', 'error');
  }

  *abort(): Behaviour {
    const wait = new PendingWait<boolean>(this.sim);
    this.pooled.transactional.abort(() => wait.complete(false));
    yield* this.ended(wait);
  }

  private *ended(wait: PendingWait<boolean>): Behaviour<boolean> {
    const isCommitted = yield* wait;
    const { transactional } = this.pooled;
    if (transactional.isFenced) transactional.initialise(this.giveBack);
    else this.giveBack();
    return isCommitted;
  }
}
