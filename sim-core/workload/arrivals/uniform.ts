/** Arrivals at equal distances: a load generator that fires by the clock, from the moment at which it is started. */
import { SECOND, type Time } from '../../kernel/time.ts';
import { checkedRate, type ArrivalProcess } from './arrivals.ts';

/** `perSecond`: arrivals a second, above 0. The first comes one gap after the start. */
export function uniformArrivals(perSecond: number): ArrivalProcess {
  const gap = SECOND / checkedRate('uniform', perSecond);
  let start: Time | undefined;
  let count = 0;
  return {
    next(now) {
      start ??= now;
      return start + Math.round(++count * gap);
    },
  };
}
