/**
 * What is claimed of the retention tiers, worked out from the parameters. Nothing here looks at a run. Storage is the sum over
 * tiers of rate times retention; a day more of each is there for a while, since it is deleted once a day.
 */
import { toSeconds } from '../../../sim-core/index.ts';
import { limitOf } from '../../application/chance.ts';
import { CHANCE, DAY, DAY_SWING, HOUR, MINUTE, SLOW, USUAL } from './history.ts';
import type { Values } from './params.ts';
import { APPROXIMATE, NO_ANSWER, RIGHT, WRONG } from './questions.ts';

const limit = limitOf<Values>;

/** Numbers of metrics, and bytes of logs, that are read in a second. */
export const NUMBERS_READ = 5e6;
export const LOGS_READ = 1e9;
/** What arithmetic on doubles is off by. */
export const EXACT = 1e-9;

const LASTS = 90;
/** Count, sum, least, greatest and the counter. */
const AGGREGATES = 5;
const PER_DAY = { raw: DAY / MINUTE, fiveMinutes: (AGGREGATES * DAY) / (5 * MINUTE), hours: (AGGREGATES * DAY) / HOUR };

const bytes = (p: Values, numbers: number): number => numbers * p.series * p.numberSize;
/** So many days of each tier. */
const kept = (p: Values, raw: number, fiveMinutes: number, hours: number): number =>
  bytes(p, raw * PER_DAY.raw + fiveMinutes * PER_DAY.fiveMinutes + hours * PER_DAY.hours);

/** The last hour is on its way when it is looked at. */
export const rawLeast = limit((p) => kept(p, Math.min(p.rawKept, LASTS) - 1 / 12, 0, 0));
export const hotLeast = limit((p) => Math.min(p.hotKept, LASTS - 1) * p.logVolume * p.diskPrice * (1 - 1e-9));

/** To read a month of samples. */
const ofMonth = (p: Values): number => 30 * PER_DAY.raw * (p.seriesRead / NUMBERS_READ);
const WAY = 0.01;
const hasRaw = (p: Values): boolean => p.rawKept >= LASTS;

/** Raw samples answer everything. */
export const rawVerdict = limit((p) => (hasRaw(p) ? RIGHT : 0));
export const rawMonth = limit((p) => (hasRaw(p) && p.hoursKept === 0 && p.fiveMinutesKept === 0 ? ofMonth(p) : 0));

/** As the variant has them where the pitfall has none. */
const tiered = (p: Values): Values =>
  p.hoursKept === 0 ? { ...p, rawKept: 7, fiveMinutesKept: 14, hoursKept: 90 } : p;
export const tieredMost = limit((p) => {
  const { rawKept, fiveMinutesKept, hoursKept } = tiered(p);
  return kept(p, rawKept + 1, fiveMinutesKept + 1, hoursKept + 1);
});
/** Hours up to ten days ago, from there five minutes up to two days ago, and samples of those and of the day that they are looked at. */
export const coarseMonth = limit((p) => {
  const { rawKept, fiveMinutesKept, hoursKept } = tiered(p);
  const isCoarse = hoursKept >= 31 && fiveMinutesKept >= 11 && rawKept >= 3;
  const read = 20 * (DAY / HOUR) + 8 * (DAY / (5 * MINUTE)) + 3 * (DAY / MINUTE);
  return isCoarse ? read * (p.seriesRead / NUMBERS_READ) + WAY : ofMonth(p) + WAY;
});

/** Hot for a week, and then at the archive's price. */
export const coldMost = limit((p) => {
  const hot = p.hotKept >= LASTS ? 7 : p.hotKept;
  return p.logVolume * ((hot + 1) * p.diskPrice + (LASTS + 1 - hot) * p.coldPrice);
});
const isCold = (p: Values): boolean => p.lineAge > p.hotKept + 1 && p.lineAge < p.logsKept - 1;
export const restoreLeast = limit((p) =>
  isCold(p) || p.hotKept >= LASTS ? toSeconds(Math.min(p.restoreMin, p.restoreMax)) : 0,
);

/** No sample but the spike is as high as that. */
const MOST = USUAL * (1 + DAY_SWING) * (1 + CHANCE) * SLOW;

/** An average over five minutes is at most the spike and four of the highest samples, a fifth of each; over an hour less. */
function spikeGoneBy(p: Values): number {
  const spike = USUAL * p.spike;
  const isCoarse = LASTS - p.spikeDay > p.rawKept + 2 && p.keeps === 'averages' && spike > MOST;
  return isCoarse ? 1 - (spike + 4 * MOST) / 5 / spike : 0;
}
export const spikeGone = limit(spikeGoneBy);

export const spikeDenied = limit((p) => (p.tolerance < spikeGoneBy(p) ? WRONG : RIGHT));

/** A greatest of greatests is the greatest; an average is not. */
export const spikeKept = limit((p) => (p.keeps === 'aggregates' ? EXACT : 1));

/**
 * The 99th percentile of a month is in the middle of the slow samples, which are one in fifty: at three times the usual, less five
 * deviations of their number and of their median. Of tiers it is less than twice the usual. Of the samples of a week there are not
 * half as many slow ones as that in a month, an hour's average of that height has ten of them, of which there is none, and averages
 * of five minutes of that height, with one at noon or with two, are not a thousandth of the month.
 */
const QUANTILE_OFF = 1 - (2 * USUAL) / (0.88 * SLOW * USUAL);
export const quantileDenied = limit((p) => (p.tolerance < QUANTILE_OFF ? WRONG : RIGHT));

/** It is the samples' own as long as there are those of the month. */
export const quantileKept = limit((p) => (p.rawKept > 30 ? APPROXIMATE : WRONG));

const logsKept = (p: Values): number => Math.max(p.hotKept, p.logsKept);
export const lineKept = limit((p) => (p.lineAge < logsKept(p) ? RIGHT : WRONG));
export const lineGone = limit((p) => (p.lineAge > logsKept(p) ? NO_ANSWER : RIGHT));
/** All tiers that there are have let go of it. */
export const spikeForgotten = limit((p) =>
  LASTS - p.spikeDay > Math.max(p.rawKept, p.fiveMinutesKept, p.hoursKept) + 1 ? NO_ANSWER : RIGHT,
);

/** Raw, and as much again of five minutes, and the hours; what is younger than two days and ten is not made yet. */
export const besideLeast = limit((p) =>
  kept(p, p.rawKept - 1, Math.max(0, p.fiveMinutesKept - 3), Math.max(0, p.hoursKept - 12)),
);
