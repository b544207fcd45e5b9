/**
 * The playhead, moved by the browser's frames while it plays. It has two faces: `time` is reactive and changes ten times
 * a second at most (twice where the reader wants less motion), for what is written and charted; `now` is exact, and
 * who draws at every frame is called by `listen` and never goes through reactivity. A seek shows in both at once.
 */
import { advance, seek, toggle, type PlayheadState } from '../models/playhead.ts';
import { reducedMotion } from './reduced-motion.svelte.ts';

/** What whoever draws needs of it. */
export interface Clock {
  /** Nanoseconds into the run, at most as old as a tenth of a second while it plays; reactive. */
  readonly time: number;
  /** The same, exact and not reactive. */
  readonly now: number;
  /** Simulated seconds a second of wall time. */
  readonly speed: number;
  readonly playing: boolean;
  /** Calls back whenever `now` has moved, with the frame's milliseconds while it plays; returns how to stop that. */
  listen(moved: (frameMs: number | undefined) => void): () => void;
}

const PERIOD_MS = 100;
const CALM_PERIOD_MS = 500;

export class Playback implements Clock {
  #shown = $state.raw<PlayheadState>({ time: 0, duration: 1, speed: 1, playing: false });
  #exact: PlayheadState = this.#shown;
  #shownAt = 0;
  #frame = 0;
  readonly #listeners = new Set<(frameMs: number | undefined) => void>();

  get time(): number {
    return this.#shown.time;
  }
  get now(): number {
    return this.#exact.time;
  }
  get duration(): number {
    return this.#shown.duration;
  }
  get playing(): boolean {
    return this.#shown.playing;
  }
  get speed(): number {
    return this.#shown.speed;
  }
  set speed(speed: number) {
    this.#show({ ...this.#exact, speed });
  }
  /** As the models take it, exact. */
  get state(): PlayheadState {
    return this.#exact;
  }

  /** A run of this length is shown; the cursor stays where it is if it can. */
  load(duration: number): void {
    this.#show(seek({ ...this.#exact, duration }, this.#exact.time));
  }

  seek(time: number): void {
    this.#show(seek(this.#exact, time));
  }

  toggle(): void {
    this.#show(toggle(this.#exact));
    cancelAnimationFrame(this.#frame);
    if (this.#exact.playing) this.#frame = requestAnimationFrame((now) => this.#tick(now, now));
  }

  stop(): void {
    if (this.#exact.playing) this.toggle();
  }

  listen(moved: (frameMs: number | undefined) => void): () => void {
    this.#listeners.add(moved);
    return () => this.#listeners.delete(moved);
  }

  #show(state: PlayheadState): void {
    this.#exact = state;
    this.#shown = state;
    this.#tell(undefined);
  }

  #tell(frameMs: number | undefined): void {
    for (const moved of this.#listeners) moved(frameMs);
  }

  #tick(before: number, now: number): void {
    this.#exact = advance(this.#exact, (now - before) / 1000);
    const { playing } = this.#exact;
    if (!playing || now - this.#shownAt >= (reducedMotion.wanted ? CALM_PERIOD_MS : PERIOD_MS)) {
      this.#shown = this.#exact;
      this.#shownAt = now;
    }
    if (playing) this.#frame = requestAnimationFrame((later) => this.#tick(now, later));
    this.#tell(now - before);
  }
}
