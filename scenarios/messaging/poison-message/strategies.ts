/**
 * What a consumer of RabbitMQ does with an order that fails. Each is a process that ends with the verdict on the message that it was
 * given; the order of its steps is what the scenario is about.
 *
 * In all of them the worker dies at the same places: after the same failures of the same orders, and after the effect
 * of the same orders, each time before the broker has heard of it. What had been done by then is the strategy's affair.
 */
import {
  backoffs,
  ms,
  outcomeOf,
  sleep,
  type Backoff,
  type Behaviour,
  type Confirm,
  type Delivery,
  type Handler,
  type KeyedStream,
  type Producer,
  type Received,
  type Simulation,
  type ConsumerVerdict,
} from '../../../sim-core/index.ts';
import type { RabbitStrategy, Values } from './params.ts';
import { DEAD, placeOfRetry, type PlaceOfRetry } from './queues.ts';
import type { Tally } from './tally.ts';

const TO_THE_DEAD: PlaceOfRetry = { queue: DEAD, ttl: undefined, delay: undefined };
const ATTEMPTS = 'x-attempts';
const DUE = 'x-due';

/** What every worker has, whatever the broker. */
export interface WorkerContext {
  readonly sim: Simulation;
  readonly p: Values;
  readonly handler: Handler;
  readonly tally: Tally;
  /** What the waits of an order draw, by it and its failures. */
  readonly jitter: KeyedStream;
  /** Whether the consumer dies now that it has dealt with an attempt, and the broker has not heard of that. */
  readonly crashes: Crashes;
  /** Kills the process that the strategy runs in, once it waits. */
  readonly die: () => void;
}

interface Context extends WorkerContext {
  readonly producer: Producer;
}

/** Of those orders that fail, at which places the consumer dies: each death happens once, whatever the broker gives again. */
export class Crashes {
  private readonly draws: KeyedStream;
  private readonly p: Values;
  private readonly struck = new Set<number>();

  constructor(sim: Simulation, p: Values) {
    this.draws = sim.keyedRandom("deaths before the broker has heard of an order's attempt");
    this.p = p;
  }

  /** After so many failures of an order, if it may be tried again whoever has it: from then on nobody dies of it. */
  afterFailure(id: number, failures: number): boolean {
    return failures <= this.p.retries && this.strikes(id * PLACES + failures);
  }

  /** After the effect of an order that had failed before. */
  afterEffect(id: number): boolean {
    return this.strikes(id * PLACES);
  }

  private strikes(place: number): boolean {
    if (this.struck.has(place) || this.draws.of(place).next() >= this.p.crashShare) return false;
    this.struck.add(place);
    return true;
  }
}

/** More than an order has retries, and than it fails: a death for each of them, and as many retries once more. */
const PLACES = 32;
export const FAILURES = 64;

type Strategy = (context: Context, message: Received, delivery: Delivery) => Behaviour<ConsumerVerdict>;

/** Whether an attempt succeeds; tells who counts. Who has had the effect may die of it. */
function* succeeds(context: Context, message: Received): Behaviour<boolean> {
  const { handler, tally } = context;
  if ((yield* outcomeOf(handler, message)) !== undefined) {
    tally.failed(message);
    return false;
  }
  tally.done(message);
  yield* mayDieOfEffect(context, message);
  return true;
}

/** The end of the process: nothing comes after it. */
function* death({ sim, die }: WorkerContext): Behaviour {
  die();
  yield* sleep(sim, ms(1));
}

/** What the worker may die of once an order that had failed before has had its effect. */
export function* mayDieOfEffect(context: WorkerContext, message: Received): Behaviour {
  const { tally, crashes } = context;
  if (tally.failuresOf(message) > 0 && crashes.afterEffect(message.id)) yield* death(context);
}

/** What the worker may die of once it has dealt with a failed attempt, and before the broker has heard of that. */
export function* mayDie(context: WorkerContext, message: Received): Behaviour {
  if (context.crashes.afterFailure(message.id, context.tally.failuresOf(message))) yield* death(context);
}

/** Gives it back at once: the broker puts it where it stood, as it does after a death. */
function* blockForever(context: Context, message: Received): Behaviour<ConsumerVerdict> {
  if (yield* succeeds(context, message)) return 'ack';
  yield* mayDie(context, message);
  return 'requeue';
}

/** "Exponential + jitter" (handbook, 2.4), or another backoff. Nothing but the decorrelated one comes to the cap. */
export const waits = ({ backoff, base, retries }: Values): Backoff =>
  backoffs[backoff]({ base, cap: base * 2 ** Math.max(0, retries - 1) });

/**
 * Tries again in the same place, without a wait or with those of a backoff, and then refuses it for good. It counts attempts in
 * its memory: who has the order after its death begins anew.
 */
function inPlace(backoffOf: (p: Values) => Backoff): Strategy {
  return function* (context, message) {
    const { sim, p, tally, jitter } = context;
    const backoff = backoffOf(p);
    let previous = p.base;
    for (let retry = 0; ; retry++) {
      if (yield* succeeds(context, message)) return 'ack';
      if (retry === p.retries) break;
      yield* mayDie(context, message);
      const failedAt = sim.now;
      previous = backoff.wait(retry, previous, jitter.of(message.id * FAILURES + tally.failuresOf(message)));
      if (previous > 0) yield* sleep(sim, previous);
      tally.waited(message, sim.now - failedAt, p.base * 2 ** retry);
    }
    tally.givenUp(message);
    return 'reject';
  };
}

/**
 * The handbook's listener (2.4): the number of attempts travels in a header; up to five times the order is published again
 * with one more, then it goes to the dead letters; and then what was consumed is acknowledged. With delayed queues the order
 * is published to one of those in place of the end of the line.
 */
function* republish(context: Context, message: Received, { message: order }: Delivery): Behaviour<ConsumerVerdict> {
  const { sim, p, tally } = context;
  const attempts = Number(order.headers[ATTEMPTS] ?? 0);
  const { [DUE]: due } = order.headers;
  if (typeof due === 'number') tally.cameBack(message, due, sim.now);
  if (yield* succeeds(context, message)) return 'ack';
  const isLast = attempts >= p.retries;
  if (isLast) tally.givenUp(message);
  const { queue, ttl, delay } = isLast ? TO_THE_DEAD : placeOfRetry(p, attempts);
  yield* publishAgain(context, order, queue, { ttl, delay }, attempts + 1);
  // Published again, and not acknowledged.
  yield* mayDie(context, message);
  return 'ack';
}

function* publishAgain(
  { sim, producer }: Context,
  order: Delivery['message'],
  queue: string,
  { ttl, delay }: Pick<PlaceOfRetry, 'ttl' | 'delay'>,
  attempts: number,
): Behaviour<Confirm> {
  const { 'x-death': _, ...headers } = order.headers;
  return yield* producer.send({
    ...order,
    exchange: '',
    routingKey: queue,
    ttl,
    headers: { ...headers, [ATTEMPTS]: attempts, ...(delay === undefined ? {} : { [DUE]: sim.now + delay }) },
  });
}

/**
 * Gives it back at once, to a queue that counts how often, and makes a dead letter of it beyond its limit. A death gives it back
 * as well, and is counted alike.
 */
function* deliveryLimit(
  context: Context,
  message: Received,
  { deliveryCount = 0 }: Delivery,
): Behaviour<ConsumerVerdict> {
  if (yield* succeeds(context, message)) return 'ack';
  if (deliveryCount >= context.p.retries) context.tally.givenUp(message);
  yield* mayDie(context, message);
  return 'requeue';
}

export const strategies: Readonly<Record<RabbitStrategy, Strategy>> = {
  'block-forever': blockForever,
  'immediate-retry': inPlace(backoffs.immediate),
  'republish-with-attempts': republish,
  backoff: inPlace(waits),
  'delayed-queue': republish,
  'per-message-delay': republish,
  dlq: deliveryLimit,
};
