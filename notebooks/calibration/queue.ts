/**
 * One replication of an open queue, written with the kernel's public interface: arrivals, a resource with so many
 * servers and so much room to wait, one process a customer. The mean service time is a second, so that every figure
 * comes out in the units of the closed forms. It starts empty, and what happens in the first tenth is left out of every
 * figure. Times are means over the customers who arrived after that and have gone by the end; numbers of customers are
 * means over time.
 */
import {
  Process,
  QueueFull,
  Resource,
  Simulation,
  spawn,
  Tally,
  TimeWeighted,
  toSeconds,
  type Behaviour,
  type Distribution,
} from '../../sim-core/index.ts';

/** The share of a replication that is left out at its start. */
export const WARM_UP = 0.1;

/** W, Wq in service times; L, Lq in customers; the rest shares, and customers a service time. */
export type QueueMeasures = Readonly<Record<'W' | 'Wq' | 'L' | 'Lq' | 'P_wait' | 'P_block' | 'throughput', number>>;

export interface Queue {
  /** Time between arrivals. */
  readonly gap: Distribution;
  readonly service: Distribution;
  readonly servers?: number;
  readonly queueMax?: number;
  /** Mean customers a replication. */
  readonly customers?: number;
}

/** One replication of an open queue. */
export function simulateQueue(queue: Queue, seed: number | string): QueueMeasures {
  const { gap, service, servers = 1, queueMax = Infinity, customers = 10_000 } = queue;
  const sim = new Simulation({ seed });
  const server = new Resource(sim, { name: 'server', capacity: servers, queueMax });
  const gaps = sim.random('gaps');
  const services = sim.random('services');
  const end = Math.round(customers * gap.mean);
  const start = Math.round(WARM_UP * end);
  const waits = new Tally();
  const stays = new Tally();
  const present = new TimeWeighted(0, 0);
  const queued = new TimeWeighted(0, 0);
  let arrived = 0;
  let waited = 0;
  let blocked = 0;

  function* customer(): Behaviour {
    const arrival = sim.now;
    const counts = arrival >= start;
    if (counts) arrived++;
    try {
      yield* server.acquire();
    } catch (error) {
      if (!(error instanceof QueueFull)) throw error;
      if (counts) blocked++;
      return;
    }
    if (counts) waits.add(toSeconds(sim.now - arrival));
    if (counts && sim.now > arrival) waited++;
    yield Math.round(service.sample(services));
    server.release();
    present.add(sim.now, -1);
    queued.set(sim.now, server.waiting);
    if (counts) stays.add(toSeconds(sim.now - arrival));
  }
  function* arrivals(): Behaviour {
    for (;;) {
      yield Math.round(gap.sample(gaps));
      if (server.inUse < servers || server.waiting < queueMax) present.add(sim.now, 1);
      new Process(sim, 'customer', customer()).startNow();
      queued.set(sim.now, server.waiting);
    }
  }
  spawn(sim, 'arrivals', arrivals());
  sim.runUntil(start);
  present.resetAt(start);
  queued.resetAt(start);
  sim.runUntil(end);
  const seconds = toSeconds(end - start);
  return {
    Wq: waits.mean,
    W: stays.mean,
    L: present.mean(end),
    Lq: queued.mean(end),
    P_wait: waited / arrived,
    P_block: blocked / arrived,
    throughput: stays.count / seconds,
  };
}
