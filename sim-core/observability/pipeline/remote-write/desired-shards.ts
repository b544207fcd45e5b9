/**
 * How many shards Prometheus' remote write runs: as many as it takes to send what comes in, and a twentieth of what is pending
 * besides, each second. A shard sends one request at a time, so they are the samples a second times the time that one sample
 * takes to be sent, both smoothed, rounded up. Small changes of that are not made, nor is one downwards while it is more than 10 s behind.
 *
 * https://github.com/prometheus/prometheus/blob/main/storage/remote/queue_manager.go (`calculateDesiredShards`, `ewmaRate`)
 */
import { s, toSeconds, type Duration } from '../../../kernel/time.ts';

export const SHARD_UPDATE: Duration = s(10);
const EWMA_WEIGHT = 0.2;
const TOLERANCE = 0.3;
const CATCH_UP = 0.05;
const BEHIND = s(10);

export interface ShardBounds {
  readonly minShards: number;
  readonly maxShards: number;
}

/** Events a second, smoothed over ticks. */
class EwmaRate {
  rate = 0;
  private events = 0;
  private hasBegun = false;

  add(events: number): void {
    this.events += events;
  }

  tick(): void {
    const now = this.events / toSeconds(SHARD_UPDATE);
    if (this.hasBegun) this.rate += EWMA_WEIGHT * (now - this.rate);
    else if (this.events > 0) {
      this.hasBegun = true;
      this.rate = now;
    }
    this.events = 0;
  }
}

export class DesiredShards {
  private readonly bounds: ShardBounds;
  private readonly incoming = new EwmaRate();
  private readonly outgoing = new EwmaRate();
  private readonly duration = new EwmaRate();
  /** What it would have at the last tick, before bounds and rounding. */
  desired = 0;

  constructor(bounds: ShardBounds) {
    const { minShards, maxShards } = bounds;
    if (!(Number.isInteger(minShards) && minShards >= 1)) {
      throw new RangeError(`remote write: minShards is ${minShards}; it must be an integer of at least 1`);
    }
    if (!(maxShards >= minShards)) {
      throw new RangeError(`remote write: maxShards is ${maxShards}; it must be at least minShards, ${minShards}`);
    }
    this.bounds = bounds;
  }

  received(samples: number): void {
    this.incoming.add(samples);
  }

  /** A request ended, by whatever answer, so long after its first attempt began. */
  sent(samples: number, took: Duration): void {
    this.outgoing.add(samples);
    this.duration.add(toSeconds(took));
  }

  /** To be asked every `SHARD_UPDATE`: how many there are to be, of `shards` now, with the oldest sample so far behind. */
  tick(shards: number, lag: Duration): number {
    const { incoming, outgoing, duration, bounds } = this;
    for (const rate of [incoming, outgoing, duration]) rate.tick();
    if (outgoing.rate <= 0) return shards;
    const timePerSample = duration.rate / outgoing.rate;
    const pending = toSeconds(lag) * incoming.rate;
    this.desired = timePerSample * (incoming.rate + CATCH_UP * pending);
    const whole = Math.ceil(this.desired);
    if (Math.abs(whole - shards) <= TOLERANCE * shards) return shards;
    if (whole < shards && lag > BEHIND) return shards;
    return Math.min(bounds.maxShards, Math.max(bounds.minShards, whole));
  }
}
