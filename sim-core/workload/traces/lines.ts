/**
 * One key a line: any bytes but NUL and the newline, compared as bytes. Lines end in LF or CR LF; the last may lack
 * its ending. The plainest trace there is: libCacheSim's `txt`, Caffeine's address traces.
 */
import { CARRIAGE_RETURN, KeyBatch, NEWLINE, TraceError, ZERO, type TraceReader } from './trace-reader.ts';
import { MAX_RECORD_BYTES, TextReader, tooLong, type RecordScanner } from './text-reader.ts';

export const linesReader = (): TraceReader => new TextReader(new LineScanner());

class LineScanner implements RecordScanner {
  readonly unfinished = 'is cut short';
  line = 1;

  scan(bytes: Uint8Array, start: number, end: number, batch: KeyBatch): number {
    const { low, high, length } = batch;
    let position = start;
    let count = batch.count;
    while (count < KeyBatch.CAPACITY) {
      // Most traces are of decimal block numbers or ids: nine digits without a leading zero fit 32 bits.
      let at = position;
      let digit = bytes[at] - ZERO;
      let value = 0;
      if (digit !== 0) {
        while (digit >= 0 && digit <= 9) {
          value = (Math.imul(value, 10) + digit) | 0;
          digit = bytes[++at] - ZERO;
        }
      }
      if (digit === NEWLINE - ZERO && at > position && at - position <= 9) {
        if (at >= end) break;
        low[count] = value;
        high[count] = 0;
        length[count] = 0;
        count++;
      } else {
        while (bytes[at] !== NEWLINE && bytes[at] !== 0) at++;
        if (at >= end) break;
        batch.count = count;
        putLine(batch, position, at);
        count = batch.count;
      }
      position = at + 1;
    }
    batch.count = count;
    this.line = batch.total + 1;
    return position;
  }
}

/** Adds the line from `start` to its newline, or to a NUL, at `stop`. */
function putLine(batch: KeyBatch, start: number, stop: number): void {
  const line = batch.total + 1;
  const damage = (what: string): TraceError =>
    new TraceError(`line ${line}`, `${what}; expected one key a line`, batch.total);
  if (batch.bytes[stop] === 0) throw damage('holds NUL');
  const end = stop > start && batch.bytes[stop - 1] === CARRIAGE_RETURN ? stop - 1 : stop;
  if (end === start) throw damage('is empty');
  if (end - start > MAX_RECORD_BYTES) throw tooLong(line, batch.total);
  batch.putBytes(start, end);
}
