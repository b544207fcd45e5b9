/**
 * What the readers of text formats share: pieces of the file are copied behind what the last record left over, so
 * that a format's scanner always sees whole records in one array, wherever the pieces were cut. A last line without
 * its newline is given one.
 */
import { KeyBatch, NEWLINE, TraceError, type TraceReader, withThousands } from './trace-reader.ts';

/** No record of a sound trace is longer; a file that is no text at all is told by this, before it fills the memory. */
export const MAX_RECORD_BYTES = 65_536;

/** One text format. */
export interface RecordScanner {
  /** The number of the line at which the next record starts, from 1. */
  readonly line: number;
  /**
   * Puts the keys of the records in `bytes[start..end)` into the batch, until it is full, and returns where it
   * stopped: at the first record whose end is not in sight. `bytes[end]` is a newline that belongs to no record, so
   * that a loop that looks for one needs no second test. May write into `bytes[start..end)`. Throws `TraceError`.
   */
  scan(bytes: Uint8Array, start: number, end: number, batch: KeyBatch): number;
  /** What to say of a record that the trace's end leaves open. */
  readonly unfinished: string;
}

export class TextReader implements TraceReader {
  readonly #scanner: RecordScanner;
  readonly #batch: KeyBatch;
  #start = 0;
  #end = 0;

  constructor(scanner: RecordScanner, withSizes = false) {
    this.#scanner = scanner;
    this.#batch = new KeyBatch(withSizes);
  }

  get requests(): number {
    return this.#batch.total;
  }

  *read(piece: Uint8Array): Iterable<KeyBatch> {
    this.#append(piece);
    const batch = this.#batch;
    let stopped = false;
    while (!stopped) {
      batch.clear();
      this.#start = this.#scanner.scan(batch.bytes, this.#start, this.#end, batch);
      stopped = !batch.isFull;
      if (batch.count > 0) yield batch;
    }
    batch.clear();
    if (this.#end - this.#start > MAX_RECORD_BYTES) throw tooLong(this.#scanner.line, this.requests);
  }

  *end(): Iterable<KeyBatch> {
    if (this.#end > this.#start && this.#batch.bytes[this.#end - 1] !== NEWLINE) {
      yield* this.read(Uint8Array.of(NEWLINE));
    }
    if (this.#end > this.#start) {
      throw new TraceError(`line ${this.#scanner.line}`, this.#scanner.unfinished, this.requests);
    }
  }

  #append(piece: Uint8Array): void {
    const batch = this.#batch;
    const left = this.#end - this.#start;
    if (left + piece.length + 1 > batch.bytes.length) {
      const larger = new Uint8Array(piece.length + MAX_RECORD_BYTES + 1 + left);
      larger.set(batch.bytes.subarray(this.#start, this.#end));
      batch.bytes = larger;
    } else {
      batch.bytes.copyWithin(0, this.#start, this.#end);
    }
    batch.bytes.set(piece, left);
    this.#start = 0;
    this.#end = left + piece.length;
    batch.bytes[this.#end] = NEWLINE;
  }
}

export const tooLong = (line: number, goodRequests: number): TraceError =>
  new TraceError(
    `line ${line}`,
    `is longer than ${withThousands(MAX_RECORD_BYTES)} bytes, which no key is`,
    goodRequests,
  );

/** A space, a tab or the CR of a line that ends in CR LF. */
export const isBlank = (byte: number): boolean => byte === 32 || byte === 9 || byte === 13;

/** Where `bytes[start..end)` begins without the blanks before it; `end` where there is nothing else. */
export function trimmedStart(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(bytes[at])) at++;
  return at;
}

/** Where `bytes[start..end)` ends without the blanks after it. */
export function trimmedEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && isBlank(bytes[at - 1])) at--;
  return at;
}
