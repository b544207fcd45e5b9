/**
 * The replacement of PostgreSQL's shared buffers: a hand goes round the buffers; each has a count of its uses, up to 5
 * (`BM_MAX_USAGE_COUNT`), which the hand lowers by one as it passes; the first that it finds at 0 gives way. A page comes
 * in with a count of 1. Source: `src/backend/storage/buffer/freelist.c` and `README` beside it.
 *
 * Does not model pins (a page enters when it has been read, and nobody holds it) or the rings of large scans.
 */
const USAGE_MAX = 5;

export class ClockSweep {
  readonly capacity: number;
  /** The page in each buffer, and the count of its uses. */
  private readonly pages: number[] = [];
  private readonly usage: Uint8Array;
  private readonly bufferOf = new Map<number, number>();
  private hand = 0;

  /** `buffers`: an integer of at least 1. */
  constructor(buffers: number) {
    if (!Number.isInteger(buffers) || buffers < 1) {
      throw new RangeError(`buffers: ${buffers} is not a number of buffers; give an integer from 1`);
    }
    this.capacity = buffers;
    this.usage = new Uint8Array(buffers);
  }

  get size(): number {
    return this.pages.length;
  }

  /** Uses a page; false if it is not here. */
  use(page: number): boolean {
    const buffer = this.bufferOf.get(page);
    if (buffer === undefined) return false;
    if (this.usage[buffer] < USAGE_MAX) this.usage[buffer]++;
    return true;
  }

  /** Takes in a page that is not here, in a free buffer or in place of the page that the hand stops at. */
  admit(page: number): void {
    const buffer = this.pages.length < this.capacity ? this.pages.length : this.sweep();
    this.bufferOf.delete(this.pages[buffer]);
    this.bufferOf.set(page, buffer);
    this.pages[buffer] = page;
    this.usage[buffer] = 1;
  }

  private sweep(): number {
    for (;;) {
      const buffer = this.hand;
      this.hand = (this.hand + 1) % this.capacity;
      if (this.usage[buffer] === 0) return buffer;
      this.usage[buffer]--;
    }
  }
}
