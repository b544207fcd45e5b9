/**
 * A holder that is late: the answer to the first load of the hot key is stuck on the way from the store to its instance, after the
 * store has read the row. The way is cut a quarter of a load's mean time after it began, when hardly one in ten million loads has come to its
 * end, and opened again later.
 */
import { connectionsOf, type Duration, type LoadGuardFactory, type Simulation } from '../../../sim-core/index.ts';

export interface Delay {
  readonly key: number;
  /** Name of the store. */
  readonly store: string;
  /** From the beginning of the load. */
  readonly after: Duration;
  readonly stuckFor: Duration;
}

export function lateHolder(sim: Simulation, guard: LoadGuardFactory, delay: Delay): LoadGuardFactory {
  const kinds = { cut: sim.eventKind('the way to the store is cut'), open: sim.eventKind('the way is open again') };
  let isDue = true;
  return (context) =>
    guard({
      ...context,
      loadAndStore(key, request, fence) {
        if (isDue && key === delay.key) {
          isDue = false;
          const ways = connectionsOf(sim).filter(({ from, to }) => from === context.instance && to === delay.store);
          const cutAt = sim.now + delay.after;
          sim.scheduleAt(cutAt, () => ways.forEach((way) => way.cut()), undefined, kinds.cut);
          sim.scheduleAt(cutAt + delay.stuckFor, () => ways.forEach((way) => way.open()), undefined, kinds.open);
        }
        return context.loadAndStore(key, request, fence);
      },
    });
}
