/** Short runs of a real system for tests of what the drawer reads out of a recording: an expiry under every protection. */
import fc from 'fast-check';
import stampede from '../scenarios/caching/stampede.ts';
import { ms, type Recording, requestsOf, run, s } from '../sim-core/index.ts';

const VARIANTS = Object.keys(stampede.variants) as (keyof typeof stampede.variants)[];

const made = new Map<string, Recording>();

/** Six seconds in which the hot key expires every two; users are impatient and the pool is small. */
export function tracedRun(variant: string): Recording {
  let recording = made.get(variant);
  if (recording === undefined) {
    const params = { rate: 150, length: s(6), ttl: s(2), connections: 3, cores: 2, timeout: ms(150) };
    recording = run(stampede, { variant, params });
    made.set(variant, recording);
  }
  return recording;
}

/** A variant, and a request of its run: names rather than recordings, which a failing test would print. */
export const tracedRequest: fc.Arbitrary<readonly [variant: string, request: number]> = fc
  .constantFrom(...VARIANTS)
  .chain((variant) => {
    const { lives } = requestsOf(tracedRun(variant));
    return fc.nat(lives.length - 1).map((place) => [variant, lives[place].request] as const);
  });

/** A variant, and the place of an event of its run. */
export const tracedEvent: fc.Arbitrary<readonly [variant: string, place: number]> = fc
  .constantFrom(...VARIANTS)
  .chain((variant) => fc.nat(tracedRun(variant).events.kept - 1).map((place) => [variant, place] as const));
