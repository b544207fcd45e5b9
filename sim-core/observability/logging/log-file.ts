/**
 * A log file on the disk of a node: whatever is written is appended, and when it is full it is renamed and a new one begun; so many renamed
 * files are kept, and the oldest is deleted whether somebody has read it or not. With none kept it is as if the file were
 * truncated (logrotate's `copytruncate`): what was not read by then is lost
 * (https://man7.org/linux/man-pages/man8/logrotate.8.html).
 *
 * Lines are numbered all through. Does not model that a disk is slow or full.
 */
import type { LogLine } from './logger.ts';

export interface LogFileOptions {
  /** A file that has grown to so many bytes is renamed; above 0. */
  readonly bytesMax: number;
  /** Renamed files that are kept: an integer of at least 0. */
  readonly keeps: number;
}

/** One line of the file, of the several that a record may have. */
export interface PhysicalLine {
  readonly text: string;
  readonly of: LogLine;
}

export class LogFile {
  private readonly options: LogFileOptions;
  /** The last one is that which is being written. */
  private readonly files: { lines: PhysicalLine[]; bytes: number }[] = [{ lines: [], bytes: 0 }];
  /** The number of the first line of the oldest file. */
  private first = 0;
  private count = 0;

  constructor(options: LogFileOptions) {
    const { bytesMax, keeps } = options;
    if (!(bytesMax > 0)) throw new RangeError(`log file: bytesMax is ${bytesMax}; it must be above 0`);
    if (!Number.isInteger(keeps) || keeps < 0) {
      throw new RangeError(`log file: keeps is ${keeps}; it must be an integer of at least 0`);
    }
    this.options = options;
  }

  /** The number of the next line to be written. */
  get end(): number {
    return this.count;
  }

  /** The number of the oldest line that is still there. */
  get begin(): number {
    return this.first;
  }

  append(line: LogLine): void {
    let file = this.files[this.files.length - 1];
    if (file.bytes >= this.options.bytesMax) {
      file = { lines: [], bytes: 0 };
      this.files.push(file);
      if (this.files.length > this.options.keeps + 1) this.first += this.files.shift()!.lines.length;
    }
    const texts = line.text.includes('\n') ? line.text.split('\n') : [line.text];
    for (const text of texts) file.lines.push({ text, of: line });
    file.bytes += line.bytes + 1;
    this.count += texts.length;
  }

  /** Up to so many lines from a number on, or from the oldest that is there, which may be further on. */
  read(from: number, max: number): readonly PhysicalLine[] {
    const lines: PhysicalLine[] = [];
    let number = Math.max(from, this.first);
    let [place, begins] = [0, this.first];
    while (lines.length < max && place < this.files.length) {
      const file = this.files[place].lines;
      if (number < begins + file.length) lines.push(file[number++ - begins]);
      else {
        begins += file.length;
        place++;
      }
    }
    return lines;
  }
}
