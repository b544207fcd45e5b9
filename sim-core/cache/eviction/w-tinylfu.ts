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
 * Options, each by default as there: the shares of the window and of the protected segment, how many increments a slot
 * of the sketch takes between halvings, the defence on or off; and two that are off: a climber that fits the window to
 * the workload (`window-climber.ts`; at capacities above 512 equal to the request to the simulator's
 * sketch.HillClimberWindowTinyLfu with its simple climber; below, that one begins by growing the window and goes on by a
 * rule that is not documented), and a doorkeeper before the sketch, which that simulator and the paper have and the Caffeine library has not.
 *
 * The Caffeine library differs: its sketch keeps a key's counters in one cache line and is halved after 10 x capacity
 * increments, not 10 x the sketch's width. That sketch is not modelled here.
 */
import type { RandomStream } from '../../kernel/random-stream.ts';
import { Doorkeeper } from '../admission/doorkeeper.ts';
import { FrequencySketch } from '../admission/frequency-sketch.ts';
import { capacityInEntries, initialRoom } from './eviction-policy.ts';
import type { EvictionOptions, EvictionPolicy } from './eviction-policy.ts';
import { grownBytes, roomFor } from './growing-array.ts';
import { headOf, IdLists } from './id-lists.ts';
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

/** From this frequency on a losing candidate may be admitted all the same, */
const WARM_FREQUENCY = 6;
/** with this probability. */
const WARM_ADMISSION = 1 / 128;

export interface WTinyLfuOptions {
  /** Of the capacity, what the window does not take at first, rounded down: from 0 to below 1; 0.99 by default. */
  readonly mainShare?: number;
  /** Of the main space, what may be protected, rounded down: from 0 to below 1; 0.8 by default. */
  readonly protectedShare?: number;
  /** Increments a slot of the sketch from one halving to the next: from 1; 10 by default. */
  readonly sample?: number;
  /** Does a losing candidate that is warm get a chance now and then? True by default. */
  readonly floodDefence?: boolean;
  /** Does the window follow the hit ratio? False by default. */
  readonly climbs?: boolean;
  /** Does the sketch count only from a key's second request on? False by default. */
  readonly doorkeeper?: boolean;
}

export class WTinyLfu implements EvictionPolicy {
  readonly capacity: number;
  size = 0;
  private windowCapacity: number;
  private protectedCapacity: number;
  private windowSize = 0;
  private protectedSize = 0;
  private readonly floodDefence: boolean;
  private readonly climber: WindowClimber | undefined;
  /** What the climber has made of the window's capacity, before rounding down. */
  private windowGoal: number;
  private readonly doorkeeper: Doorkeeper | undefined;
  private readonly random: RandomStream;
  private readonly keyHash: ((id: number) => number) | undefined;
  private readonly onEvict: ((id: number) => void) | undefined;
  private readonly sketch: FrequencySketch;
  private readonly lists: IdLists;
  /**
   * Of each id its segment, and `COUNTED_OUT` if the sketch, until its next halving, cannot count higher: most requests are
   * for such ids. In one byte, so that a request looks in one place.
   */
  private standing: Uint8Array;
  /** All ids that are counted out. */
  private readonly allCountedOut: number[] = [];

  constructor(options: EvictionOptions, own: WTinyLfuOptions = {}) {
    if (options.random === undefined) throw new TypeError('random: W-TinyLFU needs a random stream for its admissions');
    this.capacity = capacityInEntries('W-TinyLFU', options);
    const mainCapacity = Math.floor(this.capacity * checkedShare('mainShare', own.mainShare ?? 0.99));
    this.windowCapacity = this.capacity - mainCapacity;
    this.windowGoal = this.windowCapacity;
    this.protectedCapacity = Math.floor(mainCapacity * checkedShare('protectedShare', own.protectedShare ?? 0.8));
    this.floodDefence = own.floodDefence ?? true;
    this.climber = own.climbs === true ? new WindowClimber(this.capacity) : undefined;
    this.doorkeeper = own.doorkeeper === true ? new Doorkeeper(this.capacity) : undefined;
    this.random = options.random;
    this.keyHash = options.keyHash;
    this.onEvict = options.onEvict;
    this.sketch = new FrequencySketch(this.capacity, () => this.countAllAgain(), own.sample);
    this.lists = new IdLists(3, initialRoom(options));
    this.standing = new Uint8Array(initialRoom(options));
  }

  get used(): number {
    return this.size;
  }

  request(id: number): boolean {
    if (this.climber === undefined) return this.access(id);
    const wasFull = this.size === this.capacity;
    const isHit = this.access(id);
    if (wasFull) this.resizeWindow(this.climber.adjust(isHit));
    return isHit;
  }

  has(id: number): boolean {
    return id < this.standing.length && this.segmentOf(id) !== ABSENT;
  }

  remove(id: number): boolean {
    if (!this.has(id)) return false;
    this.takeOut(id);
    return true;
  }

  private access(id: number): boolean {
    if (id >= this.standing.length) this.grow(id);
    if ((this.standing[id] & COUNTED_OUT) === 0) this.count(id);
    const lists = this.lists;
    switch (this.segmentOf(id)) {
      case ABSENT:
        lists.insertBefore(WINDOW_HEAD, id);
        this.enter(id, WINDOW);
        this.windowSize++;
        this.size++;
        if (this.windowSize > this.windowCapacity) this.leaveWindow(lists.next(WINDOW_HEAD));
        return false;
      case WINDOW:
        lists.unlink(id);
        lists.insertBefore(WINDOW_HEAD, id);
        return true;
      case PROTECTED:
        lists.unlink(id);
        lists.insertBefore(PROTECTED_HEAD, id);
        return true;
      default:
        this.promote(id);
        return true;
    }
  }

  /** Moves an entry from the window to probation and, if the cache overflows, lets it compete for its place. */
  private leaveWindow(candidate: number): void {
    const lists = this.lists;
    lists.unlink(candidate);
    lists.insertBefore(PROBATION_HEAD, candidate);
    this.enter(candidate, PROBATION);
    this.windowSize--;
    if (this.size <= this.capacity) return;
    const victim = lists.next(PROBATION_HEAD);
    const loser = this.admits(candidate, victim) ? victim : candidate;
    this.takeOut(loser);
    this.onEvict?.(loser);
  }

  private admits(candidate: number, victim: number): boolean {
    const frequency = this.frequency(candidate);
    if (frequency > this.frequency(victim)) return true;
    return this.floodDefence && frequency >= WARM_FREQUENCY && this.random.next() < WARM_ADMISSION;
  }

  /** Protects an entry that was on probation, and puts the least recent protected one on probation if they overflow. */
  private promote(id: number): void {
    this.lists.unlink(id);
    this.lists.insertBefore(PROTECTED_HEAD, id);
    this.enter(id, PROTECTED);
    if (++this.protectedSize > this.protectedCapacity) this.demote();
  }

  /** Moves the border between the window and the main space's protected segment, and entries across it. */
  private resizeWindow(by: number): void {
    const { lists } = this;
    const bound = by > 0 ? this.protectedCapacity : this.windowCapacity;
    if (by === 0 || bound === 0) return;
    const goal = this.windowGoal + Math.sign(by) * Math.min(Math.abs(by), bound);
    let steps = Math.floor(goal) - Math.floor(this.windowGoal);
    this.windowGoal = goal;
    for (; steps > 0; steps--) {
      this.windowCapacity++;
      if (this.protectedSize > --this.protectedCapacity) this.demote();
      const moved = lists.next(PROBATION_HEAD); // there is one: a full cache has more entries than these two may hold
      lists.unlink(moved);
      lists.insertBefore(WINDOW_HEAD, moved);
      this.enter(moved, WINDOW);
      this.windowSize++;
    }
    for (; steps < 0; steps++) {
      this.windowCapacity--;
      this.protectedCapacity++;
      const moved = lists.next(WINDOW_HEAD);
      if (moved === WINDOW_HEAD) continue; // taken out by the owner
      lists.unlink(moved);
      lists.insertBefore(lists.next(PROBATION_HEAD), moved);
      this.enter(moved, PROBATION);
      this.windowSize--;
    }
  }

  private demote(): void {
    const demoted = this.lists.next(PROTECTED_HEAD);
    this.lists.unlink(demoted);
    this.lists.insertBefore(PROBATION_HEAD, demoted);
    this.enter(demoted, PROBATION);
    this.protectedSize--;
  }

  private takeOut(id: number): void {
    const segment = this.segmentOf(id);
    if (segment === WINDOW) this.windowSize--;
    else if (segment === PROTECTED) this.protectedSize--;
    this.lists.unlink(id);
    this.enter(id, ABSENT);
    this.size--;
  }

  private segmentOf(id: number): number {
    return this.standing[id] & SEGMENT;
  }

  private enter(id: number, segment: number): void {
    this.standing[id] = (this.standing[id] & COUNTED_OUT) | segment;
  }

  /** Counts a request in the sketch, or, if it is the first, with the doorkeeper. */
  private count(id: number): void {
    const hash = this.hashOf(id);
    if (this.doorkeeper !== undefined && !this.doorkeeper.mark(hash)) return;
    if (this.sketch.increment(hash)) return;
    this.standing[id] |= COUNTED_OUT;
    this.allCountedOut.push(id);
  }

  private frequency(id: number): number {
    const hash = this.hashOf(id);
    const counted = this.sketch.frequency(hash);
    return this.doorkeeper?.isMarked(hash) === true ? counted + 1 : counted;
  }

  /** After a halving of the sketch. */
  private countAllAgain(): void {
    for (const id of this.allCountedOut) this.standing[id] &= SEGMENT;
    this.allCountedOut.length = 0;
    this.doorkeeper?.clear();
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

function checkedShare(name: string, share: number): number {
  if (share >= 0 && share < 1) return share;
  throw new RangeError(`${name}: ${share} is not a share; give a number from 0 to below 1`);
}
