/**
 * Closed forms of queues beyond those of the calibration's notebook, in units of the mean service time (mu = 1): Kleinrock, Queueing Systems, volume 1
 * (1975) and 2 (1976). W is the time in the system, Wq the part of it spent waiting, L and Lq the numbers of customers.
 */
import { erlangC } from '../../notebooks/calibration/queueing.ts';

/** The stationary distribution of a birth-death process with the given rates up and down from each state. */
function birthDeath(up: readonly number[], down: readonly number[]): number[] {
  const weights = [1];
  for (let n = 0; n < up.length; n++) weights.push((weights[n] * up[n]) / down[n]);
  const total = weights.reduce((sum, weight) => sum + weight);
  return weights.map((weight) => weight / total);
}

const mean = (distribution: readonly number[]): number => distribution.reduce((sum, p, n) => sum + n * p, 0);

/** M/M/1: the time in the system is exponential, the number of customers geometric. */
export function mm1Distributions(rho: number) {
  const W = 1 / (1 - rho);
  const percentile = (share: number): number => -W * Math.log(1 - share);
  return {
    P0: 1 - rho,
    var_N: rho / (1 - rho) ** 2,
    P_N_ge_10: rho ** 10,
    W_p50: percentile(0.5),
    W_p95: percentile(0.95),
    W_p99: percentile(0.99),
  };
}

/** M/M/c: nobody waits with probability 1 - P_wait, and who does for an exponential time. */
export function erlangCWaits(lambda: number, c: number) {
  const { P_wait } = erlangC(lambda, c);
  const percentile = (share: number): number => Math.max(0, Math.log(P_wait / (1 - share)) / (c - lambda));
  const [Wq_p50, Wq_p90, Wq_p95, Wq_p99] = [0.5, 0.9, 0.95, 0.99].map(percentile);
  return { Wq_p50, Wq_p90, Wq_p95, Wq_p99 };
}

/** M/M/1/K: at most K customers in the system, the one in service included. */
export function finiteRoom(lambda: number, K: number) {
  const room = Array.from({ length: K });
  const p = birthDeath(
    room.map(() => lambda),
    room.map(() => 1),
  );
  const throughput = lambda * (1 - p[K]);
  const W = mean(p) / throughput;
  return { P_block: p[K], P0: p[0], L: mean(p), throughput, W, Wq: W - 1 };
}

/** M/M/c//N: N machines that break after an exponential time of mean Z, c repairmen. */
export function machineRepair(N: number, c: number, Z: number) {
  const machines = Array.from({ length: N });
  const p = birthDeath(
    machines.map((_, n) => (N - n) / Z),
    machines.map((_, n) => Math.min(c, n + 1)),
  );
  const throughput = p.reduce((sum, share, n) => sum + share * Math.min(c, n), 0);
  return { throughput, L: mean(p), W: mean(p) / throughput, utilisation: throughput / c, P_idle: p[0] };
}

/** D/M/1: sigma is the root below 1 of sigma = exp(-(1 - sigma) / rho). */
export function constantArrivals(rho: number) {
  let sigma = 0.5;
  for (let i = 0; i < 10_000; i++) sigma = Math.exp(-(1 - sigma) / rho);
  return { sigma, Wq: sigma / (1 - sigma), W: 1 / (1 - sigma) };
}

/** M/M/1 with two classes, served without pre-emption (Cobham 1954). */
export function twoClasses(lambda1: number, lambda2: number): { Wq1: number; Wq2: number } {
  const Wq1 = (lambda1 + lambda2) / (1 - lambda1);
  return { Wq1, Wq2: Wq1 / (1 - lambda1 - lambda2) };
}

/** The same, where a customer of the first class puts off one of the second, who goes on where he was (preemptive resume). */
export function twoClassesPreemptive(lambda1: number, lambda2: number): { W1: number; W2: number } {
  const W1 = 1 / (1 - lambda1);
  return { W1, W2: W1 / (1 - lambda1 - lambda2) };
}

/** GI/GI/1 in heavy traffic, from squared coefficients of variation of gaps and services (Kingman 1961). */
export const kingman = (rho: number, ca2: number, cs2: number): number => ((rho / (1 - rho)) * (ca2 + cs2)) / 2;

/** The shortest of d queues of infinitely many (Mitzenmacher 2001): the share with at least i customers, and W. */
export function shortestOf(d: number, lambda: number) {
  const shareOf = (i: number): number => lambda ** (d === 1 ? i : (d ** i - 1) / (d - 1));
  let mean = 0;
  for (let i = 1; shareOf(i) > 1e-17; i++) mean += shareOf(i);
  return { shareOf, W: mean / lambda };
}
