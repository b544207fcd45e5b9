/** How many requests come, in the mean: days from 6 to 22 o'clock at one rate, nights at a small part of it. A run begins at 6. */
import { hours, HOUR, toSeconds, type Duration, type Time } from '../../../sim-core/index.ts';
import type { Values } from './params.ts';

const DAY = hours(24);
const DAYLIGHT = hours(16);
/** How long a deploy takes. */
export const DEPLOY: Duration = HOUR / 30;

/** The mean rate a second at an instant. */
export const rateAt = ({ rate, nightShare }: Values, at: Time): number =>
  at % DAY < DAYLIGHT ? rate : rate * nightShare;

/** Requests that come between two instants, in the mean; none before the start. */
export function requestsBetween(p: Values, from: Time, to: Time): number {
  return requestsUntil(p, to) - requestsUntil(p, from);
}

function requestsUntil({ rate, nightShare }: Values, at: Time): number {
  if (at <= 0) return 0;
  const whole = Math.floor(at / DAY);
  const rest = at - whole * DAY;
  const day = whole * DAYLIGHT + Math.min(rest, DAYLIGHT);
  const night = at - day;
  return rate * toSeconds(day) + rate * nightShare * toSeconds(night);
}

/** An instant by its day, counted from 0, and its hour of the day that begins at 6. */
export const instant = (day: number, hour: number): Time => day * DAY + hour * HOUR;

/** Whether a deploy is going on: one begins at 15 o'clock of each day. */
export const isDeploying = (at: Time): boolean => at % DAY >= hours(9) && at % DAY < hours(9) + DEPLOY;

/** Deploys that are over before the end of a run of this length. */
export const deploysIn = (length: Duration): number => Math.floor((length - hours(9) - DEPLOY) / DAY) + 1;

/** Silences over all deploys of a run, as somebody has set them up once for all. */
export const silencesOf = ({ silence, length }: Values): { readonly startsAt: Time; readonly endsAt: Time }[] =>
  silence === 0
    ? []
    : Array.from({ length: deploysIn(length) }, (_, day) => {
        const startsAt = instant(day, 9);
        return { startsAt, endsAt: startsAt + silence };
      });
