/**
 * Amounts by the time that they are of, in partitions of equal width: the chunks or blocks that a store finds by their times, and
 * reads, keeps and deletes as wholes.
 */
import type { Duration, Time } from '../../../kernel/time.ts';

export class TimePartitions {
  /** What is in all of them. */
  total = 0;
  private readonly width: Duration;
  private readonly amounts: number[] = [];
  /** The number of the first one that is kept. */
  private first = 0;

  /** `width`: above 0; Infinity for a single partition. */
  constructor(width: Duration) {
    if (!(width > 0)) throw new RangeError(`time partitions: width is ${width} ns; it must be above 0`);
    this.width = width;
  }

  /** Something is added to the partition of its time; gives whether that is not deleted. */
  add(time: Time, amount: number): boolean {
    const place = this.placeOf(time);
    if (place < 0) return false;
    while (this.amounts.length <= place) this.amounts.push(0);
    this.amounts[place] += amount;
    this.total += amount;
    return true;
  }

  /** What is in the partitions that lie in a stretch of time from `from` to before `to`, or reach into it. */
  within(from: Time, to: Time): number {
    let sum = 0;
    const last = Math.min(this.amounts.length - 1, this.placeOf(to - 1));
    for (let place = Math.max(0, this.placeOf(from)); place <= last; place++) sum += this.amounts[place];
    return sum;
  }

  /** Deletes the partitions that had ended by then; gives what was in them. */
  deleteBefore(time: Time): number {
    const ended = Math.max(0, this.placeOf(time));
    let deleted = 0;
    for (const amount of this.amounts.splice(0, ended)) deleted += amount;
    this.first += ended;
    this.total -= deleted;
    return deleted;
  }

  private placeOf(time: Time): number {
    return Math.floor(time / this.width) - this.first;
  }
}
