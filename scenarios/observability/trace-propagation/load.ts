/**
 * Whether all who work on an order keep up with `rate`, and how long a batch gathers where they do. Messages come as a Poisson
 * process then, as orders do.
 *
 * A batch gathers from its first message until the linger is over, or until as many more have come as fill it, which takes a time
 * of Erlang's distribution: D is the lesser of both. E[D] is no more than the lesser of their means, and no less than a bound that
 * asks for mean and variance alone (H. Scarf, A Min-Max Solution of an Inventory Problem, 1958). By Wald's identity a batch has
 * 1 + rate E[D] messages in the mean.
 */
import { INSTRUMENT_COSTS, ms, SECOND, toSeconds, type Duration } from '../../../sim-core/index.ts';
import { WORK_EACH } from './fulfilment.ts';
import { CORES } from './instrumented.ts';
import type { Values } from './params.ts';
import { DATABASE_CORES, ORDERS_WORK, rowTime } from './shop.ts';

/** Mean time in which as many messages come as a batch has room for after its first. */
const fillTime = ({ batchMax, rate }: Values): Duration => ((batchMax - 1) / rate) * SECOND;

/** E[D], at the least. */
export function gathersLeast(p: Values): Duration {
  const [mean, over] = [fillTime(p), p.linger - fillTime(p)];
  const variance = (mean * mean) / (p.batchMax - 1);
  return (mean + p.linger - Math.sqrt(variance + over * over)) / 2;
}

/** Messages of a batch in the mean, at the least and at the most. */
export const batchLeast = (p: Values): number => 1 + p.rate * toSeconds(gathersLeast(p));
export const batchMost = (p: Values): number => 1 + p.rate * toSeconds(Math.min(p.linger, fillTime(p)));

/** Processor time in the database of a batch of so many. */
const updateTime = (p: Values, messages: number): Duration => p.queryTime + (messages - 1) * rowTime(p);

/** From an order until it is booked, at the most: the linger, and ten times what everything takes that is left alone. */
export const bookedIn = (p: Values): Duration => p.linger + 10 * (p.queryTime + updateTime(p, p.batchMax) + ms(10));

/** Of an order in one process, at the most: three spans with a dozen of attributes and links, and bytes of them. */
const OF_AN_ORDER = { spans: 3, attributes: 12, bytes: 1200 };

/**
 * Spans leave in batches by processes that go on, and database, processes and the consumer are busy for no more than half of the
 * time. The consumer takes two full batches, of which one gathers.
 */
export const keepsUp = (p: Values): boolean => p.processing === 'batch' && !p.restarts && hasRoom(p);

/** Whether all are busy for no more than half of the time. */
export function hasRoom(p: Values): boolean {
  const rate = p.rate / SECOND;
  const batch = batchMost(p);
  const { span, attribute, byte } = INSTRUMENT_COSTS;
  const { spans, attributes, bytes } = OF_AN_ORDER;
  const instruments = p.cost * (spans * span + attributes * attribute + bytes * byte);
  const inDatabase = (rate * (p.queryTime + updateTime(p, batch) / batch)) / DATABASE_CORES;
  const inProcess = (rate * (ORDERS_WORK + instruments)) / CORES;
  const inConsumer = (rate * (updateTime(p, batch) + batch * (WORK_EACH + instruments / CORES) + ms(1))) / p.batchMax;
  return Math.max(inDatabase, inProcess, inConsumer) <= 0.5;
}
