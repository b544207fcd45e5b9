/** How long after a trouble is over something is still not as it should be. */
import {
  defineReading,
  defineSignal,
  toSeconds,
  type SignalDefinition,
  type Simulation,
  type Time,
} from '../../sim-core/index.ts';

const troubled = defineReading('recovery.trouble', 'Something went wrong after the trouble was over', {
  after: 'duration',
});

/** `of`: what is not as it should be, for the reader. */
export const recoverySignal = (recoveryName: string, of: string): SignalDefinition =>
  defineSignal({
    name: recoveryName,
    kind: 'gauge',
    unit: 's',
    help: `From the end of the trouble to the latest ${of} so far: while it grows, nothing has recovered`,
    fact: troubled,
    value: (fact) => toSeconds(fact.after),
    of: () => 'all',
  });

/** Returns what to call when something goes wrong; it is told if it does later than `end`. */
export function watchRecovery(sim: Simulation, end: Time): () => void {
  const late = sim.facts.channel(troubled);
  return () => {
    if (sim.now > end && late.heard) late.emit({ after: sim.now - end });
  };
}
