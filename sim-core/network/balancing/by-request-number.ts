/**
 * Round robin by request number: request n goes to instance n modulo the number of instances. Under arrivals that are
 * numbered as they come this is what a round-robin balancer does, and it sends a request to the same instance whatever
 * happens to others.
 */
import type { Link } from '../link.ts';
import type { RequestContext } from '../request-context.ts';

/** Chooses the link that a request takes. */
export type Balancer<Query, Reply> = (request: RequestContext) => Link<Query, Reply>;

export function roundRobin<Query, Reply>(links: readonly Link<Query, Reply>[]): Balancer<Query, Reply> {
  if (links.length === 0) throw new RangeError('roundRobin: there are no links to choose from; give at least one');
  return (request) => links[request.id % links.length];
}
