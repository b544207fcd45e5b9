/**
 * Rows of numbers, written one after the other and read by column at the end. A row's numbers lie side by side in
 * blocks of memory, because writing fifty columns at fifty places costs more than all else that recording does. Blocks
 * are never copied when there are more rows, and those that become free when rows are dropped are written again: the
 * store takes no more memory than its most rows did. It gives each back as soon as it has been read, for the columns take as much:
 * a collector comes when it likes, and until then there would be all rows twice.
 */
const FIRST_BLOCK_ROWS = 64;
const BLOCK_ROWS_MAX = 4096;
/** Rows read at once: as many as stay in the fastest cache while one column after the other is taken from them. */
const TILE_ROWS = 128;

export class RowStore {
  /** Numbers in a row. */
  readonly width: number;
  /** The block being written: after `claim`, the row's numbers go to `block[at]` to `block[at + width - 1]`. */
  block: Float64Array;
  private offset = 0;
  /** All blocks; those after the one being written are free. */
  private blocks: Float64Array[];
  private current = 0;

  constructor(width: number) {
    this.width = width;
    this.block = newBlock(FIRST_BLOCK_ROWS * width);
    this.blocks = [this.block];
  }

  /** Makes room for a row and returns where it starts in `block`. */
  claim(): number {
    if (this.offset === this.block.length) this.nextBlock();
    const at = this.offset;
    this.offset = at + this.width;
    return at;
  }

  get rows(): number {
    return this.blocks.slice(0, this.current).reduce((sum, { length }) => sum + length, this.offset) / this.width;
  }

  /** Column by column, all rows in the order of writing, into arrays of at least that length. Empties the store. */
  moveInto(columns: readonly Float64Array[]): void {
    for (const free of this.blocks.splice(this.current + 1)) giveBack(free);
    let row = 0;
    for (let i = 0; i <= this.current; i++) {
      const block = this.blocks[i];
      const end = this.endOf(i);
      for (let from = 0; from < end; from += TILE_ROWS * this.width) {
        const to = Math.min(end, from + TILE_ROWS * this.width);
        for (let place = 0; place < columns.length; place++)
          readColumn(block, from + place, to, this.width, columns[place], row);
        row += (to - from) / this.width;
      }
      if (i > 0) giveBack(block);
    }
    this.blocks = [this.blocks[0]];
    this.rewind();
  }

  /** Drops the rows for which `kept` is false, keeping the order of the others. */
  keep(kept: (block: Float64Array, at: number) => boolean): void {
    const { width, blocks } = this;
    const ends = blocks.slice(0, this.current + 1).map((_, i) => this.endOf(i));
    // Rows are written over those read already: a row never moves to a later place.
    this.rewind();
    for (const [i, end] of ends.entries()) {
      const block = blocks[i];
      for (let at = 0; at < end; at += width) {
        if (!kept(block, at)) continue;
        const to = this.claim();
        const into = this.block;
        for (let place = 0; place < width; place++) into[to + place] = block[at + place];
      }
    }
  }

  private endOf(block: number): number {
    return block < this.current ? this.blocks[block].length : this.offset;
  }

  private rewind(): void {
    this.current = 0;
    this.block = this.blocks[0];
    this.offset = 0;
  }

  private nextBlock(): void {
    this.current++;
    if (this.current === this.blocks.length) {
      const rows = Math.min(BLOCK_ROWS_MAX, (2 * this.block.length) / this.width);
      this.blocks.push(newBlock(rows * this.width));
    }
    this.block = this.blocks[this.current];
    this.offset = 0;
  }
}

/** Of an array buffer that can be resized, which alone can be given back. */
function newBlock(length: number): Float64Array {
  const byteLength = length * Float64Array.BYTES_PER_ELEMENT;
  return new Float64Array(new ArrayBuffer(byteLength, { maxByteLength: byteLength }), 0, length);
}

/** Its memory, at once. Firefox before 128 makes no resizable buffers of what `newBlock` asks for: there the collector does it. */
function giveBack(block: Float64Array): void {
  (block.buffer as ArrayBuffer).resize?.(0);
}

/** Every `width`-th number of a block from `from` to before `to`, into a column from `row` on. */
function readColumn(
  block: Float64Array,
  from: number,
  to: number,
  width: number,
  column: Float64Array,
  row: number,
): void {
  for (let at = from; at < to; at += width) column[row++] = block[at];
}
