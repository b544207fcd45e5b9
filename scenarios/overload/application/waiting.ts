/** What those wait for who find others before them: at most, and with room for a slow request of their own. */
import { toSeconds, type Duration } from '../../../sim-core/index.ts';
import { capacityOf, type Processors } from '../../application/capacity.ts';
import { DEVIATIONS } from '../../application/chance.ts';
import { FAR_MAX, NEAR_MAX, SHAPE } from '../../application/distances.ts';

/** A database behind one service, and who asks it. */
export interface Backend extends Processors {
  readonly connections: number;
  readonly patience: Duration;
}

/**
 * Seconds until an answer for whoever makes it so many that are there: those without a connection go first, and then the
 * processors are shared with all who have one.
 */
export function waitAmong(backend: Backend, there: number): number {
  const { loadTime, cores, connections, patience } = backend;
  const slow = toSeconds(loadTime) * (1 + DEVIATIONS / Math.sqrt(SHAPE));
  const seconds =
    Math.max(0, there - connections) / capacityOf(backend) +
    slow * Math.max(1, Math.min(there, connections) / cores) +
    toSeconds(2 * FAR_MAX + 2 * NEAR_MAX);
  return Math.min(toSeconds(patience), seconds);
}
