/**
 * Comma-separated values after RFC 4180, with a header row that names the columns: one row is one request, of the key
 * in one column, its object's size, where sizes are read, in another. Fields may be quoted, quotes in them are doubled, quoted fields may hold commas and newlines. As the
 * RFC has it, every row has as many fields as the header; one that has not is damage, for its columns may have shifted.
 *
 * Other separators and files without a header are not read.
 */
import {
  CARRIAGE_RETURN,
  decimal,
  NEWLINE,
  TraceError,
  type KeyBatch,
  type ReaderChoices,
  type TraceReader,
} from './trace-reader.ts';
import { MAX_RECORD_BYTES, TextReader, tooLong, type RecordScanner } from './text-reader.ts';

/** Reads the columns of those names, by default the first of `KEY_COLUMNS`, and of `SIZE_COLUMNS`, that there is. */
export const csvReader = ({ column, sizeColumn, withSizes = false }: ReaderChoices = {}): TraceReader =>
  new TextReader(new CsvScanner(column, sizeColumn, withSizes), withSizes);

/** What the column of keys is usually called, likeliest first; capitals make no difference. */
export const KEY_COLUMNS = ['key', 'id', 'obj_id', 'object_id', 'object'] as const;

/** And that of sizes. */
export const SIZE_COLUMNS = ['size', 'obj_size', 'object_size', 'bytes', 'length'] as const;

const COMMA = 44;
const QUOTE = 34;
/** Spreadsheets put it before the first column's name. */
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

class CsvScanner implements RecordScanner {
  readonly unfinished = 'has a quote that is never closed';
  line = 1;
  readonly #wanted: string | undefined;
  readonly #wantedSize: string | undefined;
  readonly #withSizes: boolean;
  #columns: readonly string[] = [];
  #column = -1;
  #sizeColumn = -1;
  /** Where the fields of the row just read start and end, without the quotes around them. */
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #fields = 0;
  #newlinesInRow = 0;

  constructor(wanted: string | undefined, wantedSize: string | undefined, withSizes: boolean) {
    this.#wanted = wanted;
    this.#wantedSize = wantedSize;
    this.#withSizes = withSizes;
  }

  scan(bytes: Uint8Array, start: number, end: number, batch: KeyBatch): number {
    let position = start;
    if (this.#column < 0 && BYTE_ORDER_MARK.every((byte, index) => bytes[start + index] === byte)) position += 3;
    while (!batch.isFull) {
      const next = this.#readRow(bytes, position, end, batch);
      if (next < 0) break;
      if (next - position > MAX_RECORD_BYTES) throw tooLong(this.line, batch.total);
      if (this.#column < 0) this.#chooseColumns(bytes);
      else this.#putKey(batch);
      this.line += this.#newlinesInRow;
      position = next;
    }
    return position;
  }

  /** Finds the fields of the row at `start`; returns where the next row starts, or -1 if this one's end is not in sight. */
  #readRow(bytes: Uint8Array, start: number, end: number, batch: KeyBatch): number {
    this.#fields = 0;
    this.#newlinesInRow = 1;
    let at = start;
    for (;;) {
      const isQuoted = bytes[at] === QUOTE;
      const fieldStart = isQuoted ? at + 1 : at;
      at = isQuoted ? this.#closingQuote(bytes, fieldStart, end, batch) : this.#fieldEnd(bytes, at, batch);
      if (at >= end) return -1;
      let fieldEnd = at;
      if (isQuoted) {
        at++;
        if (bytes[at] === CARRIAGE_RETURN && bytes[at + 1] === NEWLINE) at++;
        if (at >= end) return -1;
      } else if (bytes[at] === NEWLINE && at > fieldStart && bytes[at - 1] === CARRIAGE_RETURN) {
        fieldEnd--;
      }
      this.#starts[this.#fields] = fieldStart;
      this.#ends[this.#fields] = fieldEnd;
      this.#fields++;
      if (bytes[at] === NEWLINE) return at + 1;
      if (bytes[at] !== COMMA) throw this.#damage('has text between a closing quote and the next comma', batch);
      at++;
    }
  }

  #fieldEnd(bytes: Uint8Array, start: number, batch: KeyBatch): number {
    for (let at = start; ; at++) {
      const byte = bytes[at];
      if (byte === COMMA || byte === NEWLINE) return at;
      if (byte === QUOTE) throw this.#damage('has a quote inside a field that is not quoted', batch);
      if (byte === 0) throw this.#damage('holds NUL', batch);
    }
  }

  #closingQuote(bytes: Uint8Array, start: number, end: number, batch: KeyBatch): number {
    for (let at = start; at < end; at++) {
      if (bytes[at] === NEWLINE) this.#newlinesInRow++;
      else if (bytes[at] === 0) throw this.#damage('holds NUL', batch);
      else if (bytes[at] === QUOTE) {
        if (bytes[at + 1] !== QUOTE) return at;
        at++;
      }
    }
    return end;
  }

  #putKey(batch: KeyBatch): void {
    const { bytes } = batch;
    const name = this.#columns[this.#column];
    if (this.#fields !== this.#columns.length) {
      const isEmpty = this.#fields === 1 && this.#starts[0] === this.#ends[0];
      const what = isEmpty ? 'is empty' : `has ${this.#fields} ${this.#fields === 1 ? 'field' : 'fields'}`;
      const right = `expected ${this.#columns.length}, of which "${name}" is number ${this.#column + 1}`;
      throw this.#damage(`${what}; ${right}`, batch);
    }
    const start = this.#starts[this.#column];
    const end = withoutDoubledQuotes(bytes, start, this.#ends[this.#column]);
    if (end === start) {
      throw this.#damage(this.#fields === 1 ? 'is empty; expected a key' : `has an empty "${name}"`, batch);
    }
    if (batch.sizes !== undefined) batch.sizes[batch.count] = this.#size(batch);
    batch.putBytes(start, end);
  }

  #size(batch: KeyBatch): number {
    const [start, end] = [this.#starts[this.#sizeColumn], this.#ends[this.#sizeColumn]];
    const size = decimal(batch.bytes, start, end);
    if (size >= 0) return size;
    const given = decodeUtf8(batch.bytes.subarray(start, Math.min(end, start + 40)));
    const name = this.#columns[this.#sizeColumn];
    throw this.#damage(`has "${given}" for a "${name}"; expected a size, an integer from 0`, batch);
  }

  #chooseColumns(bytes: Uint8Array): void {
    this.#columns = Array.from({ length: this.#fields }, (_, field) => {
      const start = this.#starts[field];
      return decodeUtf8(bytes.subarray(start, withoutDoubledQuotes(bytes, start, this.#ends[field])));
    });
    this.#column = this.#columnOf(this.#wanted, KEY_COLUMNS);
    if (this.#withSizes) this.#sizeColumn = this.#columnOf(this.#wantedSize, SIZE_COLUMNS);
  }

  /** The place of the column of this name, or of the first of the usual ones. */
  #columnOf(wanted: string | undefined, usual: readonly string[]): number {
    const plain = this.#columns.map((name) => name.trim().toLowerCase());
    const place =
      wanted === undefined
        ? (usual.map((name) => plain.indexOf(name)).find((index) => index >= 0) ?? -1)
        : this.#columns.indexOf(wanted);
    if (place >= 0) return place;
    const missing = wanted === undefined ? `none of the columns ${usual.join(', ')}` : `no column "${wanted}"`;
    throw new TraceError('line 1', `names ${missing}; it names ${this.#columns.join(', ')}`);
  }

  #damage(what: string, batch: KeyBatch): TraceError {
    return new TraceError(`line ${this.line}`, what, batch.total);
  }
}

/** Halves doubled quotes in `bytes[start..end)`, in place; returns the new end. A field that was not quoted has none. */
function withoutDoubledQuotes(bytes: Uint8Array, start: number, end: number): number {
  let write = start;
  for (let at = start; at < end; at++) {
    bytes[write++] = bytes[at];
    if (bytes[at] === QUOTE) at++;
  }
  return write;
}

/** Bytes that are no UTF-8 are taken for Latin-1: the name is for the eye and for comparing, nothing else. */
function decodeUtf8(bytes: Uint8Array): string {
  const percent = Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  try {
    return decodeURIComponent(percent);
  } catch {
    return String.fromCharCode(...bytes);
  }
}
