/**
 * What is claimed of a replica that fails a share of what it is asked, worked out from the parameters. Nothing here looks at a run.
 *
 * While it is in use it fails x = rate / replicas * share a second. In a row so many fail that all of them do, f of them: that is x share^(f-1)
 * (1 - share) a second. By success rates Envoy ejects whoever is more than 1.9 standard deviations below the mean: if one of n has
 * failures and the others none it is sqrt(n - 1) deviations below, whatever its share, so that from five replicas on it is found by one look.
 */
import { exp, pow, toSeconds, OUTLIER_DEFAULTS } from '../../../sim-core/index.ts';
import { poissonLow } from '../../application/chance.ts';
import { troubleLasts } from '../../application/trouble.ts';
import { mayEject } from './ejection-limits.ts';
import {
  SWEEP,
  atLeastLimit,
  atMostLimit,
  fairRate,
  inTrouble,
  isInTurn,
  lateElsewhere,
  most,
  othersKeepUp,
  patience,
  UNTOLD,
  WAY,
} from './fleet.ts';
import type { Values } from './params.ts';

const look = toSeconds(SWEEP);
const out = (p: Values, nth: number): number => Math.ceil((nth * toSeconds(p.ejectionTime)) / look) * look;

/** Nothing fails but what the first replica fails: in turn, while the others keep up, and the gateway waits for all. */
const isPartial = (p: Values): boolean =>
  p.trouble === 'fails-some' && isInTurn(p) && !p.timesOut && othersKeepUp(p) && patience(p) < toSeconds(UNTOLD);

/** Rows of failures that are long enough, in the trouble: no more than that but once in ten thousand runs. */
const rowsMost = (p: Values): number => {
  const { failingShare, failures } = p;
  const expected =
    fairRate(p) * troubleLasts(p) * pow(failingShare, failures) * (1 - failingShare) + pow(failingShare, failures);
  let [count, chance, beyond] = [0, exp(-expected), 1 - exp(-expected)];
  while (beyond > 1 / 10_000 && chance > 0) beyond -= chance *= expected / ++count;
  return count;
};
const byRows = (p: Values): boolean => isPartial(p) && p.ejects && p.ejectsFor === 'failures-in-a-row';
export const rowsAreRare = atMostLimit((p) => (byRows(p) ? rowsMost(p) : inTrouble(p)));

/** What is failed all the same: while it is not out for those rows, each time longer than before. */
export const failsOn = atLeastLimit((p) => {
  if (!isPartial(p) || (p.ejects && !byRows(p))) return 0;
  let away = 0;
  if (p.ejects) for (let nth = 1; nth <= rowsMost(p); nth++) away += out(p, nth) + look;
  return Math.floor(poissonLow(fairRate(p) * p.failingShare * Math.max(0, troubleLasts(p) - away)));
});

/**
 * Whether that is found, by success rates unless it goes by percentages: not asking whether it is looked for, since the pitfall's run is held
 * against it as well. Looks that it takes: two. One finds it if its interval had calls and failures enough; either is short of that by 2.5
 * deviations once in 160 times, and twice in a row once in 25,000.
 */
const LOOKS = 2;
function isFound(p: Values): boolean {
  if (!isPartial(p) || !mayEject(p) || p.replicas < OUTLIER_DEFAULTS.successRateMinimumHosts) return false;
  const comes = p.rate * look;
  const calls = (comes - 2.5 * Math.sqrt(comes)) / p.replicas - 1;
  const failing = fairRate(p) * p.failingShare * look;
  const fails = failing - 2.5 * Math.sqrt(failing);
  if (p.ejectsFor !== 'failure-percentage') return calls >= OUTLIER_DEFAULTS.successRateRequestVolume && fails >= 1;
  const least = Math.max(1, p.failurePercentage * fairRate(p) * look);
  return calls >= OUTLIER_DEFAULTS.failurePercentageRequestVolume && fails >= least;
}

/** Seconds of the trouble that it is in use at most, and ejections by its end at least: the first takes a look more if the trouble begins between two. */
function stretches(p: Values): { used: number; ejections: number } {
  const lasts = troubleLasts(p);
  let [at, used, ejections] = [0, 0, 0];
  for (let inUse = (LOOKS + 1) * look; at < lasts; inUse = LOOKS * look) {
    used += Math.min(inUse, lasts - at);
    at += inUse;
    if (at > lasts) break;
    at += out(p, ++ejections);
  }
  return { used, ejections };
}
export const foundBySight = atLeastLimit((p) => (isFound(p) ? stretches(p).ejections : 0));
export const failsWhileInUse = atMostLimit((p) => {
  if (!isFound(p)) return most(inTrouble(p));
  return most(fairRate(p) * p.failingShare * stretches(p).used) + lateElsewhere(p, patience(p) - WAY);
});
