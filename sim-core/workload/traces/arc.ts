/**
 * The traces of the authors of ARC (`.lis`): "start count ignored ignored" a line, which requests `count` blocks one
 * after the other from `start` on. Read as Caffeine's simulator does (parser/arc/ArcTraceReader.java); what the last two
 * fields hold is not looked at. Unlike there, a line that asks for no block is damage, and so is one with fewer fields.
 */
import { NEWLINE, TraceError, decimal, type KeyBatch, type TraceReader } from './trace-reader.ts';
import { isBlank, MAX_RECORD_BYTES, TextReader, tooLong, trimmedStart, type RecordScanner } from './text-reader.ts';

export const arcReader = (): TraceReader => new TextReader(new ArcScanner());

class ArcScanner implements RecordScanner {
  readonly unfinished = 'is cut short';
  line = 1;
  #nextBlock = 0;
  #blocksLeft = 0;

  scan(bytes: Uint8Array, start: number, end: number, batch: KeyBatch): number {
    let position = start;
    for (;;) {
      for (; this.#blocksLeft > 0 && !batch.isFull; this.#blocksLeft--) batch.putInteger(this.#nextBlock++);
      if (batch.isFull) return position;
      const newline = bytes.indexOf(NEWLINE, position);
      if (newline >= end) return position;
      this.#beginRun(batch, position, newline);
      this.line++;
      position = newline + 1;
    }
  }

  #beginRun(batch: KeyBatch, start: number, newline: number): void {
    const { bytes } = batch;
    if (newline - start > MAX_RECORD_BYTES) throw tooLong(this.line, batch.total);
    const first = trimmedStart(bytes, start, newline);
    if (first === newline) throw this.#damage('is empty', batch);
    const nul = bytes.indexOf(0, first);
    if (nul >= 0 && nul < newline) throw this.#damage('holds NUL', batch);
    const firstEnd = fieldEnd(bytes, first, newline);
    const second = trimmedStart(bytes, firstEnd, newline);
    const secondEnd = fieldEnd(bytes, second, newline);
    const block = decimal(bytes, first, firstEnd);
    const count = decimal(bytes, second, secondEnd);
    if (block < 0) throw this.#damage('does not start with a block number', batch);
    if (count < 1) throw this.#damage('has no count of at least 1 as its second number', batch);
    const third = trimmedStart(bytes, secondEnd, newline);
    const fourth = trimmedStart(bytes, fieldEnd(bytes, third, newline), newline);
    if (fourth === newline) throw this.#damage(`has only ${third === newline ? 'two' : 'three'} fields`, batch);
    this.#nextBlock = block;
    this.#blocksLeft = count;
  }

  #damage(what: string, batch: KeyBatch): TraceError {
    return new TraceError(`line ${this.line}`, `${what}; expected "start count ignored ignored"`, batch.total);
  }
}

function fieldEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && !isBlank(bytes[at])) at++;
  return at;
}
