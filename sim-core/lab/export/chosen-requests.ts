/**
 * Which requests of a run are exported one by one: a sample that is the same in every variant, since it goes by a hash of their
 * numbers, and of every stretch of the run the one that took longest, which is what people look for. Files stay within some
 * megabytes whatever the run's length and however much is done for a request, and say what they hold.
 */
import { SAMPLE_HASHES, sampleHash, type Recording } from '../recording.ts';
import { eventsAbout, isSampled, longestEnded, requestsOf, type RequestLife } from '../traces/requests.ts';

/** Requests of the sample at most. */
const SAMPLED_MAX = 1000;
/** Stretches of a run of which the slowest is exported, at most. */
const STRETCHES_MAX = 200;
/** Events of all the requests of either kind at most: some have a hundred times as many as others. */
const EVENTS_MAX = 12_000;

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
  const { facts } = recording;
  const all = requestsOf(recording);
  const candidates = all.lives.filter(({ request }) => isSampled(facts, request));
  let oneIn = facts.sampledOneIn;
  let sample = candidates;
  while (sample.length > SAMPLED_MAX || eventsOf(recording, sample) > EVENTS_MAX) {
    oneIn *= 2;
    sample = sample.filter(({ request }) => sampleHash(request) < SAMPLE_HASHES / oneIn);
  }
  let stretches = STRETCHES_MAX;
  let longest = longestOfStretches(recording, candidates, stretches);
  while (stretches > 1 && eventsOf(recording, longest) > EVENTS_MAX) {
    stretches = Math.ceil(stretches / 2);
    longest = longestOfStretches(recording, candidates, stretches);
  }
  const [sampled, slowest] = [sample, longest].map((lives) => new Set(lives.map(({ request }) => request)));
  const requests = candidates
    .map(({ request }) => request)
    .filter((request) => sampled.has(request) || slowest.has(request));
  return { requests, sampled, slowest, oneIn, of: Math.round(all.lives.length * facts.sampledOneIn) };
}

const eventsOf = ({ events }: Recording, lives: readonly RequestLife[]): number =>
  lives.reduce((sum, { request }) => sum + eventsAbout(events, request).length, 0);

/** Of stretches of equal length, the request that ended in each after the longest time. */
function longestOfStretches({ simulated }: Recording, lives: readonly RequestLife[], stretches: number): RequestLife[] {
  return Array.from({ length: stretches }, (_, place) =>
    longestEnded({ lives }, (place * simulated) / stretches, ((place + 1) * simulated) / stretches),
  ).filter((life) => life !== undefined);
}
