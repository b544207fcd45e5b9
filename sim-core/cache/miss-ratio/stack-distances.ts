/**
 * Stack distances: how many distinct other objects were requested since this one was last? Under LRU a request hits
 * exactly if that is less than the capacity, so one pass tells the misses of every capacity.
 *
 * Mattson, Gecsei, Slutz and Traiger, "Evaluation techniques for storage hierarchies", IBM Systems Journal 9(2), 1970;
 * in O(log n) a request, after Bennett and Kruskal, "LRU stack processing", IBM Journal of Research and Development 19(4),
 * 1975: each object has a mark at the time of its last request, and the distance is the number of marks after it. Marks
 * are bits; a Fenwick tree ("A new data structure for cumulative frequency tables", Software: Practice and Experience
 * 24(3), 1994) counts those of whole words, so that it is a thirty-second of the size and fits the cache. When time has
 * run through the words, the marks are moved together at their beginning: O(1) a request on average.
 */
import { grownInts, roomFor } from '../eviction/growing-array.ts';

const WORD_BITS = 32;
const FIRST_WORDS = 64;

export class StackDistances {
  /** Objects seen. */
  size = 0;
  /** Of each id one more than the time of its last request; 0: none yet. */
  private last = new Int32Array(64);
  /** At each time the id requested then. */
  private idAt = new Int32Array(FIRST_WORDS * WORD_BITS);
  private now = 0;
  private marks = new Int32Array(FIRST_WORDS);
  /** The Fenwick tree over the words of marks, from index 1. */
  private tree = new Int32Array(FIRST_WORDS + 1);

  /** The distance of a request for the object with this dense id; Infinity if it is the first. */
  request(id: number): number {
    if (id >= this.last.length) this.last = grownInts(this.last, roomFor(id, this.last.length));
    if (this.now === this.idAt.length) this.moveTogether();
    const last = this.last[id] - 1;
    let distance = Infinity;
    if (last < 0) this.size++;
    else {
      distance = this.size - this.marksUpTo(last);
      this.add(last, -1);
    }
    this.add(this.now, 1);
    this.idAt[this.now] = id;
    this.last[id] = ++this.now;
    return distance;
  }

  /** The number of marks at this time, which has one, and before. */
  private marksUpTo(time: number): number {
    const { tree } = this;
    const word = time >>> 5;
    let count = bitsIn(this.marks[word] & (-1 >>> (31 - (time & 31))));
    for (let node = word; node > 0; node &= node - 1) count += tree[node];
    return count;
  }

  private add(time: number, by: number): void {
    const { tree } = this;
    const word = time >>> 5;
    this.marks[word] ^= 1 << (time & 31);
    for (let node = word + 1; node < tree.length; node += node & -node) tree[node] += by;
  }

  /** Numbers the times of the last requests anew, from 0 and in their order; at least half of the words get free. */
  private moveTogether(): void {
    const { idAt, last, size } = this;
    let words = FIRST_WORDS;
    while (words * WORD_BITS < 2 * size) words *= 2;
    const room = words * WORD_BITS;
    const ids = room === idAt.length ? idAt : new Int32Array(room);
    let now = 0;
    for (let time = 0; time < this.now; time++) {
      const id = idAt[time];
      if (last[id] !== time + 1) continue;
      ids[now] = id;
      last[id] = ++now;
    }
    this.now = now;
    this.idAt = ids;
    this.marks = new Int32Array(words);
    this.marks.fill(-1, 0, now >>> 5);
    if ((now & 31) !== 0) this.marks[now >>> 5] = (1 << (now & 31)) - 1;
    this.tree = new Int32Array(words + 1);
    for (let node = 1; node <= words; node++) {
      this.tree[node] += bitsIn(this.marks[node - 1]);
      const parent = node + (node & -node);
      if (parent <= words) this.tree[parent] += this.tree[node];
    }
  }
}

/** How many bits of a word are set. */
function bitsIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
