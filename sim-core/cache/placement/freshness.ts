/**
 * HTTP's rules of freshness, as functions of a response. RFC 9111 (HTTP Caching), 4.2.1: a shared cache goes by `s-maxage`
 * where there is one, every other by `max-age`. 4.2.3: a response's age counts from the origin, whatever caches it came
 * through; each adds how long it had it and the time of the request that brought it. 5.1: the Age field is in whole
 * seconds, so what a cache says of its copy's age may be up to a second short. RFC 5861: for `stale-while-revalidate`
 * longer it may be served while it is fetched anew. RFC 8246: what is `immutable` is not fetched anew on a reload while it
 * is fresh.
 */
import { SECOND, type Duration, type Time } from '../../kernel/time.ts';
import type { Answer } from './layers.ts';

/** The Cache-Control of a response. */
export interface CacheControl {
  readonly maxAge: Duration;
  readonly sMaxAge?: Duration;
  readonly staleWhileRevalidate?: Duration;
  readonly immutable?: boolean;
}

export interface HttpResponse extends Answer {
  readonly control: CacheControl;
  /** The Age field, in nanoseconds, whole seconds of them; 0 from the origin. */
  readonly age: Duration;
}

/** When a response counts as generated, for a cache that asked for it at `requested`. */
export const generatedAt = (response: HttpResponse, requested: Time): Time => requested - response.age;

/** The Age field of what counts as generated at a moment. */
export const ageField = (generated: Time, now: Time): Duration => Math.floor((now - generated) / SECOND) * SECOND;

/** From which age on a response is not fresh, and from which it may not be served. */
export interface Freshness {
  readonly fresh: Duration;
  readonly served: Duration;
}

/** Of a response in a cache that goes by its Cache-Control. */
export function lifetimes(control: CacheControl, shared: boolean): Freshness {
  const fresh = (shared ? control.sMaxAge : undefined) ?? control.maxAge;
  return { fresh, served: fresh + (control.staleWhileRevalidate ?? 0) };
}

/** Of a response that a cache keeps up to an age, whatever was said of it: nothing is served past that. */
export const lifetimeOfOwn = (most: Duration): Freshness => ({ fresh: most, served: most });
