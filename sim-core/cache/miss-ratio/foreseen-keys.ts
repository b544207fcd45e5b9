/**
 * The future of a client's requests, for OPT within a run: keys are a pure function of the seed and the request's number,
 * so those to come can be drawn beforehand from the client's own stream. It looks a bounded number of requests ahead,
 * what comes after that it takes for never; and when the client's popularity moves, what was foreseen is void.
 */
import { NEVER, type FutureRequests } from '../eviction/eviction-policy.ts';
import { nextUses } from '../eviction/known-future.ts';

/** Who sends the requests: the key of each by its number, as things stand, and how often that has changed. */
export interface Foreseeable {
  keyOf(number: number): number;
  readonly moves: number;
}

export class ForeseenKeys implements FutureRequests {
  private readonly source: Foreseeable;
  private readonly ahead: number;
  private moves = -1;
  /** The first request that was drawn, and of each from there on the place of the next for the same key. */
  private from = 0;
  private uses: Float64Array = new Float64Array(0);
  private firstUses = new Map<number, number>();
  private next = NEVER;

  /** `ahead`: requests to look ahead, an integer from 1. */
  constructor(source: Foreseeable, ahead: number) {
    this.source = source;
    this.ahead = ahead;
  }

  /**
   * The present is the request of this number. True if the future had to be drawn anew: then whoever planned by it has to
   * plan again, by `comesNext`.
   */
  reach(number: number): boolean {
    const isVoid = this.source.moves !== this.moves || number - this.from >= this.uses.length;
    if (isVoid) this.draw(number);
    this.next = this.uses[number - this.from] + this.from;
    return isVoid;
  }

  /** For a plan made anew at the request reached: what is asked of this key from that request on, itself included. */
  comesNext(key: number): void {
    this.next = this.firstUses.get(key) ?? NEVER;
  }

  nextUse(): number {
    return this.next;
  }

  private draw(from: number): void {
    const keys = Int32Array.from({ length: this.ahead }, (_, i) => this.source.keyOf(from + i));
    this.moves = this.source.moves;
    this.from = from;
    this.uses = nextUses(keys);
    this.firstUses = new Map();
    for (let i = keys.length - 1; i >= 0; i--) this.firstUses.set(keys[i], from + i);
  }
}
