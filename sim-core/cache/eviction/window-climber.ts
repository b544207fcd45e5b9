/**
 * The hill climbing of W-TinyLFU's window: how large should it be? After every sample of requests the window grows or
 * shrinks by a step; if the hit ratio has fallen since the last sample, the direction is turned round. Steps get smaller
 * with every sample, until a hit ratio that changes by much says that the workload is another, and they start anew.
 *
 * Einziger, Eytan, Friedman and Manes, "Adaptive software cache management", Middleware 2018. The convention is the simple
 * climber of Caffeine's simulator, begun by shrinking: a sample is ten requests an entry, the first step 6.25 % of the capacity, each 0.98 of
 * the one before, restarted by a change of five points; it goes to rest when a step is a hundredth of an entry.
 */

const SAMPLE = 10;
const FIRST_STEP = 0.0625;
const STEP_DECAY = 0.98;
const RESTART = 0.05;
const LEAST_STEP = 0.01;

export class WindowClimber {
  private readonly firstStep: number;
  private readonly sample: number;
  private isGrowing = false;
  private isAtRest = false;
  private step: number;
  private hits = 0;
  private requests = 0;
  private lastHitRatio = 0;

  constructor(capacity: number) {
    this.firstStep = FIRST_STEP * capacity;
    this.sample = SAMPLE * capacity;
    this.step = this.firstStep;
  }

  /** Notes a request to a full cache. Returns by how many entries the window should grow; below 0: shrink. */
  adjust(isHit: boolean): number {
    this.requests++;
    if (isHit) this.hits++;
    if (this.isAtRest || this.requests < this.sample) return 0;
    const hitRatio = this.hits / this.requests;
    const change = hitRatio - this.lastHitRatio;
    if (change < 0) this.isGrowing = !this.isGrowing;
    if (Math.abs(change) >= RESTART) this.step = this.firstStep;
    const step = this.isGrowing ? this.step : -this.step;
    this.lastHitRatio = hitRatio;
    this.hits = 0;
    this.requests = 0;
    this.step *= STEP_DECAY;
    this.isAtRest = this.step <= LEAST_STEP;
    return step;
  }
}
