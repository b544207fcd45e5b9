/** One resolution of a series: what is kept of each stretch of that width, in order, from the oldest that is not deleted on. */
import type { Duration, Time } from '../../kernel/time.ts';
import type { Aggregate } from './aggregate.ts';

export class Resolution {
  readonly width: Duration;
  private readonly kept: Aggregate[] = [];
  /** The number of the first stretch that is kept, from the beginning of time. */
  private first = 0;

  constructor(width: Duration) {
    if (!(width > 0)) throw new RangeError(`resolution: width is ${width} ns; it must be above 0`);
    this.width = width;
  }

  /** Stretches that are kept. */
  get size(): number {
    return this.kept.length;
  }

  /** From when on there is everything. */
  get from(): Time {
    return this.first * this.width;
  }

  /** Up to when there is something. */
  get to(): Time {
    return (this.first + this.kept.length) * this.width;
  }

  /** The next stretch is there. */
  add(aggregate: Aggregate): void {
    this.kept.push(aggregate);
  }

  /** What is kept of the stretches that lie in a time, or reach into it. */
  within(from: Time, to: Time): readonly Aggregate[] {
    const begin = Math.max(0, Math.floor(from / this.width) - this.first);
    return this.kept.slice(begin, Math.max(begin, Math.ceil(to / this.width) - this.first));
  }

  /** Deletes the stretches that had ended by then. */
  deleteBefore(time: Time): void {
    const ended = Math.max(0, Math.min(this.kept.length, Math.floor(time / this.width) - this.first));
    this.kept.splice(0, ended);
    this.first += ended;
  }
}
