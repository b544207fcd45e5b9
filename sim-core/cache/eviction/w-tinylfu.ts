/**
 * W-TinyLFU: a newcomer first lives in a small window under LRU. What the window gives up is a candidate for the main
 * space, an SLRU, and if the cache is full it competes with the main space's victim: the one that the frequency sketch
 * has seen more often stays. So a scan passes through the window, and the main space keeps what is popular.
 *
 * Einziger, Friedman and Manes, "TinyLFU: a highly efficient cache admission policy", ACM Transactions on Storage
 * 13(4), 2017. The convention is Caffeine's simulator's sketch.WindowTinyLfu: a window of 1 % (capacity - floor(99 %)),
 * of the main space floor(80 %) protected, every request counted in the sketch, ties lost by the candidate; but a
 * losing candidate of frequency 6 or more is admitted with probability 1/128, so that nobody can fill the cache with
 * keys made to collide with a popular one. The draws for that come from `random`. Equal to that source to the request
 * given its hash of the keys (`keyHash`) and its stream (`../admission/lcg48.ts`).
 *
 * Every number of the algorithm in this file is an option, by default as there; of its parts the numbers are constants that
 * their files give with their source: the sketch's counters of four bits, and the climber's samples and steps. Two parts
 * are off by default, as in that simulator's WindowTinyLfu: a climber that fits the window to the workload
 * (`window-climber.ts`, equal to the request to sketch.HillClimberWindowTinyLfu with the simple climber), and a doorkeeper
 * before the sketch, which that simulator and the paper have and the Caffeine library has not. The library climbs, and has
 * the other sketch: `climb:sketch=block`.
 *
 * The Caffeine library differs from its simulator in the sketch (`../admission/block-sketch.ts`, by `sketch=block`), which
 * begins to count when the cache is half full. Where objects have sizes, too, the library is followed (BoundedLocalCache with
 * maximumWeight): window and protected segment are shares of the units, a newcomer larger than the window is the first to
 * leave it, candidates and victims compete pair by pair until what is left fits, and an entry larger than the protected
 * segment stays on probation. A candidate that has won one comparison is in; if it needs more room, the candidates after
 * it, then the window's entries, have to win it from the next victims, or go. The library takes requests in batches, and
 * does so later than they come; here each one is taken at once.
 */
import type { RandomStream } from '../../kernel/random-stream.ts';
import { CountingMemory, RequestMemory } from '../admission/request-memory.ts';
import type { FrequencySketchName } from '../admission/sketches.ts';
import { listsFor } from './counting-lists.ts';
import { initialRoom } from './eviction-policy.ts';
import type { EvictionOptions, EvictionPolicy } from './eviction-policy.ts';
import { grownBytes, roomFor } from './growing-array.ts';
import { headOf, type IdLists } from './id-lists.ts';
import { completed, type OptionValues, type PolicyOptions } from './policy-options.ts';
import { Room } from './room.ts';
import { WindowClimber } from './window-climber.ts';

const ABSENT = 0;
const WINDOW = 1;
const PROBATION = 2;
const PROTECTED = 3;
/** The bits of a standing that name the segment. */
const SEGMENT = 3;
const COUNTED_OUT = 4;

/** Before each head its segment's most recent entry, after it the least recent. */
const WINDOW_HEAD = headOf(0);
const PROBATION_HEAD = headOf(1);
const PROTECTED_HEAD = headOf(2);
/** Heads are below 0: the end of a list is no entry. */
const NONE = -1;

const SKETCHES: readonly FrequencySketchName[] = ['uniform', 'block'];

export const wTinyLfuOptions = {
  window: { kind: 'share', default: 0.01, help: 'share of the capacity that is the window, at first' },
  protected: { kind: 'share', default: 0.8, help: 'share of the rest that may be protected' },
  sketch: {
    kind: 'choice',
    choices: SKETCHES,
    default: 'uniform',
    help: 'uniform, as in the simulator of Caffeine, or block, as in the library',
  },
  sample: { kind: 'count', default: 10, help: 'increments of the sketch, an entry, from one halving to the next' },
  'flood-defence': { kind: 'switch', default: true, help: 'now and then a losing candidate that is warm is let in' },
  warm: { kind: 'count', default: 6, help: 'of the flood defence: from which frequency on a candidate is warm' },
  'warm-admission': {
    kind: 'share',
    default: 1 / 128,
    help: 'of the flood defence: with which probability it is let in',
  },
  climb: { kind: 'switch', default: false, help: 'the window follows the hit ratio' },
  doorkeeper: { kind: 'switch', default: false, help: 'the sketch counts only from a key’s second request on' },
} as const satisfies PolicyOptions;

export type WTinyLfuOptions = OptionValues<typeof wTinyLfuOptions>;

export class WTinyLfu implements EvictionPolicy {
  private readonly room: Room;
  private windowCapacity = 0;
  private protectedCapacity = 0;
  /** Units that the entries of these two take up. */
  private windowUsed = 0;
  private protectedUsed = 0;
  private readonly own: WTinyLfuOptions;
  private readonly floodDefence: boolean;
  private readonly warm: number;
  private readonly warmAdmission: number;
  private climber: WindowClimber | undefined = undefined;
  /** What the climber has made of the window's capacity, before rounding down. */
  private windowGoal = 0;
  private readonly random: RandomStream;
  private readonly keyHash: ((id: number) => number) | undefined;
  private readonly onEvict: ((id: number) => void) | undefined;
  private readonly memory: RequestMemory;
  /** Of the memory: does it begin when the cache is half full, and grow with its entries? */
  private readonly remembersLate: boolean;
  private readonly hasSizes: boolean;
  private readonly lists: IdLists;
  /**
   * Of each id its segment, and `COUNTED_OUT` if the memory, until its next fading, cannot count higher: most requests are
   * for such ids. In one byte, so that a request looks in one place.
   */
  private standing: Uint8Array;
  /** All ids that are counted out. */
  private readonly allCountedOut: number[] = [];

  constructor(options: EvictionOptions, given: Partial<WTinyLfuOptions> = {}) {
    if (options.random === undefined) throw new TypeError('random: W-TinyLFU needs a random stream for its admissions');
    const own = completed(wTinyLfuOptions, given);
    this.own = own;
    this.room = new Room(options);
    this.divide();
    this.floodDefence = own['flood-defence'];
    this.warm = own.warm;
    this.warmAdmission = own['warm-admission'];
    this.random = options.random;
    this.keyHash = options.keyHash;
    this.onEvict = options.onEvict;
    this.hasSizes = options.sizeOf !== undefined;
    const remembered = { ...own, onFading: () => this.countAllAgain() };
    this.memory =
      options.bookkeeping === undefined
        ? new RequestMemory(remembered)
        : new CountingMemory(remembered, options.bookkeeping);
    this.remembersLate = this.hasSizes || own.sketch === 'block';
    if (!this.remembersLate) this.memory.ensure(this.capacity);
    this.lists = listsFor(options, 3);
    this.standing = new Uint8Array(initialRoom(options));
  }

  get capacity(): number {
    return this.room.capacity;
  }

  get size(): number {
    return this.room.size;
  }

  get used(): number {
    return this.room.used;
  }

  request(id: number): boolean {
    if (this.climber === undefined) return this.access(id);
    // How full a cache of sizes has to be the library leaves to its memory, which has begun then.
    const isFull = this.hasSizes ? this.memory.entries > 0 : this.room.used === this.capacity;
    const isHit = this.access(id);
    if (isFull) this.moveBorder(this.climber.adjust(isHit, this.hasSizes ? this.memory.entries : this.capacity));
    return isHit;
  }

  /** As the library does: with the shares as at first, a climber that starts anew, and a memory that only ever grows. */
  resize(capacity: number): void {
    this.room.resize(capacity);
    this.divide();
    if (!this.remembersLate) this.memory.ensure(capacity);
    this.demote();
    this.makeRoom();
  }

  has(id: number): boolean {
    return id < this.standing.length && this.segmentOf(id) !== ABSENT;
  }

  remove(id: number): boolean {
    if (!this.has(id)) return false;
    this.takeOut(id);
    return true;
  }

  /** Divides the capacity among the segments. */
  private divide(): void {
    const { capacity, own } = this;
    const mainCapacity = Math.floor(capacity * (1 - own.window));
    this.windowCapacity = capacity - mainCapacity;
    this.windowGoal = this.windowCapacity;
    this.protectedCapacity = Math.floor(mainCapacity * own.protected);
    this.climber = own.climb ? new WindowClimber(capacity) : undefined;
  }

  private access(id: number): boolean {
    if (id >= this.standing.length) this.grow(id);
    const standing = this.standing[id];
    const segment = standing & SEGMENT;
    if (segment === ABSENT) {
      this.enter(id);
      return false;
    }
    if ((standing & COUNTED_OUT) === 0) this.count(id);
    if (segment === PROBATION) this.promote(id);
    else {
      this.lists.unlink(id);
      this.lists.insertBefore(segment === WINDOW ? WINDOW_HEAD : PROTECTED_HEAD, id);
    }
    return true;
  }

  private enter(id: number): void {
    const { room, lists } = this;
    const size = room.asks(id);
    if (this.remembersLate) this.remember(size);
    if ((this.standing[id] & COUNTED_OUT) === 0) this.count(id);
    if (size > this.capacity) {
      this.onEvict?.(id);
      return;
    }
    lists.insertBefore(size > this.windowCapacity ? lists.next(WINDOW_HEAD) : WINDOW_HEAD, id);
    this.stand(id, WINDOW);
    this.windowUsed += size;
    room.enter(id, size);
    if (this.windowUsed > this.windowCapacity || room.used > this.capacity) this.makeRoom();
  }

  /** Puts what the window has too much of on probation and, while the cache overflows, lets it compete for its place. */
  private makeRoom(): void {
    const { lists, room } = this;
    let candidate = NONE;
    while (this.windowUsed > this.windowCapacity) {
      const moved = lists.next(WINDOW_HEAD);
      lists.unlink(moved);
      lists.insertBefore(PROBATION_HEAD, moved);
      this.stand(moved, PROBATION);
      this.windowUsed -= room.of(moved);
      if (candidate < 0) candidate = moved;
    }
    if (room.used > this.capacity) this.compete(candidate);
  }

  /**
   * Candidates, from the first one on probation to the end, then those of the window, against victims, from the least
   * recent on probation on, then those that are protected: the loser goes, and who has been compared is so no more.
   */
  private compete(first: number): void {
    const { lists, room } = this;
    let candidate = first;
    let victim = lists.next(PROBATION_HEAD);
    let ofWindow = false;
    let victims = PROBATION_HEAD;
    while (room.used > this.capacity) {
      if (candidate < 0 && !ofWindow) {
        ofWindow = true;
        candidate = lists.next(WINDOW_HEAD);
      }
      if (candidate < 0 && victim < 0) {
        victims = victims === PROBATION_HEAD ? PROTECTED_HEAD : WINDOW_HEAD;
        victim = lists.next(victims);
        continue;
      }
      const isLost = victim < 0 || (candidate >= 0 && !this.admits(candidate, victim));
      const loser = isLost ? candidate : victim;
      const following = candidate < 0 || candidate === victim ? NONE : lists.next(candidate);
      if (loser === victim) victim = lists.next(victim);
      candidate = following;
      this.takeOut(loser);
      this.onEvict?.(loser);
    }
  }

  private admits(candidate: number, victim: number): boolean {
    const frequency = this.memory.frequency(this.hashOf(candidate));
    if (frequency > this.memory.frequency(this.hashOf(victim))) return true;
    return this.floodDefence && frequency >= this.warm && this.random.next() < this.warmAdmission;
  }

  /** Protects an entry that was on probation, if it fits, and puts the least recent protected ones there if they overflow. */
  private promote(id: number): void {
    const { lists } = this;
    const size = this.room.of(id);
    const isTooLarge = size > this.protectedCapacity;
    lists.unlink(id);
    lists.insertBefore(isTooLarge ? PROBATION_HEAD : PROTECTED_HEAD, id);
    if (isTooLarge) return;
    this.stand(id, PROTECTED);
    this.protectedUsed += size;
    this.demote();
  }

  private demote(): void {
    const { lists } = this;
    while (this.protectedUsed > this.protectedCapacity) {
      const demoted = lists.next(PROTECTED_HEAD);
      lists.unlink(demoted);
      lists.insertBefore(PROBATION_HEAD, demoted);
      this.stand(demoted, PROBATION);
      this.protectedUsed -= this.room.of(demoted);
    }
  }

  /** Moves the border between the window and the main space's protected segment, and as many entries as fit across it. */
  private moveBorder(by: number): void {
    const { lists, room } = this;
    const bound = by > 0 ? this.protectedCapacity : this.windowCapacity;
    if (by === 0 || bound === 0) return;
    const goal = this.windowGoal + Math.sign(by) * Math.min(Math.abs(by), bound);
    const units = Math.floor(goal) - Math.floor(this.windowGoal);
    this.windowGoal = goal;
    this.windowCapacity += units;
    this.protectedCapacity -= units;
    this.demote();
    const [from, segment] = units > 0 ? [PROBATION_HEAD, WINDOW] : [WINDOW_HEAD, PROBATION];
    for (let left = Math.abs(units); ;) {
      const moved = lists.next(from);
      const size = moved < 0 ? Infinity : room.of(moved);
      if (size > left) return;
      left -= size;
      lists.unlink(moved);
      lists.insertBefore(units > 0 ? WINDOW_HEAD : lists.next(PROBATION_HEAD), moved);
      this.stand(moved, segment);
      this.windowUsed += units > 0 ? size : -size;
    }
  }

  private takeOut(id: number): void {
    const segment = this.segmentOf(id);
    if (segment === WINDOW) this.windowUsed -= this.room.of(id);
    else if (segment === PROTECTED) this.protectedUsed -= this.room.of(id);
    this.lists.unlink(id);
    this.stand(id, ABSENT);
    this.room.leave(id);
  }

  private segmentOf(id: number): number {
    return this.standing[id] & SEGMENT;
  }

  private stand(id: number, segment: number): void {
    this.standing[id] = (this.standing[id] & COUNTED_OUT) | segment;
  }

  /** Begins to remember, or remembers more, once the cache with a newcomer of this size is half full. */
  private remember(size: number): void {
    const { room, memory, capacity } = this;
    if (2 * (room.used + size) < capacity) return;
    memory.ensure(this.hasSizes ? room.size + 1 : capacity);
  }

  private count(id: number): void {
    if (this.memory.count(this.hashOf(id))) return;
    this.standing[id] |= COUNTED_OUT;
    this.allCountedOut.push(id);
  }

  /** After a fading of the memory. */
  private countAllAgain(): void {
    for (const id of this.allCountedOut) this.standing[id] &= SEGMENT;
    this.allCountedOut.length = 0;
  }

  private hashOf(id: number): number {
    return this.keyHash === undefined ? id : this.keyHash(id);
  }

  private grow(id: number): void {
    const room = roomFor(id, this.standing.length);
    this.standing = grownBytes(this.standing, room);
    this.lists.grow(room);
  }
}
