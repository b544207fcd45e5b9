/**
 * Closed forms of the M/G/1 and M/M/c queues in equilibrium, in units of the mean service time (mu = 1): Kleinrock,
 * Queueing Systems, volume 1 (1975), sections 3.2, 3.5 and 5.6. W is the time in the system, Wq the part of it spent
 * waiting, L and Lq the numbers of customers; customers are served in the order of their arrival.
 */

export interface Moments {
  readonly Wq: number;
  readonly W: number;
  readonly Lq: number;
  readonly L: number;
}

/** All four from the mean wait by Little's law. */
function byLittle(lambda: number, Wq: number): Moments {
  return { Wq, W: Wq + 1, Lq: lambda * Wq, L: lambda * (Wq + 1) };
}

/** M/G/1 by Pollaczek and Khinchine; `squares` is the mean square of the service time: 2 if exponential, 1 if constant. */
export const pollaczekKhinchine = (lambda: number, squares: number): Moments =>
  byLittle(lambda, (lambda * squares) / 2 / (1 - lambda));

/** M/M/1: W = 1 / (1 - lambda). */
export const mm1 = (lambda: number): Moments => pollaczekKhinchine(lambda, 2);

/** M/M/c/c: the share of customers who find all servers busy (Erlang B), by its recurrence. */
export function erlangB(lambda: number, c: number): number {
  let blocked = 1;
  for (let servers = 1; servers <= c; servers++) blocked = (lambda * blocked) / (servers + lambda * blocked);
  return blocked;
}

/** M/M/c: the probability of having to wait (Erlang C) and what follows of it. */
export function erlangC(lambda: number, c: number): Moments & { readonly P_wait: number } {
  const blocked = erlangB(lambda, c);
  const P_wait = blocked / (1 - (lambda / c) * (1 - blocked));
  return { P_wait, ...byLittle(lambda, P_wait / (c - lambda)) };
}
