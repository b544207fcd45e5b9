/**
 * The cursor in time and its motion. Playing is a look-up at a moving instant: the engine has finished long before, so
 * every speed is possible, backwards too. The playhead knows no clock; whoever has frames calls `advance` with the
 * wall time that passed.
 */
import { firstAfter } from '../../sim-core/index.ts';
import { secondsText } from './measure-text.ts';

/** Simulated seconds a second of wall time; the slowest let a message of a millisecond be followed by eye. */
const SPEEDS: readonly number[] = [
  0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 50, 200, 1000, 5000, 20_000, 100_000,
];

/** Speeds that are offered to everybody. */
const EVERYDAY = 50;

/** In wall time, what the whole run takes at most at full speed. */
const WHOLE_RUN_SECONDS = 2;
/** In wall time, what a run that goes on for hours takes at least at the speed that it opens at. */
const LONG_RUN_SECONDS = 30;
/** A run of so many simulated seconds is watched as a course of events, and not request by request. */
const HOURS = 2 * 3600;
/** Full speed at least. */
const FULL_SPEED_MIN = 100;

/** The greatest speed offered: the whole run in two seconds, or faster. */
export function fullSpeed(duration: number): number {
  return Math.max(FULL_SPEED_MIN, duration / 1e9 / WHOLE_RUN_SECONDS);
}

/** The speeds to choose from, below the full one. */
export function speedsFor(duration: number): number[] {
  return SPEEDS.filter((speed) => speed <= EVERYDAY || speed < fullSpeed(duration));
}

/**
 * The speed to begin with: the greatest up to real time at which no more than `rateMax` of `rate` a second go by; of a run of hours
 * the greatest at which it is not over too soon.
 */
export function openingSpeed(rate: number, rateMax: number, duration: number): number {
  const seconds = duration / 1e9;
  if (seconds >= HOURS) return SPEEDS.findLast((speed) => seconds / speed >= LONG_RUN_SECONDS)!;
  return SPEEDS.findLast((speed) => speed <= 1 && rate * speed <= rateMax) ?? SPEEDS[0];
}

export interface PlayheadState {
  /** Nanoseconds. */
  readonly time: number;
  readonly duration: number;
  readonly speed: number;
  readonly playing: boolean;
}

/** Moves to an instant, kept within the run. */
export function seek(state: PlayheadState, time: number): PlayheadState {
  return { ...state, time: Math.min(state.duration, Math.max(0, Math.round(time))) };
}

/** Starts or stops; starting at the end begins again. */
export function toggle(state: PlayheadState): PlayheadState {
  if (state.playing) return { ...state, playing: false };
  return { ...state, playing: true, time: state.time >= state.duration ? 0 : state.time };
}

/** What `wallSeconds` of playing do; it stops at the end. */
export function advance(state: PlayheadState, wallSeconds: number): PlayheadState {
  if (!state.playing) return state;
  const moved = seek(state, state.time + wallSeconds * state.speed * 1e9);
  return moved.time >= state.duration ? { ...moved, playing: false } : moved;
}

/** The nearest of ascending `instants` before or after the present one; the run's start or end if there is none. */
export function neighbour(state: PlayheadState, instants: ArrayLike<number>, direction: 1 | -1): number {
  const after = firstAfter(instants, state.time);
  if (direction > 0) return after < instants.length ? instants[after] : state.duration;
  const before = firstAfter(instants, state.time - 1) - 1;
  return before >= 0 ? instants[before] : 0;
}

/** A speed in words: what a second on the wall shows, or the whole run where it is shorter than that. */
export function speedText(speed: number, duration = Infinity): string {
  const whole = duration / 1e9 / speed;
  if (speed > 1 && whole < 1) return `the whole run in ${Number(whole.toPrecision(2))} s`;
  if (speed === 1) return 'real time';
  if (speed > 1) return `${secondsText(speed)} of the run a second`;
  const slow = 1 / speed;
  return slow >= 100
    ? `${Number((1000 / slow).toPrecision(3))} ms of the run a second`
    : `1 s of the run takes ${Number(slow.toPrecision(3))} s`;
}
