/**
 * Which requests of a run are exported one by one: a sample that is the same in every variant, since it goes by a hash of their
 * numbers, and of every stretch of the run the one that took longest, which is what people look for. Files stay within some
 * megabytes whatever the run's length, and say what they hold.
 */
import { sampleHash, type Recording } from '../recording.ts';
import { isSampled, longestEnded, requestsOf } from '../traces/requests.ts';

/** Requests of the sample at most. */
const SAMPLED_MAX = 1000;
/** Stretches of a run of which the slowest is exported. */
const STRETCHES = 200;

export interface ChosenRequests {
  /** All of them, in order of their start. */
  readonly requests: readonly number[];
  readonly sampled: ReadonlySet<number>;
  /** Those that took longest, each of its stretch of the run. */
  readonly slowest: ReadonlySet<number>;
  /** The sample is one in so many. */
  readonly oneIn: number;
  /** Of how many in all, as far as the recording tells. */
  readonly of: number;
}

export function chosenRequests(recording: Recording): ChosenRequests {
  const { facts, simulated } = recording;
  const all = requestsOf(recording);
  const candidates = all.lives.filter(({ request }) => isSampled(facts, request));
  let oneIn = facts.sampledOneIn;
  let sample = candidates;
  while (sample.length > SAMPLED_MAX) {
    oneIn *= 2;
    sample = sample.filter(({ request }) => sampleHash(request) < 4_294_967_296 / oneIn);
  }
  const sampled = new Set(sample.map(({ request }) => request));
  const slowest = new Set<number>();
  for (let stretch = 0; stretch < STRETCHES; stretch++) {
    const [from, to] = [stretch, stretch + 1].map((place) => (place * simulated) / STRETCHES);
    const longest = longestEnded({ lives: candidates }, from, to);
    if (longest) slowest.add(longest.request);
  }
  const requests = candidates
    .map(({ request }) => request)
    .filter((request) => sampled.has(request) || slowest.has(request));
  return { requests, sampled, slowest, oneIn, of: Math.round(all.lives.length * facts.sampledOneIn) };
}
