/**
 * For how many requests one dot stands, and when dots on the wires give way to ribbons. One dot is one request while at
 * most 200 requests go by in a second of wall time and 400 dots are on the stage; beyond that it is 2, 5, 10 … of them.
 * While the run plays, a scale once taken is kept until a finer one would do with room to spare, so that it does not
 * flicker; wherever the cursor is put, the scale is that of the instant alone.
 */

/** Requests a second of wall time, and dots, that an eye can follow one by one. */
export const RATE_MAX = 200;
export const DOTS_MAX = 400;
/** Requests a second of wall time from which on the wires show ribbons. */
const RIBBONS_FROM = 2000;
/** A finer scale is taken again when it needs no more than this share of what there is. */
const SLACK = 0.7;

export interface StageLoad {
  /** Requests a second of wall time that enter the system. */
  readonly rate: number;
  /** Requests on the stage. */
  readonly dots: number;
  /** Scales below this are not to be had: of fewer requests than one in so many the fate is known. */
  readonly least: number;
  /** Whether every tray holds its requests at a scale. */
  fits(oneIn: number): boolean;
}

export class DotScale {
  oneIn = 1;
  ribbons = false;

  /** Takes what the load needs; `playing` keeps what was taken as long as it can. Returns whether it changed. */
  choose(load: StageLoad, dotsMax: number, playing: boolean): boolean {
    const { oneIn, ribbons } = this;
    const enough = (scale: number, slack: number): boolean =>
      scale >= load.least &&
      load.rate / scale <= RATE_MAX * slack &&
      load.dots / scale <= dotsMax * slack &&
      load.fits(scale * slack);
    let finest = 1;
    while (!enough(finest, 1) && finest < SCALE_MAX) finest = coarser(finest);
    if (!playing || finest >= this.oneIn) this.oneIn = finest;
    else {
      let next = finest;
      while (next < this.oneIn && !enough(next, SLACK)) next = coarser(next);
      this.oneIn = next;
    }
    const from = playing && ribbons ? RIBBONS_FROM * SLACK : RIBBONS_FROM;
    this.ribbons = load.rate > from;
    return this.oneIn !== oneIn || this.ribbons !== ribbons;
  }
}

const SCALE_MAX = 1e9;

/** 1, 2, 5, 10, 20, 50 … */
function coarser(scale: number): number {
  const power = 10 ** Math.floor(Math.log10(scale) + 1e-9);
  return scale === 2 * power ? 5 * power : scale * 2;
}

const FRAMES = 31;
const SLOW_MS = 20;
const FAST_MS = 14;
const DOTS_LEAST = 50;

/** How many dots a slow machine can draw: half as many whenever the median of its last frames is too long. */
export class FrameBudget {
  dotsMax = DOTS_MAX;
  private readonly frames = new Float64Array(FRAMES);
  private readonly sorted = new Float64Array(FRAMES);
  private count = 0;

  /** Takes note of a frame that took so many milliseconds. */
  add(frameMs: number): void {
    this.frames[this.count++] = frameMs;
    if (this.count < FRAMES) return;
    this.count = 0;
    this.sorted.set(this.frames);
    const median = this.sorted.sort()[FRAMES >> 1];
    if (median > SLOW_MS) this.dotsMax = Math.max(DOTS_LEAST, this.dotsMax / 2);
    else if (median < FAST_MS) this.dotsMax = Math.min(DOTS_MAX, this.dotsMax * 2);
  }
}
