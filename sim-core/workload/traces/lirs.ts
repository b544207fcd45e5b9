/**
 * The traces of the authors of LIRS: one block number a line, and lines of a lone `*` where one phase of the workload
 * ends, which request nothing. Read as Caffeine's simulator does (parser/lirs/LirsTraceReader.java): a line is trimmed
 * and is a decimal integer. Unlike there, an empty line is damage.
 */
import { NEWLINE, TraceError, ZERO, type KeyBatch, type TraceReader } from './trace-reader.ts';
import { MAX_RECORD_BYTES, TextReader, tooLong, trimmedEnd, trimmedStart, type RecordScanner } from './text-reader.ts';

export const lirsReader = (): TraceReader => new TextReader(new LirsScanner());

const MARKER = 42;
const MINUS = 45;

class LirsScanner implements RecordScanner {
  readonly unfinished = 'is cut short';
  line = 1;

  scan(bytes: Uint8Array, start: number, end: number, batch: KeyBatch): number {
    let position = start;
    while (!batch.isFull) {
      const newline = bytes.indexOf(NEWLINE, position);
      if (newline >= end) break;
      this.#putLine(batch, position, newline);
      this.line++;
      position = newline + 1;
    }
    return position;
  }

  #putLine(batch: KeyBatch, start: number, newline: number): void {
    const { bytes } = batch;
    if (newline - start > MAX_RECORD_BYTES) throw tooLong(this.line, batch.total);
    let first = trimmedStart(bytes, start, newline);
    const end = trimmedEnd(bytes, first, newline);
    if (end - first === 1 && bytes[first] === MARKER) return;
    if (end === first) throw this.#damage('is empty', batch);
    const digits = bytes[first] === MINUS ? first + 1 : first;
    for (let at = digits; at < end; at++) {
      if (bytes[at] < ZERO || bytes[at] > ZERO + 9) {
        throw this.#damage(bytes[at] === 0 ? 'holds NUL' : 'is not a number', batch);
      }
    }
    if (digits === end) throw this.#damage('is not a number', batch);
    if (digits === first) while (first < end - 1 && bytes[first] === ZERO) first++;
    batch.putBytes(first, end);
  }

  #damage(what: string, batch: KeyBatch): TraceError {
    return new TraceError(`line ${this.line}`, `${what}; expected a block number or a lone *`, batch.total);
  }
}
