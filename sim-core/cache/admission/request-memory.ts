/**
 * What TinyLFU remembers of the requests: a frequency sketch and, if wanted, a doorkeeper before it, which the sketch's
 * halvings clear. Their room follows the entries of the cache: where that number is not known before, as where objects have
 * sizes, both are made anew when the cache comes to hold more, and forget all that they knew. So does the Caffeine library
 * (BoundedLocalCache calls ensureCapacity with the count of its entries where it weighs them).
 */
import type { Bookkeeping } from '../eviction/bookkeeping.ts';
import { Doorkeeper, DOORKEEPER_PROBES } from './doorkeeper.ts';
import type { FrequencySketch } from './frequency-sketch.ts';
import { frequencySketches, type FrequencySketchName } from './sketches.ts';

export interface RequestMemoryOptions {
  readonly sketch: FrequencySketchName;
  readonly sample: number;
  readonly doorkeeper: boolean;
  /** Called when what was counted has been halved, or forgotten. */
  readonly onFading: () => void;
}

/** A key's counters, the bytes of sixteen of them, and how many are halved at once. */
const COUNTERS = 4;
const SLOT_BYTES = 8;
const WORD_BYTES = 4;

export class RequestMemory {
  /** The entries that it was made for last; 0: it has not begun, and counts nothing. */
  entries = 0;
  private sketch: FrequencySketch | undefined = undefined;
  private doorkeeper: Doorkeeper | undefined = undefined;
  private readonly options: RequestMemoryOptions;

  constructor(options: RequestMemoryOptions) {
    this.options = options;
  }

  /** Bytes of counters and bits. */
  get bytes(): number {
    return SLOT_BYTES * (this.sketch?.entries ?? 0) + (this.doorkeeper?.bytes ?? 0);
  }

  /** Sees to it that there is room for a cache of so many entries. */
  ensure(entries: number): void {
    if (this.sketch !== undefined && entries <= this.sketch.entries) return;
    const { sketch, sample, doorkeeper, onFading } = this.options;
    this.entries = entries;
    this.doorkeeper = doorkeeper ? new Doorkeeper(entries) : undefined;
    const onHalving = (): void => {
      this.doorkeeper?.clear();
      onFading();
    };
    this.sketch = frequencySketches[sketch]({ entries, sample, onHalving });
    onFading();
  }

  /** Counts a request; false if the key cannot be counted higher before the next fading. */
  count(hash: number): boolean {
    if (this.sketch === undefined) return true;
    if (this.doorkeeper !== undefined && !this.doorkeeper.mark(hash)) return true;
    return this.sketch.increment(hash);
  }

  /** About how often the key was requested lately; one more at most than the sketch can tell where there is a doorkeeper. */
  frequency(hash: number): number {
    if (this.sketch === undefined) return 0;
    const counted = this.sketch.frequency(hash);
    return this.doorkeeper?.isMarked(hash) === true ? counted + 1 : counted;
  }
}

/** One that tells of every counter and bit that is touched, and of the room that they take. */
export class CountingMemory extends RequestMemory {
  private readonly bookkeeping: Bookkeeping;
  /** Counters and, at most, bits that one key is looked up by. */
  private readonly touched: number;

  constructor(options: RequestMemoryOptions, bookkeeping: Bookkeeping) {
    const onFading = (): void => {
      bookkeeping.steps += this.bytes / WORD_BYTES;
      options.onFading();
    };
    super({ ...options, onFading });
    this.bookkeeping = bookkeeping;
    this.touched = COUNTERS + (options.doorkeeper ? DOORKEEPER_PROBES : 0);
  }

  override ensure(entries: number): void {
    const before = this.bytes;
    super.ensure(entries);
    this.bookkeeping.bytes += this.bytes - before;
  }

  override count(hash: number): boolean {
    if (this.entries > 0) this.bookkeeping.steps += this.touched;
    return super.count(hash);
  }

  override frequency(hash: number): number {
    if (this.entries > 0) this.bookkeeping.steps += this.touched;
    return super.frequency(hash);
  }
}
