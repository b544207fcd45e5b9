/**
 * Logs in tiers, by the day: searchable for so long, then in an archive that has to be restored before it can be read, then gone.
 *
 * As S3 keeps objects in Glacier: a standard retrieval of the flexible class takes three to five hours
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html). What is restored is one day.
 */
import { days, type Duration, type Time } from '../../kernel/time.ts';

export interface LogArchiveOptions {
  /** How long a day's logs are searchable, and how long they are kept in all. */
  readonly hot: Duration;
  readonly kept: Duration;
}

export type LogPlace = 'hot' | 'cold' | 'gone';

export const DAY = days(1);

export class LogArchive {
  private readonly options: LogArchiveOptions;
  private readonly bytes: number[] = [];

  constructor(options: LogArchiveOptions) {
    this.options = options;
  }

  /** Logs were written. */
  write(bytes: number, now: Time): void {
    const day = Math.floor(now / DAY);
    while (this.bytes.length <= day) this.bytes.push(0);
    this.bytes[day] += bytes;
  }

  /** Where the logs of a time are; a day goes as a whole, when its last line is old enough. */
  placeOf(time: Time, now: Time): LogPlace {
    const age = now - (Math.floor(time / DAY) + 1) * DAY;
    if (age < this.options.hot) return 'hot';
    return age < this.options.kept ? 'cold' : 'gone';
  }

  /** Bytes of the day of a time. */
  bytesOf(time: Time): number {
    return this.bytes[Math.floor(time / DAY)] ?? 0;
  }

  /** Bytes that are in a place now. */
  in(place: LogPlace, now: Time): number {
    return this.bytes.reduce((sum, bytes, day) => (this.placeOf(day * DAY, now) === place ? sum + bytes : sum), 0);
  }
}
