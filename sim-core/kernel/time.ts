/**
 * Simulated time: an integer count of nanoseconds since the start of the run, held in a double. Exact up to
 * 2^53 ns, which is 104 days. Instants and durations share the unit; a duration is the difference of two instants.
 *
 * The constructors round to the nearest nanosecond, so that sums of durations never accumulate fractions.
 */

/** An instant: whole nanoseconds since the start of the run. */
export type Time = number;
/** A length of time in whole nanoseconds. */
export type Duration = number;

export const NANOSECOND: Duration = 1;
export const MICROSECOND: Duration = 1_000;
export const MILLISECOND: Duration = 1_000_000;
export const SECOND: Duration = 1_000_000_000;
export const MINUTE: Duration = 60 * SECOND;
export const HOUR: Duration = 3_600 * SECOND;

export const ns = (count: number): Duration => Math.round(count);
export const us = (count: number): Duration => Math.round(count * MICROSECOND);
export const ms = (count: number): Duration => Math.round(count * MILLISECOND);
export const s = (count: number): Duration => Math.round(count * SECOND);
export const minutes = (count: number): Duration => Math.round(count * 60 * SECOND);
export const hours = (count: number): Duration => Math.round(count * 3_600 * SECOND);
export const days = (count: number): Duration => Math.round(count * 86_400 * SECOND);

/** The duration in seconds, the unit in which signals are reported. */
export const toSeconds = (duration: Duration): number => duration / SECOND;

/** The last instant that a double still counts exactly. */
export const END_OF_TIME: Time = Number.MAX_SAFE_INTEGER;
