/**
 * What is claimed of the printed class, worked out from the parameters: how many of its refreshes are under way at once, and how
 * long nobody feels them. Nothing here looks at a run.
 */
import { NotClaimed, toSeconds, type Limit } from '../../../sim-core/index.ts';
import { limitOf } from '../../application/chance.ts';
import { herdOf, spreadOf } from './limits.ts';
import type { Values } from './params.ts';

const limit = limitOf<Values>;

/** Each process’s part of the herd, as far as its common pool has threads for it: the rest waits in line, and loads later. */
const atOnce = (p: Values): number => p.instances * Math.min(herdOf(p) / p.instances, p.threads);
export const refreshesAtOnce = limit(atOnce);
export const refreshesConnected = limit((p) => Math.min(atOnce(p), p.connections));

/** Entries of the start are past their hard time to live after it at the soonest; whoever comes for one then waits for a load. */
const whileServed = (of: (p: Values) => number): Limit =>
  limit((p) => (p.length <= p.ttl * (p.hardFactor * (1 - spreadOf(p)) - 1) ? of(p) : HARD_EXPIRED));
const HARD_EXPIRED = new NotClaimed('the run is long enough for entries to pass their hard time to live');

export const oneLoadWhileServed = whileServed((p) => toSeconds(p.loadTime));
export const noneWhileServed = whileServed(() => 0);
