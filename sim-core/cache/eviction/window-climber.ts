/**
 * The hill climbing of W-TinyLFU's window: how large should it be? After every sample of requests the window grows or
 * shrinks by a step; if the hit ratio has fallen since the last sample, the direction is turned round. Steps get smaller
 * with every sample, until a hit ratio that changes by much says that the workload is another, and they start anew.
 *
 * Einziger, Eytan, Friedman and Manes, "Adaptive software cache management", Middleware 2018. The convention is the simple
 * climber of Caffeine's simulator, equal to it to the request: a sample is ten requests an entry, the first step 6.25 % of
 * the capacity and no less than 2, each 0.98 of the one before, started anew by a change of five points; the window shrinks
 * first. A small cache, of up to 512, is another: it grows the window first, its steps get smaller more slowly (0.995), and
 * as they do its samples get longer, up to fourfold, since few requests tell less. (The numbers are those of the library,
 * which keeps them in BoundedLocalCache.)
 */

const SAMPLE = 10;
const FIRST_STEP = 0.0625;
const FIRST_STEP_LEAST = 2;
const STEP_DECAY = 0.98;
const RESTART = 0.05;

/** Of small caches the capacity at most, the decay of the step, and how much longer samples may get. */
const SMALL = 512;
const SMALL_STEP_DECAY = 0.995;
const SMALL_SAMPLES_MAX = 4;

export class WindowClimber {
  private readonly firstStep: number;
  private readonly isSmall: boolean;
  private isGrowing: boolean;
  private step: number;
  /** Of a small cache's samples how many times as long as the first they are now. */
  private samples = 1;
  private hits = 0;
  private requests = 0;
  private lastHitRatio = 0;

  /** @param capacity of the cache: in units of which the window is to grow */
  constructor(capacity: number) {
    this.isSmall = capacity <= SMALL;
    this.isGrowing = this.isSmall;
    this.firstStep = Math.max(FIRST_STEP * capacity, FIRST_STEP_LEAST);
    this.step = this.firstStep;
  }

  /** Notes a request to a full cache of so many entries. Returns by how much the window should grow; below 0: shrink. */
  adjust(isHit: boolean, entries: number): number {
    this.requests++;
    if (isHit) this.hits++;
    if (this.requests < Math.floor(SAMPLE * entries * this.samples)) return 0;
    const hitRatio = this.hits / this.requests;
    const change = hitRatio - this.lastHitRatio;
    if (change < 0) this.isGrowing = !this.isGrowing;
    if (Math.abs(change) >= RESTART) this.step = this.firstStep;
    const step = this.isGrowing ? this.step : -this.step;
    this.lastHitRatio = hitRatio;
    this.hits = 0;
    this.requests = 0;
    this.step *= this.isSmall ? SMALL_STEP_DECAY : STEP_DECAY;
    if (this.isSmall) this.samples = Math.min(SMALL_SAMPLES_MAX, Math.max(1, this.firstStep / this.step));
    return step;
  }
}
