/**
 * LRU's hit ratios by Che's approximation: before the scan, in the midst of it, and beside another's keys; and how far chance may
 * carry a ratio that is counted.
 */
import { characteristicTime, heldByLru, zipfProbabilities } from '../../../sim-core/index.ts';
import { DEVIATIONS, oncePerRun } from '../../application/chance.ts';
import { usersCapacity, type Values } from './params.ts';

/** Che's for LRU (`test/theory/cache-hit-ratio.test.ts`), and what is lost while a missed key is being loaded. */
export const ERROR = 0.01;

/** What chance can make of a share p of so many requests. */
export const chance = (p: number, requests: number): number =>
  DEVIATIONS * Math.sqrt(Math.max(0, p * (1 - p)) / Math.max(1, requests));

/** LRU's hit ratio for the users, and its characteristic time in requests of all. */
export interface Steady {
  readonly users: number;
  readonly time: number;
}

/** Alone, or while `others` of all requests are for keys that nobody else asks for, each new or of the batch's law. */
export function steady(
  p: Values,
  capacity: number,
  others: number,
  othersLaw: readonly number[] = [],
): Steady & { others: number } {
  const users = zipfProbabilities(p.keys, p.exponent);
  const all = [...users.map((one) => one * (1 - others)), ...othersLaw.map((one) => one * others)];
  const { time } = characteristicTime(all, Math.min(capacity, roomFor(all, others)), heldByLru);
  const hits = (law: readonly number[], share: number): number =>
    law.reduce((sum, one) => sum + one * heldByLru(one * share * time), 0);
  return { users: hits(users, 1 - others), others: hits(othersLaw, others), time };
}

/** A cache for which there are not keys enough never fills: one less than all is the most that the approximation takes. */
const roomFor = (law: readonly number[], others: number): number =>
  others > 0 && law.reduce((sum, one) => sum + one, 0) < 1 - 1e-9 ? Infinity : law.length - 1;

export const before = oncePerRun((p: Values): Steady => steady(p, usersCapacity(p), 0));
export const inScan = oncePerRun((p: Values): Steady =>
  steady(p, usersCapacity(p), p.batchRate / (p.rate + p.batchRate)),
);
