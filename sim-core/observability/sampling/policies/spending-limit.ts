/**
 * A token bucket out of which several tokens are taken at once, or none: it fills evenly up to what fits in. As
 * golang.org/x/time/rate has it: what asks for more than fits in never gets it.
 */
import { SECOND, type Time } from '../../../kernel/time.ts';

export class SpendingLimit {
  private readonly perSecond: number;
  private readonly burst: number;
  private tokens: number;
  private since: Time = 0;

  /** Tokens a second, and how many fit in: both whole numbers of 1 or more. `what`: whose limit it is. */
  constructor(what: string, perSecond: number, burst: number) {
    for (const [name, value] of Object.entries({ perSecond, burst })) {
      if (Number.isInteger(value) && value >= 1) continue;
      throw new RangeError(`${what}: ${name} is ${value}; it must be an integer of at least 1`);
    }
    this.perSecond = perSecond;
    this.burst = burst;
    this.tokens = burst;
  }

  /** Takes so many and says whether there were as many; instants do not go back. */
  spend(amount: number, now: Time): boolean {
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.since) * this.perSecond) / SECOND);
    this.since = now;
    if (amount > this.tokens) return false;
    this.tokens -= amount;
    return true;
  }
}
