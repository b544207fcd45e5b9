/** Every replica's log is shortened by itself, whoever leads, where its topic keeps less than everything. */
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND } from '../../kernel/time.ts';
import type { Replica } from './replica.ts';

/** `log.retention.check.interval.ms`, as it is by default. */
const CHECK = 300 * SECOND;

/** Begins to look for what is not kept, for the broker of that name; nothing is deleted while it is down. */
export function keepRetention(
  sim: Simulation,
  owner: { readonly name: string; readonly isUp: boolean },
  replicas: readonly Replica[],
): void {
  const kind = sim.eventKind(`${owner.name} looks for segments that are too old or too many`);
  const check = (): void => {
    if (owner.isUp) for (const { log, highWatermark } of replicas) log.retain(sim.now, highWatermark);
    sim.schedule(CHECK, check, undefined, kind);
  };
  sim.schedule(CHECK, check, undefined, kind);
}
