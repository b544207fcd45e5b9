/**
 * What the claims of the telemetry pipeline have in common: what comes, what can be done, and what may be held.
 *
 * Losses follow from conservation: what is emitted and neither taken by a store nor held by somebody is lost, and nobody holds more
 * than his bound. Instances emit at exact rates, so that chance is in queries, in retries and in who exports when.
 */
import { minutes, toSeconds } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf } from '../../application/chance.ts';
import type { Values } from './params.ts';
import { EXPORT_EVERY, SDK_QUEUE, SERVICES, SPAN_BYTES, SPIKE, megabytes } from './stack.ts';
import { TROUBLE_AT } from './trouble.ts';

export const WARM_UP = minutes(1);
/** What the remedies set. */
export const COLLECTORS = 3;
export const SHARDS = 3;
export const TTL = minutes(5);
export const ON_DISK = { isPersistent: true, queueSize: 5000, retriesFor: 0 };

export const limit = limitOf<Values>;

export const end = (p: Values): number => toSeconds(p.length);
export const began = toSeconds(TROUBLE_AT);
export const exportEvery = toSeconds(EXPORT_EVERY);
export const fleet = (p: Values): number => SERVICES.length * p.instances;

/** How long a surge or an outage lasts within the run. */
export const lasts = (p: Values): number => Math.min(toSeconds(p.troubleFor), end(p) - began);

/** Spans and log records a second, and their bytes. */
export const items = (p: Values): number => p.spanRate + p.logRate;
export const bytes = (p: Values): number => p.spanRate * SPAN_BYTES + p.logRate * p.logSize;
export const smallest = (p: Values): number => Math.min(SPAN_BYTES, p.logSize);

/** What SDKs hold at most, in items of each kind: a queue and an export of as much, for each instance. */
export const sdkHolds = (p: Values): number => fleet(p) * 2 * SDK_QUEUE;

/** Bytes from which on a collector refuses, and by how much more it may hold: what it can receive until it looks again. */
export const soft = (p: Values): number => megabytes(p.memory) * (1 - SPIKE);
export const received = (p: Values): number => p.cores / toSeconds(p.receiveTime);
export const collectorHolds = (p: Values, size: number): number => p.collectors * (soft(p) / size + received(p));

/** Items a second that all collectors together can receive and send. */
export const capacity = (p: Values): number => (p.collectors * p.cores) / toSeconds(p.receiveTime + p.sendTime);

export const inSurge = (p: Values): number => items(p) * p.surge;

export const generation = (p: Values): number => fleet(p) * p.series;

/** Whether an SDK's queue has room for what its instance writes down between two exports, of either kind, and for a tenth more. */
export function fitsSdk(p: Values, rate: number): boolean {
  const ofKind = rate * (Math.max(p.spanRate, p.logRate) / items(p));
  return (ofKind / fleet(p)) * exportEvery < 0.9 * SDK_QUEUE;
}

/** Up to seven tenths of their capacity collectors keep up with whatever comes at once, if SDKs can hold it until they send it. */
export const keepsUp = (p: Values, rate: number): boolean =>
  rate < 0.7 * capacity(p) && fleet(p) % p.collectors === 0 && fitsSdk(p, rate);

export const all = (p: Values): number => (inSurge(p) + p.spanRate + p.logRate + fleet(p) * p.series) * end(p);
/** The share of Poisson events of a rate that come in so many seconds of what is observed, at least. */
export function shareIn(p: Values, seconds: number, perSecond: number): number {
  const observed = end(p) - toSeconds(WARM_UP);
  const share = Math.max(0, Math.min(1, seconds / observed));
  return Math.max(0, share - DEVIATIONS * Math.sqrt((share * (1 - share)) / (perSecond * observed)));
}

/** The share of Poisson events of a rate that come from then on, at least. */
export function shareFrom(p: Values, from: number, perSecond: number): number {
  const observed = end(p) - toSeconds(WARM_UP);
  const share = Math.max(0, end(p) - Math.max(from, toSeconds(WARM_UP))) / observed;
  return Math.max(0, share - DEVIATIONS * Math.sqrt((share * (1 - share)) / (perSecond * observed)));
}

export const logBytes = (p: Values): number => p.logRate * p.logSize;
/** One export of one instance. */
export const logBatch = (p: Values): number => (logBytes(p) / fleet(p)) * exportEvery;
