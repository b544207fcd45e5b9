/** What every scenario of order sagas claims of their end: all or nothing, once whoever is left to do anything has had the time. */
import { s, toSeconds, type Duration, type Limit } from '../../../sim-core/index.ts';
import { limitOf } from '../../application/chance.ts';
import { PRICE } from './order-services.ts';

/** Orders, and what befalls services, stop so long before the end. */
export const DRAIN = s(8);

interface Ordering {
  readonly rate: number;
  readonly length: Duration;
}

/** Sagas half done at the end, and their money: none where everything is settled by then, and else no more than were asked for. */
export function endingLimits<Values extends Ordering>(
  isSettled: (p: Values) => boolean,
): Readonly<Record<'allOrNothing' | 'nothingStranded', Limit>> {
  const halfDone = (p: Values): number => (isSettled(p) ? 0 : p.rate * toSeconds(p.length));
  return {
    allOrNothing: limitOf<Values>(halfDone),
    nothingStranded: limitOf<Values>((p) => PRICE * halfDone(p)),
  };
}
