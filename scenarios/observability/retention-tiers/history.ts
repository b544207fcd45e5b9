/**
 * What was: the slowest request of each minute, with the day's rise and fall, chance, and now and then one that is three times as
 * slow; and one spike of half a minute. It is written to the archive every ten minutes, and remembered here as it was.
 */
import {
  BackgroundRequests,
  hours,
  Link,
  minutes,
  register,
  type ArchiveWrite,
  type Component,
  type Simulation,
  type TelemetryArchive,
  type Time,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import type { Values } from './params.ts';

export const MINUTE = minutes(1);
export const HOUR = hours(1);
export const DAY = 24 * HOUR;
const WRITTEN_EVERY = minutes(10);
/** In milliseconds: the usual, how much the day and chance make of it, and a slow one. */
export const USUAL = 100;
export const DAY_SWING = 0.5;
export const CHANCE = 0.1;
export const SLOW_SHARE = 0.02;
export const SLOW = 3;
/** The hour of the day at which the spike is. */
export const SPIKE_HOUR = 3;

export class History implements Component {
  readonly name = 'services';
  readonly kind = 'client';
  readonly help = 'Services, whose slowest request of each minute is a sample, and whose logs are written';
  readonly signals = [];
  readonly interventions = {};
  private readonly samples: number[] = [];

  constructor(sim: Simulation, p: Values, archive: TelemetryArchive) {
    const requests = new BackgroundRequests(sim);
    const link = new Link<ArchiveWrite, undefined>(sim, archive, { from: this.name, delay: nearby });
    const random = sim.random('samples');
    const spikeAt = (p.spikeDay * DAY + SPIKE_HOUR * HOUR) / MINUTE + Math.floor(sim.random('the spike').next() * 60);
    const kind = sim.eventKind('ten minutes are over');
    const write = (): void => {
      const samples = new Float64Array(WRITTEN_EVERY / MINUTE);
      for (let i = 0; i < samples.length; i++) {
        const number = this.samples.length;
        const chance = 1 + CHANCE * (2 * random.next() - 1);
        const slow = random.next() < SLOW_SHARE ? SLOW : 1;
        samples[i] = number === spikeAt ? USUAL * p.spike : USUAL * ofDay(number) * chance * slow;
        this.samples.push(samples[i]);
      }
      link.send({ until: sim.now, samples, logBytes: (p.logVolume * 1e9 * WRITTEN_EVERY) / DAY }, requests.next());
      sim.schedule(WRITTEN_EVERY, write, undefined, kind);
    };
    sim.schedule(WRITTEN_EVERY, write, undefined, kind);
    register(sim, this);
  }

  /** What was, from one instant to another. */
  within(from: Time, to: Time): Float64Array {
    return Float64Array.from(this.samples.slice(from / MINUTE, to / MINUTE));
  }

  state(): Readonly<Record<string, number>> {
    return { 'hours so far': this.samples.length / 60 };
  }

  violations(): readonly string[] {
    return [];
  }
}

/** Low at midnight and high at noon, in straight lines, around 1. */
function ofDay(minute: number): number {
  const share = (minute % (DAY / MINUTE)) / (DAY / MINUTE);
  return 1 + DAY_SWING * (1 - 4 * Math.abs(share - 0.5));
}
