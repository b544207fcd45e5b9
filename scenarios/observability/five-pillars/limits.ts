/**
 * What is claimed of the five pillars, worked out from the parameters. Nothing here looks at a run.
 *
 * Claims are made of an incident that can be seen: the taxes of the tenant take so long that each of its orders is slow and no
 * other is, they are more than one order in twenty, the orders service can do what comes, and there is time to look.
 */
import { exp, ms, toSeconds, type Limit, type Time } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLow } from '../../application/chance.ts';
import { BOUNDS, PROFILE_INTERVAL } from './node.ts';
import { RISEN, SCRAPE, WINDOW } from './panels.ts';
import type { Values } from './params.ts';
import { ENOUGH, QUESTIONS } from './questions.ts';
import { BANK_MAX, USERS, WORK } from './shop.ts';

export const INTERVAL = ms(500);
export const ends = (p: Values): Time => p.changeAt + p.rest;

const limit = limitOf<Values>;

const orders = (p: Values): number => p.rate * p.orderShare;
/** Users go round: the first tenant has as many as any other, or one more. */
const tenantShare = (p: Values): number => Math.ceil(USERS / p.tenants) / USERS;
const slowOrders = (p: Values): number => orders(p) * tenantShare(p);
const slowTax = (p: Values): number => toSeconds(p.taxTime) * p.slowdown;
/** How busy the orders service is after the change. */
const busy = (p: Values): number =>
  orders(p) * (toSeconds(WORK.parse + WORK.keep + p.taxTime) * 1.1 + tenantShare(p) * slowTax(p));
/** What an order takes that is not the tenant's: all of its work as slow as that load makes it, with room for chance. */
const othersMost = (p: Values): number => {
  const work = toSeconds(WORK.parse + WORK.keep + WORK.charge + WORK.route + p.taxTime);
  return toSeconds(BANK_MAX) + (2 * work) / (1 - busy(p)) + 0.002;
};
/** The tenant's taxes take x / (1 - rho) where processors are shared, and one order in twenty of all is one of its slower ones. */
const slowOnes = (p: Values): number => slowTax(p) / (1 - busy(p));

/** What others take lies in a bucket, of whose bound a panel says no more; what has risen is above it by as much as counts. */
const boundAbove = (seconds: number): number => BOUNDS.find((bound) => seconds <= bound) ?? Infinity;

const canBeSeen = (p: Values): boolean => {
  const inWindow = slowOrders(p) * toSeconds(WINDOW);
  const twentieth = (orders(p) * toSeconds(WINDOW)) / 20;
  return (
    busy(p) < 0.6 &&
    p.rate * toSeconds(WORK.list) * (1 - p.orderShare) < 0.5 &&
    poissonLow(inWindow) > 1.3 * twentieth &&
    slowTax(p) >= toSeconds(p.target) &&
    slowOnes(p) > RISEN * boundAbove(othersMost(p)) &&
    toSeconds(p.target) > othersMost(p) &&
    p.tolerance >= WINDOW / 2 + SCRAPE &&
    p.rest >= 2 * WINDOW + SCRAPE + PROFILE_INTERVAL
  );
};
/** Slow traces that have come by the end, with a window to come: four times as many as are enough, so that chance leaves enough. */
const tracesSeen = (p: Values): number => slowOrders(p) * p.sampled * toSeconds(p.rest - WINDOW);
const hasTraces = (p: Values): boolean => tracesSeen(p) >= 4 * ENOUGH;
const hasProfiles = (p: Values): boolean => p.profileRate * toSeconds(PROFILE_INTERVAL) * busy(p) >= 30;
/** Each user of the tenant has an order with this chance, and one that is kept with that. */
const seenBy = (p: Values, share: number): number => {
  const each = ((orders(p) * share) / USERS) * toSeconds(p.rest);
  return 1 - exp(-each);
};
/** The users in the traces that are kept are so much fewer than there are that chance does not make up for it. */
const undercounts = (p: Values): boolean => {
  const users = USERS * tenantShare(p);
  const counted = (share: number, sign: 1 | -1): number => {
    const seen = seenBy(p, share);
    return users * seen + sign * DEVIATIONS * Math.sqrt(users * seen * (1 - seen));
  };
  return counted(p.sampled, 1) < 0.9 * counted(1, -1);
};

/** So many questions are answered rightly at least, if the incident can be seen and whatever else holds. */
const answered = (count: number, ...also: readonly ((p: Values) => boolean)[]): Limit =>
  limit((p) => (canBeSeen(p) && also.every((holds) => holds(p)) ? count : 0));

/** A pillar's own questions, each by itself: metrics tell since when it is, and which endpoint. */
export const isRisen = answered(1);
/** Traces tell which hop it is, and which customer; not how many users, for most traces are not kept. */
export const isTraced = answered(1, hasTraces);
/** Lines tell how many users. */
export const isLogged = answered(1);
/** Profiles tell which code. */
export const isProfiled = answered(1, hasProfiles);
/** A log of changes tells what changed, once a trace says where. */
export const isWrittenDown = answered(1, hasTraces);

/** Both panels of the way of an order rise, the gateway's and that of the orders service: which of them it is they do not say. */
export const byMetricsMost = limit((p) => (canBeSeen(p) ? 2 : QUESTIONS.length));
/** How many are answered with that and all that comes before it. */
export const byTraces = answered(4, hasTraces);
export const wrongByTraces = answered(1, hasTraces, undercounts);
export const byLogs = answered(5, hasTraces);
export const byProfiles = answered(6, hasTraces, hasProfiles);
export const byEvents = answered(7, hasTraces, hasProfiles);
