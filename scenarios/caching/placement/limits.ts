/**
 * What is claimed of the layers, worked out from the parameters. Nothing here looks at a run.
 *
 * Requests for a key at a cache are a Poisson process of rate l. A copy lives for T from the request that brought it, which
 * took L: a cycle has 1 + l T requests, of which 1 + l L miss, those that come while the first is under way included.
 */
import {
  characteristicTime,
  exp,
  heldByLru,
  ms,
  s,
  toSeconds,
  zipfProbabilities,
  type Duration,
} from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLeast, poissonMost } from '../../application/chance.ts';
import { NEAR_MAX } from '../../application/distances.ts';
import { COMMAND_TIME } from '../application/wiring.ts';
import { ASSETS, POPS, type Values } from './params.ts';

export const WARM_UP = s(12);

/** One way, at least and at most: a user to the edge, and from there to the site. */
export const EDGE_MIN = ms(8);
export const EDGE_MAX = ms(12);
export const SITE_MIN = ms(35);
export const SITE_MAX = ms(45);

const observed = (p: Values): number => toSeconds(p.length - WARM_UP);
const requests = (p: Values): number => p.rate * observed(p);

/** A share of so many requests that are not quite independent may deviate by so much. */
const room = (p: Values): number => (2 * DEVIATIONS * 0.5) / Math.sqrt(Math.max(1, requests(p)));

/** Of all requests, the share that each key has which is asked for at all. */
export function sharesOf(p: Values): number[] {
  const assets = zipfProbabilities(ASSETS, p.exponent).map((one) => one * p.assetShare);
  const rows = zipfProbabilities(p.keys, p.exponent).map((one) => one * (1 - p.assetShare));
  return [...assets, ...rows].filter((one) => one > 0);
}

/** The share of requests that a cache answers which sees `rate` of them and keeps all it gets for `life`. */
export function hitRatioOf(p: Values, rate: number, life: Duration, loadTime: Duration): number {
  const [alive, load] = [toSeconds(life), toSeconds(Math.min(life, loadTime))];
  return sharesOf(p).reduce((sum, one) => sum + (one * one * rate * (alive - load)) / (1 + one * rate * alive), 0);
}

/** A load of an instance, its messages and a database that is twice as slow as undisturbed. */
const loadTime = (p: Values): Duration => 2 * (p.queryTime + p.readTime) + 6 * NEAR_MAX + 2 * COMMAND_TIME;

/** Nothing is in front of the database: it gets every request and every update. */
export const everything = limitOf<Values>((p) => poissonLeast((p.rate + p.writes) * observed(p)) / observed(p));
/** And whoever asks waits for both ways there and back. */
export const wholeWay = limitOf<Values>(() => toSeconds(2 * (EDGE_MIN + SITE_MIN)));

/**
 * An instance sees a part of the requests, and warms by itself: its copies die before they are asked for again, by the
 * time to live or, where it has less room than there are keys, for want of room (Che's approximation of LRU; no policy of
 * expiry finds more there than one that never expires). What it answers is at most the less of the two.
 */
export function appShareMost(p: Values): number {
  const shares = sharesOf(p);
  const byLife = hitRatioOf(p, p.rate / p.instances, p.appTtl, 0);
  const byRoom = p.appCapacity < shares.length ? characteristicTime(shares, p.appCapacity, heldByLru).hitRatio : 1;
  return Math.min(byLife, byRoom);
}
export const appShare = limitOf<Values>((p) => Math.min(1, appShareMost(p) + room(p)));

/**
 * An instance with room for everything whose copies outlive the run misses each key once: after the warm-up those that nobody
 * has asked it for until then, and who comes while one of them is loaded. Of others nothing is claimed.
 */
function firstMisses(p: Values): number {
  const shares = sharesOf(p);
  if (p.appCapacity < shares.length || p.appTtl < p.length) return requests(p);
  const misses = shares.reduce((sum, share) => {
    const rate = (share * p.rate) / p.instances;
    return sum + exp(-rate * toSeconds(WARM_UP)) * (1 + rate * toSeconds(loadTime(p)));
  }, 0);
  return Math.min(requests(p), poissonMost(p.instances * misses));
}
export const appShareLeast = limitOf<Values>((p) => Math.max(0, 1 - firstMisses(p) / poissonLeast(requests(p))));
export const fittingLoads = limitOf<Values>(
  (p) => (firstMisses(p) + poissonMost(p.writes * observed(p))) / observed(p),
);

/** What an instance does not have is a query; without room for the working set that is most of what it is asked for. */
export const outgrownLoads = limitOf<Values>((p) => {
  const passed = requests(p) * Math.max(0, 1 - appShareMost(p) - room(p)) + p.writes * observed(p);
  return poissonLeast(passed) / observed(p);
});

/** The shared cache sees all requests; where it has no room for all keys nothing is claimed. */
export const sharedShareLeast = (p: Values): number =>
  p.sharedCapacity < ASSETS + p.keys ? 0 : hitRatioOf(p, p.rate, p.sharedTtl, loadTime(p));
export const sharedShare = limitOf<Values>((p) => Math.max(0, sharedShareLeast(p) - room(p)));
export const sharedLoads = limitOf<Values>(
  (p) => poissonMost((p.rate * (1 - sharedShareLeast(p)) + p.writes) * observed(p)) / observed(p),
);

/** Whether a point of presence has room for whatever has a URL: without, nothing is claimed of what it keeps. */
const edgeHoldsAll = (p: Values): boolean =>
  p.edgeCapacity >= ASSETS + p.keys + (p.versioned ? poissonMost(p.writes * toSeconds(p.length)) : 0);

/** A point of presence sees its part of the requests. A response is fetched over both ways to the site. */
export const edgeShareLeast = (p: Values): number =>
  edgeHoldsAll(p) ? hitRatioOf(p, p.rate / POPS, p.sMaxAge, 2 * SITE_MAX + loadTime(p)) : 0;
export const edgeShare = limitOf<Values>((p) => Math.max(0, edgeShareLeast(p) - room(p)));
/** Whom the edge answers waits for both ways to it. */
export const edgeWay = limitOf<Values>(() => toSeconds(2 * EDGE_MAX));

/**
 * How long an update stays invisible at a layer at most: its own time to live and those of the layers behind it that do not
 * say how old a value is already, which are the application's; a second for each HTTP cache behind it, whose Age field
 * leaves out the rest of a second; and what it takes a row to come from where it was read to where it is kept.
 */
const ofApplication = (p: Values): Duration => (p.app ? p.appTtl : 0) + (p.distributed ? p.sharedTtl : 0) + loadTime(p);
const http = (life: Duration, cachesBehind: number, p: Values): number =>
  toSeconds(life + p.whileRevalidate + cachesBehind * s(1) + ofApplication(p));
export const unseenByClients = limitOf<Values>((p) => http(p.maxAge, Number(p.edge) + Number(p.gateway), p));
export const unseenAtEdge = limitOf<Values>((p) => http(p.sMaxAge, Number(p.gateway), p));
/** Its own time to live counts from when a response has come, and nothing is served past it. */
export const unseenAtGateway = limitOf<Values>((p) =>
  p.gatewayTtl > 0 ? toSeconds(p.gatewayTtl + ofApplication(p)) : http(p.sMaxAge, 0, p),
);
export const unseenInApp = limitOf<Values>((p) => toSeconds(ofApplication(p)));
export const unseenInShared = limitOf<Values>((p) => toSeconds(p.sharedTtl + loadTime(p)));

/** What reaches the edge of a key that is asked for at this rate, of whose users each has a browser that keeps it for a while. */
const pastBrowsers = (p: Values, rate: number): number =>
  rate / (1 + (p.client ? (rate / p.users) * toSeconds(p.maxAge + p.whileRevalidate) : 0));

/**
 * An update meets a copy of its key at a point of presence, if there is one, at an age that is uniform over its life T. It is seen
 * late if that is in the first half, and somebody asks after half a life and before the end: with the rate l of the requests there,
 * 1 / 2 - (1 - e^(-l T / 2)) / (l T) of them. Where `DEVIATIONS` squared of them are expected there is one; of fewer nothing is
 * claimed, nor where copies leave for want of room, or come from a gateway that keeps them for a time of its own. Each point is asked
 * for its part, and one of them is enough here.
 */
const lateUpdates = (p: Values): number => {
  const life = toSeconds(p.sMaxAge);
  const of = (share: number, keys: number): number =>
    zipfProbabilities(keys, p.exponent).reduce((sum, one) => {
      const x = (pastBrowsers(p, one * share * p.rate) / POPS) * life;
      // Of less than that there is as good as none.
      if (x < 1e-3) return sum;
      const late = 0.5 - (1 - exp(-x / 2)) / x;
      return sum + ((p.writes * share) / keys) * observed(p) * (x / (1 + x)) * late;
    }, 0);
  return of(p.assetShare, ASSETS) + of(1 - p.assetShare, p.keys);
};
export const seenLate = limitOf<Values>((p) =>
  edgeHoldsAll(p) && p.gatewayTtl === 0 && lateUpdates(p) > DEVIATIONS * DEVIATIONS ? toSeconds(p.sMaxAge) / 2 : 0,
);

/**
 * A purge from the inside out: the commit's answer to the publisher; the shared cache, the instances and the gateway, one
 * after the other and each acknowledged; the edge. Ten commands of the cache may stand before it.
 */
export const purged = limitOf<Values>(() => toSeconds(7 * NEAR_MAX + 11 * COMMAND_TIME + SITE_MAX));

/**
 * Answers to requests for assets from further than the edge: for each update and each point of presence the first, and
 * those that follow while it is under way. Assets that nobody had asked for until then are as many as there are, at most.
 */
export const assetsNear = limitOf<Values>((p) => {
  const asked = Math.max(1, requests(p) * p.assetShare);
  const updates = p.writes * p.assetShare * observed(p);
  const following = ((p.rate * p.assetShare) / ASSETS) * toSeconds(2 * SITE_MAX + loadTime(p));
  const far = poissonMost(updates * (POPS + following)) + POPS * ASSETS;
  return edgeHoldsAll(p) ? Math.max(0, 1 - far / asked) : 0;
});
