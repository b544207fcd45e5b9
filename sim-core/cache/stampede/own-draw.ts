/**
 * A draw that belongs to one request and one key: the same whatever else happens in the run, and independent of what
 * the request draws about any other key it reads. A request that judges one entry twice comes to the same opinion.
 */
import type { KeyedStream } from '../../kernel/random-stream.ts';
import type { RequestContext } from '../../network/request-context.ts';

/** The uniform draw in [0, 1) of a request about a key, an integer from 0 to 2^52. */
export function ownDraw(draws: KeyedStream, request: RequestContext, key: number): number {
  // The request's own first draw says where, of 2^53 places, its draws about keys 0, 1, 2 … stand in a row.
  const place = draws.of(request.id).next() * PLACES;
  return draws.of(place < PLACES / 2 ? place + key : place - key).next();
}

const PLACES = 9_007_199_254_740_992;
