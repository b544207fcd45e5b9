/**
 * Segmented LRU as libCacheSim has it (`SLRU.c`), over plain sets: what its rows of the reference are made by, and ours are not.
 *
 * There are several segments of fixed capacities, the lowest first. A newcomer enters the lowest that has room, so that an empty
 * cache fills from below to the top and its first comers are protected without a hit; where none has room, one leaves the
 * lowest that is not empty and the newcomer enters the lowest. A hit goes one segment up, and what overflows there goes
 * down from segment to segment; out of the lowest it is evicted, on a hit, though the cache may have room above. Capacities
 * are rounded down, so that they may be fewer than the cache has.
 */
export class RisingSegments {
  private readonly capacity: number;
  private readonly rooms: readonly number[];
  /** Of each segment its entries, the least recent first. */
  private readonly segments: readonly Set<number>[];
  private readonly segmentOf = new Map<number, number>();

  /** `parts`: how large the segments are to each other, the lowest first; equal ones are a whole part of the capacity each. */
  constructor(capacity: number, parts: readonly number[]) {
    const sum = parts.reduce((total, part) => total + part, 0);
    this.capacity = capacity;
    this.rooms = parts.map((part) => Math.floor((part / sum) * capacity));
    this.segments = parts.map(() => new Set());
  }

  request(id: number): boolean {
    const segment = this.segmentOf.get(id);
    if (segment !== undefined) {
      this.rise(id, segment);
      return true;
    }
    // Nothing enters that is larger than the lowest segment.
    if (this.rooms[0] < 1) return false;
    if (this.segmentOf.size >= this.capacity) this.evict();
    const lowest = this.rooms.findIndex((room, place) => this.segments[place].size < room);
    this.put(id, Math.max(0, lowest));
    return false;
  }

  private rise(id: number, segment: number): void {
    this.segments[segment].delete(id);
    const above = Math.min(segment + 1, this.segments.length - 1);
    this.put(id, above);
    if (above !== segment) this.cool(above);
  }

  /** The least recent of a segment that overflows go one down, from the lowest out. */
  private cool(segment: number): void {
    while (this.segments[segment].size > this.rooms[segment]) {
      if (segment === 0) {
        this.evict();
        continue;
      }
      const [least] = this.segments[segment];
      this.segments[segment].delete(least);
      this.put(least, segment - 1);
      this.cool(segment - 1);
    }
  }

  private put(id: number, segment: number): void {
    this.segments[segment].add(id);
    this.segmentOf.set(id, segment);
  }

  private evict(): void {
    const [least] = this.segments.find(({ size }) => size > 0)!;
    this.segments[this.segmentOf.get(least)!].delete(least);
    this.segmentOf.delete(least);
  }
}
