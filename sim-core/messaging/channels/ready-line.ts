/**
 * The ready copies of a queue in the order in which they will be delivered: higher priorities first, within one by place.
 * Adding at the end and taking from the head are O(1); a copy that is given back to its place moves those on the shorter
 * side of it, which near the head is few. It has no bound: the queue's length limit is.
 */
import type { Copy } from './copy.ts';

export class ReadyLine {
  private readonly lanes: Lane[];
  /** Copies in it. */
  size = 0;
  /** The sum of their sizes. */
  bytes = 0;

  /** `priorityMax`: the highest priority there is. */
  constructor(priorityMax: number) {
    this.lanes = Array.from({ length: priorityMax + 1 }, () => new Lane());
  }

  get head(): Copy | undefined {
    const { lanes } = this;
    for (let i = lanes.length - 1; i >= 0; i--) if (lanes[i].size > 0) return lanes[i].head;
    return undefined;
  }

  add(copy: Copy): void {
    this.lanes[copy.priority].add(copy);
    this.size++;
    this.bytes += copy.message.bytes;
  }

  /** Takes out the head; there must be one. */
  take(): Copy {
    const { lanes } = this;
    let lane = lanes.length - 1;
    while (lanes[lane].size === 0) lane--;
    const copy = lanes[lane].take();
    this.size--;
    this.bytes -= copy.message.bytes;
    return copy;
  }

  /** Takes a copy out from wherever it stands; false if it is not there. */
  remove(copy: Copy): boolean {
    if (!this.lanes[copy.priority].remove(copy)) return false;
    this.size--;
    this.bytes -= copy.message.bytes;
    return true;
  }

  /** All copies in order. */
  *[Symbol.iterator](): Generator<Copy> {
    for (let i = this.lanes.length - 1; i >= 0; i--) yield* this.lanes[i];
  }
}

/** The copies of one priority: a ring, sorted by place. */
class Lane {
  private ring: (Copy | undefined)[] = Array.from({ length: 8 });
  private start = 0;
  size = 0;

  get head(): Copy {
    return this.at(0);
  }

  add(copy: Copy): void {
    if (this.size === this.ring.length) this.grow();
    const index = this.indexFor(copy.place);
    if (index <= this.size >> 1) {
      this.start = (this.start - 1) & (this.ring.length - 1);
      this.size++;
      for (let i = 0; i < index; i++) this.set(i, this.at(i + 1));
    } else {
      for (let i = this.size++; i > index; i--) this.set(i, this.at(i - 1));
    }
    this.set(index, copy);
  }

  take(): Copy {
    const copy = this.at(0);
    this.ring[this.start] = undefined;
    this.start = (this.start + 1) & (this.ring.length - 1);
    this.size--;
    return copy;
  }

  remove(copy: Copy): boolean {
    const index = this.indexFor(copy.place);
    if (index === this.size || this.at(index) !== copy) return false;
    for (let i = index; i > 0; i--) this.set(i, this.at(i - 1));
    this.take();
    return true;
  }

  *[Symbol.iterator](): Generator<Copy> {
    for (let i = 0; i < this.size; i++) yield this.at(i);
  }

  /** How many copies stand before such a place. */
  private indexFor(place: number): number {
    let high = this.size;
    if (high === 0 || this.at(high - 1).place < place) return high;
    let low = 0;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.at(middle).place < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private at(index: number): Copy {
    return this.ring[(this.start + index) & (this.ring.length - 1)] as Copy;
  }

  private set(index: number, copy: Copy): void {
    this.ring[(this.start + index) & (this.ring.length - 1)] = copy;
  }

  private grow(): void {
    const copies = [...this];
    this.ring = [...copies, ...Array.from<undefined>({ length: copies.length })];
    this.start = 0;
  }
}
