/**
 * How often and how far apart SNS tries to deliver to a queue of SQS that is away: three times at once, twice a second apart,
 * ten times backing off from 1 s to 20 s, and then every 20 s, 100,015 attempts in all, over 23 days (Amazon SNS Developer
 * Guide, "Message delivery retries"). It adds jitter, how much is not said: none here.
 */
import { pow } from '../../kernel/maths.ts';
import { s, type Duration } from '../../kernel/time.ts';

export const ATTEMPTS_MAX = 100_015;

const [AT_ONCE, PRE_BACKOFF, BACKOFF] = [3, 2, 10];
const LONGEST = 20;

/** How long it waits after so many attempts that failed, at least one. */
export function waitAfter(attempts: number): Duration {
  if (attempts <= AT_ONCE) return 0;
  const backedOff = attempts - AT_ONCE - PRE_BACKOFF - 1;
  if (backedOff < 0) return s(1);
  return s(backedOff < BACKOFF ? pow(LONGEST, backedOff / (BACKOFF - 1)) : LONGEST);
}
