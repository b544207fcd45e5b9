/**
 * The least rate of traces that a client of Jaeger's samples of an operation, whatever the probability: a bucket of credits
 * that holds one second's worth, and one at least. A trace that was sampled anyway takes a credit where there is one.
 * https://github.com/jaegertracing/jaeger-client-go/blob/master/sampler.go (`GuaranteedThroughputProbabilisticSampler`)
 */
import { SECOND, type Time } from '../../../kernel/time.ts';

export class LeastRate {
  private readonly perSecond: number;
  private readonly most: number;
  private credits: number;
  private since: Time = 0;

  /** 0 or more; at 0 there is one trace, at the start. */
  constructor(perSecond: number) {
    this.perSecond = perSecond;
    this.most = Math.max(1, perSecond);
    this.credits = this.most;
  }

  /** Takes a credit if there is one. */
  take(now: Time): boolean {
    this.credits = Math.min(this.most, this.credits + ((now - this.since) * this.perSecond) / SECOND);
    this.since = now;
    if (this.credits < 1) return false;
    this.credits--;
    return true;
  }
}
