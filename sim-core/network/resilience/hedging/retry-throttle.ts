/**
 * gRPC's throttling of retries and hedges: a bucket of tokens for one server name. Each failure takes a token out, each success puts
 * a fraction of one in, and only while more than half of the bucket is left may anything be sent that is not a first call.
 * https://github.com/grpc/proposal/blob/master/A6-client-retries.md#throttling-retry-attempts-and-hedged-rpcs
 *
 * Tokens are counted in thousandths, as gRPC's `tokenRatio` is given to three digits: no rounding gathers.
 */
export interface RetryThrottleOptions {
  /** What the bucket holds, and begins with: an integer from 1 to 1000. */
  readonly maxTokens: number;
  /** What a success puts in: above 0, of which three digits after the point count. */
  readonly tokenRatio: number;
}

const THOUSANDTHS = 1000;

export class RetryThrottle {
  private readonly most: number;
  private readonly ratio: number;
  private thousandths: number;

  constructor({ maxTokens, tokenRatio }: RetryThrottleOptions) {
    if (!(Number.isInteger(maxTokens) && maxTokens >= 1 && maxTokens <= 1000)) {
      throw new RangeError(`retry throttle: maxTokens is ${maxTokens}; it must be an integer from 1 to 1000`);
    }
    if (!(tokenRatio >= 0.001)) {
      throw new RangeError(`retry throttle: tokenRatio is ${tokenRatio}; it must be 0.001 or more`);
    }
    this.most = this.thousandths = maxTokens * THOUSANDTHS;
    // 1.001 x 1000 is a little less than 1001.
    this.ratio = Math.floor(tokenRatio * THOUSANDTHS + 1e-6);
  }

  get tokens(): number {
    return this.thousandths / THOUSANDTHS;
  }

  /** Whether a retry or a hedge may be sent. */
  get permits(): boolean {
    return this.thousandths > this.most / 2;
  }

  succeeded(): void {
    this.thousandths = Math.min(this.most, this.thousandths + this.ratio);
  }

  failed(): void {
    this.thousandths = Math.max(0, this.thousandths - THOUSANDTHS);
  }
}
