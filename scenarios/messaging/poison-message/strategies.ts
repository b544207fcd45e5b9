/**
 * What a consumer does with an order that fails. Each is a process that ends with the verdict on the message that it was
 * given; the order of its steps is what the scenario is about.
 */
import {
  ms,
  outcomeOf,
  sleep,
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
import type { Values } from './params.ts';
import { DEAD, placeOfRetry, type PlaceOfRetry } from './queues.ts';
import type { Tally } from './tally.ts';

const TO_THE_DEAD: PlaceOfRetry = { queue: DEAD, ttl: undefined, delay: undefined };
const ATTEMPTS = 'x-attempts';
const DUE = 'x-due';

export interface Context {
  readonly sim: Simulation;
  readonly p: Values;
  readonly handler: Handler;
  readonly producer: Producer;
  readonly tally: Tally;
  /** Whether the consumer dies now that it has published an order again. */
  readonly crashes: Crashes;
  /** Kills the process that the strategy runs in. */
  readonly die: () => void;
}

/** Deaths of the consumer, drawn by order and attempt: each happens once, however often the broker gives that attempt again. */
export class Crashes {
  private readonly draws: KeyedStream;
  private readonly share: number;
  private readonly struck = new Set<number>();

  constructor(sim: Simulation, share: number) {
    this.draws = sim.keyedRandom('crashes after republishing');
    this.share = share;
  }

  strikes(id: number, attempts: number): boolean {
    const number = id * 32 + attempts;
    if (this.struck.has(number) || this.draws.of(number).next() >= this.share) return false;
    this.struck.add(number);
    return true;
  }
}

type Strategy = (context: Context, message: Received, delivery: Delivery) => Behaviour<ConsumerVerdict>;

/** Whether an attempt succeeds; tells who counts. */
function* succeeds({ handler, tally }: Context, message: Received): Behaviour<boolean> {
  const failure = yield* outcomeOf(handler, message);
  if (failure === undefined) tally.done(message);
  else tally.failed(message);
  return failure === undefined;
}

/** Gives it back at once: the broker puts it where it stood. */
function* blockForever(context: Context, message: Received): Behaviour<ConsumerVerdict> {
  return (yield* succeeds(context, message)) ? 'ack' : 'requeue';
}

/** Tries again in the same place, without a wait or with one that doubles, and then refuses it for good. */
function inPlace(wait: (p: Values, retry: number) => number): Strategy {
  return function* (context, message) {
    const { sim, p, tally } = context;
    for (let retry = 0; ; retry++) {
      if (yield* succeeds(context, message)) return 'ack';
      if (retry === p.retries) break;
      const time = wait(p, retry);
      if (time > 0) yield* sleep(sim, time);
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
  const { sim, p, tally, crashes, die } = context;
  const attempts = Number(order.headers[ATTEMPTS] ?? 0);
  const { [DUE]: due } = order.headers;
  if (typeof due === 'number') tally.cameBack(message, due, sim.now);
  if (yield* succeeds(context, message)) return 'ack';
  const isLast = attempts >= p.retries;
  if (isLast) tally.givenUp(message);
  const { queue, ttl, delay } = isLast ? TO_THE_DEAD : placeOfRetry(p, attempts);
  yield* publishAgain(context, order, queue, { ttl, delay }, attempts + 1);
  // A crash between the two steps: published again, and not acknowledged.
  if (!isLast && crashes.strikes(message.id, attempts)) {
    die();
    yield* sleep(sim, ms(1));
  }
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

/** Gives it back at once, to a queue that counts how often, and makes a dead letter of it beyond its limit. */
function* deliveryLimit(
  context: Context,
  message: Received,
  { deliveryCount = 0 }: Delivery,
): Behaviour<ConsumerVerdict> {
  if (yield* succeeds(context, message)) return 'ack';
  if (deliveryCount >= context.p.retries) context.tally.givenUp(message);
  return 'requeue';
}

export const strategies: Readonly<Record<Values['strategy'], Strategy>> = {
  'block-forever': blockForever,
  'immediate-retry': inPlace(() => 0),
  'republish-with-attempts': republish,
  backoff: inPlace(({ base }, retry) => base * 2 ** retry),
  'delayed-queue': republish,
  'per-message-delay': republish,
  dlq: deliveryLimit,
};
