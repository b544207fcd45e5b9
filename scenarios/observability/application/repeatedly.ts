/** Something that is done again and again by the clock, as an experimenter reads a meter. */
import { spawn, type Behaviour, type Duration, type Simulation } from '../../../sim-core/index.ts';

/** At every whole interval from now on; `what` names it in the list of events. */
export function repeatedly(sim: Simulation, what: string, interval: Duration, deed: () => void): void {
  function* again(): Behaviour {
    for (;;) {
      yield interval;
      deed();
    }
  }
  spawn(sim, what, again());
}
