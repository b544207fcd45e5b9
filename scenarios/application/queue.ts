/**
 * M/M/c, a queue of Poisson arrivals before c workers whose times are exponential, in closed form: how long somebody takes in it. L.
 * Kleinrock, Queueing Systems, volume 1, 1975. Arrivals that are more even, as those of a turn or of a choice by load are, wait less.
 */
import { exp } from '../../sim-core/index.ts';

export interface Workers {
  readonly workers: number;
  /** Seconds that a request takes. */
  readonly service: number;
  /** Requests a second. */
  readonly arrivals: number;
}

export const loadOf = ({ workers, service, arrivals }: Workers): number => (arrivals * service) / workers;

/** The chance that somebody has to wait (Erlang C), by the recurrence of Erlang B. */
export function chanceOfWaiting(queue: Workers): number {
  const load = loadOf(queue);
  if (load >= 1) return 1;
  let blocked = 1;
  for (let c = 1; c <= queue.workers; c++) {
    const offered = load * queue.workers * blocked;
    blocked = offered / (c + offered);
  }
  return blocked / (1 - load * (1 - blocked));
}

/** The chance that somebody takes longer than so many seconds, the waiting and the service together. */
export function tailAt(queue: Workers, seconds: number): number {
  if (seconds <= 0 || loadOf(queue) >= 1) return 1;
  const { workers, service, arrivals } = queue;
  const [served, drained] = [1 / service, workers / service - arrivals];
  const waits = chanceOfWaiting(queue);
  const alone = exp(-served * seconds);
  // Of two exponential times, one after the other; where they are the same it is an Erlang's.
  const apart = drained - served;
  const both =
    Math.abs(apart) < 1e-9 * served
      ? alone * (1 + served * seconds)
      : (drained * alone - served * exp(-drained * seconds)) / apart;
  return (1 - waits) * alone + waits * both;
}

/** How long all but such a share take at most; Infinity where the workers cannot keep up. */
export function exceededBy(share: number, tail: (seconds: number) => number): number {
  if (!(share > 0)) return Infinity;
  let [low, high] = [0, 1e-3];
  while (tail(high) > share) {
    high *= 2;
    if (high > 1e6) return Infinity;
  }
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (tail(middle) > share) low = middle;
    else high = middle;
  }
  return high;
}
