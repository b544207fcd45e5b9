/**
 * When an alert on the users' hit ratio surely fires in the scan, and where there is surely none before it, by Che's
 * approximation for LRU. Nothing here looks at a run.
 */
import { ms, s, toSeconds, type Since } from '../../../sim-core/index.ts';
import { limitOf } from '../../application/chance.ts';
import { INTERVAL } from './limits.ts';
import { movesAt, type Values } from './params.ts';
import { before, chance, ERROR, inScan } from './steady.ts';

/** The ratio is that of the last two seconds, looked at four times a second. */
export const WINDOW = s(2);
export const LOOK = ms(250);

export const scanBegins: Since = {
  words: 'from the scan on',
  at: (params) => Math.min((params as Values).scanAt, (params as Values).length),
};

/** How far chance and the approximation may carry a hit ratio of a window. */
const room = (p: Values, hitRatio: number): number => chance(hitRatio, p.rate * toSeconds(WINDOW)) + ERROR;

/** Without the scan the ratio is surely above the threshold. */
const isQuiet = (p: Values): boolean => before(p).users - room(p, before(p).users) > p.hitRatioLeast;

/**
 * LRU: once the scan has filled the cache, and a window has passed of nothing else, the next look is below the threshold, and
 * so are all until the scan ends; the alert has to be pending by then for as long as it waits.
 */
export const firesInScan = limitOf<Values>((p) => {
  const filled = inScan(p).time / (p.rate + p.batchRate);
  const pending = Math.ceil(p.alertFor / LOOK) * LOOK;
  const within = filled + toSeconds(WINDOW + LOOK + pending);
  const isBelow = inScan(p).users + room(p, inScan(p).users) < p.hitRatioLeast;
  const left = toSeconds(p.length - scanBegins.at(p));
  const isSure = isQuiet(p) && isBelow && within < Math.min(left, toSeconds(p.scanLasts));
  return isSure ? Math.min(left, within + toSeconds(INTERVAL)) : left;
});

/** What keeps a scan out has no alert until other keys are popular, if it has none without the scan. */
export const silentUntilTheMove = limitOf<Values>((p) =>
  isQuiet(p) ? toSeconds(Math.max(0, Math.min(movesAt(p), p.length) - scanBegins.at(p))) : 0,
);
