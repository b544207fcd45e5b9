/**
 * When a redrive stops itself: of the last dead letters that it took out too large a share had come back from it since it last
 * began. What it sends is still poison, and sending it is load that brings nothing. What came back before a stop says nothing
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
   * Notes a dead letter that is taken out, and when it was redriven last, if ever. Gives the share that has come back if that is too
   * large: then it is stopped.
   */
  note(redrivenAt: Time | undefined, now: Time): number | undefined {
    const { options, samples } = this;
    if (options === undefined) return undefined;
    samples.push(redrivenAt !== undefined && redrivenAt >= this.since);
    if (samples.length < options.samples) return undefined;
    const share = samples.filter(Boolean).length / samples.length;
    samples.shift();
    if (share <= options.share) return undefined;
    this.samples = [];
    this.stoppedUntil = now + options.pause;
    this.since = this.stoppedUntil;
    return share;
  }
}
