/** Reads one capacity at the end of each interval: how much of it was in use and how many waited, over all and at most. */
import type { BusyCapacity, Capacity } from '../../kernel/capacity.ts';
import type { Duration, Time } from '../../kernel/time.ts';
import type { MeasuredCapacity } from './measures.ts';

export class CapacityMeter {
  private readonly capacity: Capacity;
  private readonly inUse = new Level();
  private readonly waiting = new Level();
  /** Integrals and counts up to the last reading. */
  private inUseBefore = 0;
  private waitingBefore = 0;
  private refusedBefore = 0;

  constructor(capacity: Capacity) {
    this.capacity = capacity;
  }

  /** An interval ends; the first ones, of the warm-up, do not count. */
  endInterval(from: Time, to: Time, isCounted: boolean): void {
    const { capacity } = this;
    const lasted = to - from;
    if (capacity.kind === 'room') {
      if (isCounted) this.inUse.add(capacity.held() * lasted, lasted);
      return;
    }
    this.read(capacity, to, isCounted ? lasted : 0);
  }

  finish(): MeasuredCapacity {
    const { capacity, inUse, waiting } = this;
    const units = capacity.units();
    const counted = capacity.kind === 'busy' && capacity.line !== undefined;
    return {
      name: capacity.name,
      units,
      isMeantToFill: capacity.kind === 'room' && capacity.isMeantToFill === true,
      utilization: inUse.mean / units,
      utilizationMax: inUse.max / units,
      waiting: counted ? waiting.mean : NaN,
      waitingMax: counted ? waiting.max : NaN,
      refused: counted ? capacity.line.refused() - this.refusedBefore : NaN,
    };
  }

  private read({ inUseTime, line }: BusyCapacity, to: Time, lasted: Duration): void {
    const inUse = inUseTime(to);
    if (lasted > 0) this.inUse.add(inUse - this.inUseBefore, lasted);
    this.inUseBefore = inUse;
    if (line === undefined) return;
    const waiting = line.waitingTime(to);
    if (lasted > 0) this.waiting.add(waiting - this.waitingBefore, lasted);
    else this.refusedBefore = line.refused();
    this.waitingBefore = waiting;
  }
}

/** A number that is known by its integral over intervals; NaN before there was one. */
class Level {
  max = NaN;
  private integral = 0;
  private time: Duration = 0;

  add(integral: number, lasted: Duration): void {
    const mean = integral / lasted;
    if (!(mean <= this.max)) this.max = mean;
    this.integral += integral;
    this.time += lasted;
  }

  get mean(): number {
    return this.time === 0 ? NaN : this.integral / this.time;
  }
}
