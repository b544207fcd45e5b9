/**
 * The moments of a list of observations, taken one by one and never stored: count, sum, mean, variance, extremes.
 *
 * Mean and variance follow Welford's recurrence (Technometrics 4(3), 1962), which does not cancel when the mean is
 * large beside the spread; two tallies merge by the rule of Chan, Golub and LeVeque (1979). Every observation weighs
 * the same: a quantity that holds for a time, such as a queue's length, belongs in a `TimeWeighted`.
 */
export class Tally {
  #count = 0;
  #sum = 0;
  #mean = 0;
  /** The sum of squared deviations from the mean. */
  #squares = 0;
  #min = Infinity;
  #max = -Infinity;

  /** Takes one observation. Throws a RangeError on NaN and infinities. */
  add(value: number): void {
    if (!Number.isFinite(value)) throw new RangeError(`tally value: ${value} is not a finite number`);
    this.#count += 1;
    this.#sum += value;
    const deviation = value - this.#mean;
    this.#mean += deviation / this.#count;
    this.#squares += deviation * (value - this.#mean);
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  /** Takes everything that another tally has seen, as if its observations had been added here. */
  merge(other: Tally): void {
    if (other.#count === 0) return;
    const count = this.#count + other.#count;
    const gap = other.#mean - this.#mean;
    this.#squares += other.#squares + gap * gap * ((this.#count * other.#count) / count);
    this.#mean += gap * (other.#count / count);
    this.#count = count;
    this.#sum += other.#sum;
    if (other.#min < this.#min) this.#min = other.#min;
    if (other.#max > this.#max) this.#max = other.#max;
  }

  get count(): number {
    return this.#count;
  }

  /** The plain sum: exact while the observations are whole numbers and it stays below 2^53. */
  get sum(): number {
    return this.#sum;
  }

  /** NaN while nothing was added. */
  get mean(): number {
    return this.#count === 0 ? NaN : this.#mean;
  }

  /** The unbiased sample variance (divisor n − 1); NaN below two observations. */
  get variance(): number {
    return this.#count < 2 ? NaN : this.#squares / (this.#count - 1);
  }

  /** The square root of the sample variance; NaN below two observations. */
  get standardDeviation(): number {
    return Math.sqrt(this.variance);
  }

  /** NaN while nothing was added. */
  get min(): number {
    return this.#count === 0 ? NaN : this.#min;
  }

  /** NaN while nothing was added. */
  get max(): number {
    return this.#count === 0 ? NaN : this.#max;
  }
}
