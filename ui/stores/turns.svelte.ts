/**
 * Whose turn it is to show the time: while a run is played, one chart a frame, so that no frame has to redraw all of
 * them; as soon as it stands, all at once.
 */
import type { Clock } from './playback.svelte.ts';

export class Turns {
  #times = $state<number[]>([]);
  readonly #clock: () => Clock;
  readonly #count: () => number;
  #frame = 0;
  #next = 0;

  /** To be made while a component is: it follows the clock for as long as that lives. */
  constructor(clock: () => Clock, count: () => number) {
    this.#clock = clock;
    this.#count = count;
    $effect.pre(() => {
      if (this.#clock().playing) return;
      const { time } = this.#clock();
      this.#times = Array.from({ length: this.#count() }, () => time);
    });
    $effect(() => {
      if (!this.#clock().playing) return;
      this.#frame = requestAnimationFrame(this.#turn);
      return () => cancelAnimationFrame(this.#frame);
    });
  }

  /** The time that one chart shows. */
  at(place: number): number {
    return this.#times[place] ?? this.#clock().time;
  }

  readonly #turn = (): void => {
    const { time } = this.#clock();
    this.#next = (this.#next + 1) % Math.max(1, this.#times.length);
    this.#times[this.#next] = time;
    this.#frame = requestAnimationFrame(this.#turn);
  };
}
