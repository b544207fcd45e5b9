/**
 * That traces are cut behind a balancer, worked out from the parameters by the chance that none is. Nothing here looks at a run.
 *
 * A request that is refused fails in payments, orders and the gateway, but not in auth: its trace is cut where what auth has of it went to a
 * collector that none of the other three's parts went to. Exports go to collectors in turn. In the peak some services send
 * as soon as a batch is full and others when their delay is over, so that which collector a service's next export meets is a
 * throw of its own. Between two exports, of whomever, all that is refused has the same four: a chain whose states are the four
 * collectors, of which each step throws one again. Outside the peak exports have a fixed order, and nothing is claimed.
 */
import { BATCH_LIMITS, exp, NotClaimed, toSeconds } from '../../../sim-core/index.ts';
import { limitOf, oncePerRun } from '../../application/chance.ts';
import { hasAllInTime, judgedUntil, peakBefore, peakRate, refusedIn } from './limits.ts';
import type { Values } from './params.ts';

/** Of `some` of anything: a chance that is met once in twenty thousand runs. */
const HARDLY = 1 / 20_000;
/** More collectors only make it likelier that auth's part is alone. */
const COLLECTORS_MAX = 4;

/** Exports a second in the peak, of auth, the gateway, orders and payments: by size or by delay, whichever is sooner. */
function exportRates(p: Values): number[] {
  const spans = [1, 3, 2 + p.writes, 2 * p.writes];
  return spans.map((each) =>
    Math.max(1 / toSeconds(p.exportDelay), (each * peakRate(p)) / BATCH_LIMITS.traces.batchMax),
  );
}

/** The chance that no request that is refused in the peak has auth's part alone at a collector. */
const noneAlone = oncePerRun((p: Values): number => {
  const seconds = peakBefore(p, judgedUntil(p));
  const rates = exportRates(p);
  const exported = rates.reduce((sum, rate) => sum + rate, 0);
  const steps = Math.floor(exported * seconds);
  const refused = refusedIn(p, p.writes * peakRate(p) * seconds);
  if (steps === 0 || refused <= 0) return 1;
  // In a step's time nobody need be refused.
  const goesOn = exp(-refused / steps);
  const k = Math.min(p.collectors, COLLECTORS_MAX);
  const places = [1, k, k * k, k * k * k];
  const at = (state: number, who: number): number => Math.floor(state / places[who]) % k;
  const isAlone = (state: number): boolean => [1, 2, 3].every((who) => at(state, who) !== at(state, 0));
  const left = (chance: number, state: number): number => (isAlone(state) ? chance * goesOn : chance);
  let chances = Array.from({ length: k ** 4 }, (_, state) => left(1 / k ** 4, state));
  for (let step = 1; step < steps; step++) {
    const next = chances.map(() => 0);
    for (const [state, chance] of chances.entries()) {
      for (const [who, rate] of rates.entries()) {
        const others = state - at(state, who) * places[who];
        for (let thrown = 0; thrown < k; thrown++)
          next[others + thrown * places[who]] += (chance * rate) / exported / k;
      }
    }
    chances = next.map(left);
  }
  return chances.reduce((sum, chance) => sum + chance, 0);
});

const NOT_SURE = new NotClaimed('chance may have all parts of every trace meet one that is kept');

/** At least one, where there is none once in twenty thousand runs. */
export const someCut = limitOf<Values>((p) => {
  const isBySize = exportRates(p).some((rate) => rate > 1 / toSeconds(p.exportDelay));
  return p.collectors > 1 && isBySize && hasAllInTime(p) && noneAlone(p) <= HARDLY ? 1 : NOT_SURE;
});
