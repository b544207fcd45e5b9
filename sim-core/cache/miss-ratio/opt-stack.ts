/**
 * The stack of OPT: at every capacity the cache holds as many objects as that from its top. A request's distance is how many others
 * stand above its object, so that one pass tells the hits of every capacity.
 *
 * Mattson, Gecsei, Slutz and Traiger, "Evaluation techniques for storage hierarchies", IBM Systems Journal 9(2), 1970, of
 * algorithms with priorities: the object requested goes to the top, and what stood there moves down from place to place. At each
 * of them the one of the two that is requested sooner stays and the later one is carried on, until one gets the place that the
 * object requested has left; each place's cache has so evicted its farthest. Where a newcomer may be refused, the object requested is
 * itself the first to be carried.
 *
 * A request takes time in proportion to its distance in the worst case, as Mattson's does. Places are in blocks that know their
 * latest next request, and a block without a later one than what is carried is passed in one step; and nothing is carried further
 * that is never requested again. Bilardi, Ekanadham and Pattnaik have one of O(log n), of balanced trees ("Optimal on-line
 * computation of stack distances for MIN and OPT", Computing Frontiers 2017).
 */
import { NEVER } from '../eviction/eviction-policy.ts';
import { grownInts, roomFor } from '../eviction/growing-array.ts';
import type { OptConvention } from '../eviction/opt.ts';

const BLOCK_BITS = 5;

export class OptStack {
  private readonly mayBypass: boolean;
  private size = 0;
  /** From the top down: ids, and the positions of their next requests. */
  private ids = new Int32Array(64);
  private uses = new Float64Array(64);
  /** Of each block of places the latest next request. */
  private latest = new Float64Array(64 >> BLOCK_BITS);
  /** Of each id one more than its place; 0: not seen yet. */
  private places = new Int32Array(64);

  constructor(convention: OptConvention) {
    this.mayBypass = convention === 'may-bypass';
  }

  /** The distance of a request for the object with this dense id, Infinity if it is the first; `use`: when the next one comes. */
  request(id: number, use: number): number {
    if (id >= this.places.length) this.places = grownInts(this.places, roomFor(id, this.places.length));
    const left = this.places[id] - 1;
    const end = left < 0 ? this.size++ : left;
    if (end >= this.ids.length) this.grow();
    const { ids, uses, latest } = this;
    let [carried, carriedUse, place] = [id, use, 0];
    if (!this.mayBypass && end > 0) {
      [carried, carriedUse] = [ids[0], uses[0]];
      this.put(0, id, use);
      this.renew(0);
      place = 1;
    }
    while (place < end && carriedUse !== NEVER) {
      const block = place >> BLOCK_BITS;
      const blockEnd = Math.min(end, (block + 1) << BLOCK_BITS);
      if (latest[block] > carriedUse) {
        for (; place < blockEnd; place++) {
          if (uses[place] <= carriedUse) continue;
          const [laterId, laterUse] = [ids[place], uses[place]];
          this.put(place, carried, carriedUse);
          [carried, carriedUse] = [laterId, laterUse];
        }
        this.renew(block);
      }
      place = blockEnd;
    }
    this.put(end, carried, carriedUse);
    this.renew(end >> BLOCK_BITS);
    return left < 0 ? Infinity : left;
  }

  private put(place: number, id: number, use: number): void {
    this.ids[place] = id;
    this.uses[place] = use;
    this.places[id] = place + 1;
  }

  private renew(block: number): void {
    const { uses } = this;
    const end = Math.min(this.size, (block + 1) << BLOCK_BITS);
    let latest = 0;
    for (let place = block << BLOCK_BITS; place < end; place++) if (uses[place] > latest) latest = uses[place];
    this.latest[block] = latest;
  }

  private grow(): void {
    const room = 2 * this.ids.length;
    this.ids = grownInts(this.ids, room);
    const uses = new Float64Array(room);
    uses.set(this.uses);
    this.uses = uses;
    const latest = new Float64Array(room >> BLOCK_BITS);
    latest.set(this.latest);
    this.latest = latest;
  }
}
