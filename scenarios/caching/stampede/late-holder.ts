/**
 * A holder that is late: the instance that loads the hot key first stands still in the midst of it, when the store has been asked, and
 * goes on later, as one whose garbage is being collected. Nothing gets out of it or in: its ways to store and cache are cut a quarter of a
 * load's mean time after the load began, when hardly one in ten million has come to its end, and opened again.
 */
import { connectionsOf, type Duration, type LoadGuardFactory, type Simulation } from '../../../sim-core/index.ts';

export interface Pause {
  readonly key: number;
  /** From the beginning of the load. */
  readonly after: Duration;
  readonly lasts: Duration;
}

export function lateHolder(sim: Simulation, guard: LoadGuardFactory, pause: Pause): LoadGuardFactory {
  const kinds = { stop: sim.eventKind('the loading instance stands still'), go: sim.eventKind('it goes on') };
  let isDue = true;
  return (context) =>
    guard({
      ...context,
      loadAndStore(key, request, terms) {
        if (isDue && key === pause.key) {
          isDue = false;
          const ways = connectionsOf(sim).filter(({ from }) => from === context.instance);
          const stopsAt = sim.now + pause.after;
          sim.scheduleAt(stopsAt, () => ways.forEach((way) => way.cut()), undefined, kinds.stop);
          sim.scheduleAt(stopsAt + pause.lasts, () => ways.forEach((way) => way.open()), undefined, kinds.go);
        }
        return context.loadAndStore(key, request, terms);
      },
    });
}
