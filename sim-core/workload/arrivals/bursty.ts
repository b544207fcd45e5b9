/**
 * Bursty arrivals: a Markov-modulated Poisson process of two states, calm and burst, each lasting an exponential time
 * (Fischer & Meier-Hellstern 1993, "The Markov-modulated Poisson process (MMPP) cookbook"). The mean rate is the mean
 * of the two weighted by how long they last.
 */
import { exponential } from '../../kernel/distributions/exponential.ts';
import { SECOND, type Duration, type Time } from '../../kernel/time.ts';
import { checkedRate, type ArrivalProcess } from './arrivals.ts';

export interface BurstyOptions {
  /** Arrivals a second while calm, above 0. */
  readonly calmPerSecond: number;
  /** Arrivals a second in a burst, above 0. */
  readonly burstPerSecond: number;
  /** Mean length of a calm spell. */
  readonly calmMean: Duration;
  /** Mean length of a burst. */
  readonly burstMean: Duration;
}

export function bursty(options: BurstyOptions): ArrivalProcess {
  const states = [
    {
      gap: exponential(SECOND / checkedRate('bursty calm', options.calmPerSecond)),
      stay: exponential(options.calmMean),
    },
    {
      gap: exponential(SECOND / checkedRate('bursty burst', options.burstPerSecond)),
      stay: exponential(options.burstMean),
    },
  ];
  let state = 0;
  let changesAt: Time = -1;
  return {
    next(now, random) {
      if (changesAt < 0) changesAt = now + states[state].stay.sample(random);
      let time = now;
      for (;;) {
        time += states[state].gap.sample(random);
        if (time <= changesAt) return Math.max(now, Math.round(time));
        time = changesAt;
        state = 1 - state;
        changesAt = time + states[state].stay.sample(random);
      }
    },
  };
}
