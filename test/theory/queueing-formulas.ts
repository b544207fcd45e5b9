/**
 * Closed forms of queues beyond those of the calibration's notebook, in units of the mean service time (mu = 1): Kleinrock, Queueing Systems, volume 1
 * (1975) and 2 (1976). W is the time in the system, Wq the part of it spent waiting, L and Lq the numbers of customers.
 */

/** The stationary distribution of a birth-death process with the given rates up and down from each state. */
function birthDeath(up: readonly number[], down: readonly number[]): number[] {
  const weights = [1];
  for (let n = 0; n < up.length; n++) weights.push((weights[n] * up[n]) / down[n]);
  const total = weights.reduce((sum, weight) => sum + weight);
  return weights.map((weight) => weight / total);
}

const mean = (distribution: readonly number[]): number => distribution.reduce((sum, p, n) => sum + n * p, 0);

/** M/M/1/K: at most K customers in the system, the one in service included. */
export function finiteRoom(lambda: number, K: number): { P_block: number; L: number; throughput: number; W: number } {
  const room = Array.from({ length: K });
  const p = birthDeath(
    room.map(() => lambda),
    room.map(() => 1),
  );
  const throughput = lambda * (1 - p[K]);
  return { P_block: p[K], L: mean(p), throughput, W: mean(p) / throughput };
}

/** M/M/c//N: N machines that break after an exponential time of mean Z, c repairmen. */
export function machineRepair(N: number, c: number, Z: number): { throughput: number; L: number; W: number } {
  const machines = Array.from({ length: N });
  const p = birthDeath(
    machines.map((_, n) => (N - n) / Z),
    machines.map((_, n) => Math.min(c, n + 1)),
  );
  const throughput = p.reduce((sum, share, n) => sum + share * Math.min(c, n), 0);
  return { throughput, L: mean(p), W: mean(p) / throughput };
}

/** D/M/1: sigma is the root below 1 of sigma = exp(-(1 - sigma) / rho). */
export function constantArrivals(rho: number): { Wq: number; W: number } {
  let sigma = 0.5;
  for (let i = 0; i < 10_000; i++) sigma = Math.exp(-(1 - sigma) / rho);
  return { Wq: sigma / (1 - sigma), W: 1 / (1 - sigma) };
}

/** M/M/1 with two classes, served without pre-emption (Cobham 1954). */
export function twoClasses(lambda1: number, lambda2: number): { Wq1: number; Wq2: number } {
  const Wq1 = (lambda1 + lambda2) / (1 - lambda1);
  return { Wq1, Wq2: Wq1 / (1 - lambda1 - lambda2) };
}
