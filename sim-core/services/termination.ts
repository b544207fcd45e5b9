/**
 * How an instance ends that is told to: a pod that is replaced or scaled away. With the signal (SIGTERM) nobody is sent to it any
 * more. A program that handles the signal finishes what it is at, does what it has to do last, such as to flush its telemetry,
 * and exits; one that does not is gone at once. Whoever is still there when the grace period is over is killed.
 *
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-termination/. Leaves out `preStop` hooks, and that the news that it is no
 * longer to be sent to takes its time to get around.
 */
import { timeout } from '../kernel/combine.ts';
import { fork, type Behaviour } from '../kernel/process.ts';
import { ms, SECOND, type Duration } from '../kernel/time.ts';
import type { Service } from './service.ts';

/** Kubernetes' `terminationGracePeriodSeconds`. */
export const GRACE_PERIOD: Duration = 30 * SECOND;

/** How often a program that is to exit looks whether it has finished. */
const LOOKS_EVERY = ms(10);

export interface TerminationOptions {
  readonly grace: Duration;
  /** From the end of the process until another one takes its place. */
  readonly replacedAfter: Duration;
  /** What it does last, with what is left of the grace period; a program that does not handle the signal has none. */
  readonly lastly?: (left: Duration) => Behaviour<unknown>;
}

/** Sends the signal now. Who is ending already goes on with that, and where nobody is up there is nobody to send it to. */
export function terminate<Query, Reply>(service: Service<Query, Reply>, options: TerminationOptions): void {
  const { sim } = service;
  const { grace, replacedAfter, lastly } = options;
  if (!service.isUp) return;
  if (lastly === undefined) return service.crash(replacedAfter);
  const deadline = sim.now + grace;
  function* lastWork(): Behaviour {
    while (service.active > 0) yield LOOKS_EVERY;
    yield* lastly!(deadline - sim.now);
  }
  function* ending(): Behaviour {
    yield* timeout(sim, fork('last work', lastWork()).join(), grace);
  }
  service.endAfter(ending(), replacedAfter);
}
