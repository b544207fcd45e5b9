/** How often an experimenter looks at a run, and only while somebody hears what is found. */
import { ms, type FactChannel, type Simulation } from '../../../sim-core/index.ts';

const EVERY = ms(250);

/** `what`: the kind of the event. Begins one such time after the present. */
export function lookAgainAndAgain<Found>(
  sim: Simulation,
  what: string,
  found: FactChannel<Found>,
  look: () => void,
): void {
  const kind = sim.eventKind(what);
  const again = (): void => {
    if (found.heard) look();
    sim.schedule(EVERY, again, undefined, kind);
  };
  sim.schedule(EVERY, again, undefined, kind);
}
