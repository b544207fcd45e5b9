/**
 * Poisson arrivals: independent of each other and of the system, so gaps are exponential. The arrivals of a large
 * population in which everybody decides alone.
 */
import { exponential } from '../../kernel/distributions/exponential.ts';
import { SECOND } from '../../kernel/time.ts';
import { checkedRate, type ArrivalProcess } from './arrivals.ts';

/** `perSecond`: mean arrivals a second, above 0. */
export function poisson(perSecond: number): ArrivalProcess {
  const gap = exponential(SECOND / checkedRate('poisson', perSecond));
  return { next: (now, random) => now + Math.round(gap.sample(random)) };
}
