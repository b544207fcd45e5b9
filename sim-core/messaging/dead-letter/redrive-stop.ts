/**
 * When a redrive stops itself: of the last dead letters that it took out too large a share had come back from it since it last
 * began. A letter that it could not publish, and that it is given again, is one of them once. What it sends is still poison, and sending it is load that brings nothing. What came back before a stop says nothing
 * about now, and is tried again after it.
 */
import type { Duration, Time } from '../../kernel/time.ts';

export interface RedriveStopOptions {
  /** A larger share than this is too much, of the last so many. */
  readonly share: number;
  readonly samples: number;
  /** For how long it stops. */
  readonly pause: Duration;
}

export class RedriveStop {
  private readonly options: RedriveStopOptions | undefined;
  private stoppedUntil: Time = 0;
  /** When it began, or began anew after a stop. */
  private since: Time = 0;
  /** Of the last dead letters: whether each had come back from it since. */
  private samples: boolean[] = [];
  /** The letters that are noted and not gone, by what tells their deliveries apart. */
  private readonly noted = new Set<string | number>();

  /** Without options it never stops. */
  constructor(options: RedriveStopOptions | undefined) {
    this.options = options;
  }

  get until(): Time {
    return this.stoppedUntil;
  }

  begin(now: Time): void {
    this.since = now;
  }

  /**
   * Notes a dead letter that is taken out, unless it is noted, and when it was redriven last, if ever. Gives the share that has come
   * back if that is too large: then it is stopped. `letter`: what tells it from others, and from itself once it has come back.
   */
  note(letter: string | number, redrivenAt: Time | undefined, now: Time): number | undefined {
    const { options, samples, noted } = this;
    if (options === undefined || noted.has(letter)) return undefined;
    noted.add(letter);
    samples.push(redrivenAt !== undefined && redrivenAt >= this.since);
    if (samples.length < options.samples) return undefined;
    const share = samples.filter(Boolean).length / samples.length;
    samples.shift();
    if (share <= options.share) return undefined;
    this.samples = [];
    noted.clear();
    this.stoppedUntil = now + options.pause;
    this.since = this.stoppedUntil;
    return share;
  }

  /** A letter was published. */
  gone(letter: string | number): void {
    this.noted.delete(letter);
  }
}
