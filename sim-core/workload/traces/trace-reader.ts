/**
 * A trace reader turns the bytes of a trace file, handed over in pieces of any length, into the keys that were
 * requested, in order. One file beside this one is one format; `readers.ts` is the table of them.
 *
 * Keys leave a reader in batches of typed arrays, so that a trace of 10^8 requests makes no garbage and the loop that
 * reads keys and the loop that uses them stay short. A key is a sequence of bytes; the two shapes below never overlap,
 * so equal keys always have the same shape.
 *
 * A reader takes nothing on trust and skips nothing: whatever does not fit the format is a `TraceError` that says
 * where, what is wrong, what would be right, and how many good requests came before.
 */

export interface TraceReader {
  /** How many requests have been read so far. */
  readonly requests: number;
  /**
   * The keys of the requests that the next piece of the trace completes. A batch is the reader's own and holds until
   * the next one is asked for; the piece is not kept.
   */
  read(piece: Uint8Array): Iterable<KeyBatch>;
  /** The keys that only the trace's end completes. Throws where the end cuts a request in two. */
  end(): Iterable<KeyBatch>;
}

/** What to read of a trace. */
export interface ReaderChoices {
  /** In the format that has columns, the one of the keys, */
  readonly column?: string | undefined;
  /** and the one of the sizes. */
  readonly sizeColumn?: string | undefined;
  /** Are the objects' sizes to be read, in the formats that have them? */
  readonly withSizes?: boolean | undefined;
}

/**
 * Up to `CAPACITY` keys. Entry i is
 * - an integer of 64 bits, `low[i]` and `high[i]` being its halves, where `length[i]` is 0;
 * - the `length[i]` bytes from `bytes[low[i]]` on otherwise.
 * Its object's size at this request is `sizes[i]`, where sizes are read.
 */
export class KeyBatch {
  static readonly CAPACITY = 4096;
  readonly low = new Int32Array(KeyBatch.CAPACITY);
  readonly high = new Int32Array(KeyBatch.CAPACITY);
  readonly length = new Int32Array(KeyBatch.CAPACITY);
  readonly sizes: Float64Array | undefined;
  bytes: Uint8Array = new Uint8Array(0);
  count = 0;
  #before = 0;

  constructor(withSizes = false) {
    this.sizes = withSizes ? new Float64Array(KeyBatch.CAPACITY) : undefined;
  }

  /** How many keys were put into this batch since it was made, in all its fillings. */
  get total(): number {
    return this.#before + this.count;
  }

  get isFull(): boolean {
    return this.count === KeyBatch.CAPACITY;
  }

  clear(): void {
    this.#before += this.count;
    this.count = 0;
  }

  /** Adds an integer key, from 0 to 2^53 - 1. */
  putInteger(value: number): void {
    this.putHalves(value | 0, Math.floor(value / 0x1_0000_0000));
  }

  putHalves(low: number, high: number): void {
    this.low[this.count] = low;
    this.high[this.count] = high;
    this.length[this.count] = 0;
    this.count++;
  }

  /**
   * Adds the key `bytes[start..end)`. Decimal integers of at most 15 digits in their shortest form become integers,
   * everything else stays bytes: "7" and "007" are two keys.
   */
  putBytes(start: number, end: number): void {
    const isShortest = this.bytes[start] !== ZERO || end - start === 1;
    const value = isShortest ? decimal(this.bytes, start, end) : -1;
    if (value >= 0) {
      this.putInteger(value);
      return;
    }
    this.low[this.count] = start;
    this.high[this.count] = 0;
    this.length[this.count] = end - start;
    this.count++;
  }
}

/** Every integer of so many decimal digits is exact in a double. */
const MAX_DIGITS = 15;

/** The number that the digits `bytes[start..end)` write, or -1 where they are not 1 to 15 digits. */
export function decimal(bytes: Uint8Array, start: number, end: number): number {
  if (end === start || end - start > MAX_DIGITS) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at] - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

export const NEWLINE = 10;
export const CARRIAGE_RETURN = 13;
export const ZERO = 48;

/** Bytes that are not what the format says. */
export class TraceError extends Error {
  override readonly name = 'TraceError';

  /**
   * `where` is a line or record, `problem` says what is wrong and what would be right. `goodRequests` is how many came
   * before; left out where none could have.
   */
  constructor(where: string, problem: string, goodRequests?: number) {
    super(`${where}: ${problem}${goodRequests === undefined ? '' : ` (${countOfGood(goodRequests)} before it)`}`);
  }
}

/** "1,233 good requests". */
export const countOfGood = (requests: number): string =>
  `${withThousands(requests)} good ${requests === 1 ? 'request' : 'requests'}`;

/** 1,234: the same in every engine and language. */
export const withThousands = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');
