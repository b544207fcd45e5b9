/**
 * An instance that dies in the midst of the hot key's load: the first that reads the store for it crashes after a quarter of the
 * load's mean time, when hardly one in ten million loads has come to its end. Its load goes with it, and nothing is stored or released.
 */
import type { Duration, LoadGuardFactory, Service, Row, Simulation } from '../../../sim-core/index.ts';

export interface Death {
  readonly key: number;
  /** From the beginning of the load. */
  readonly after: Duration;
  readonly downtime: Duration;
  /** The instances, when they are there. */
  readonly apps: () => readonly Service<number, Row>[];
}

export function dyingHolder(sim: Simulation, guard: LoadGuardFactory, death: Death): LoadGuardFactory {
  const dying = sim.eventKind('the loading instance crashes');
  let isDue = true;
  return (context) =>
    guard({
      ...context,
      loadAndStore: (key, request, terms) => {
        if (isDue && key === death.key) {
          isDue = false;
          const crash = (): void =>
            death
              .apps()
              .find(({ name }) => name === context.instance)!
              .crash(death.downtime);
          sim.scheduleAt(sim.now + death.after, crash, undefined, dying);
        }
        return context.loadAndStore(key, request, terms);
      },
    });
}
