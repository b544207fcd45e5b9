/** How long after the trouble is over requests still fail. */
import {
  defineReading,
  defineSignal,
  requestCompleted,
  toSeconds,
  type Simulation,
  type Time,
} from '../../../sim-core/index.ts';

const failedLate = defineReading('retry_storm.failure', 'A request failed after the trouble was over', {
  after: 'duration',
});

export const RECOVERY = 'retry_storm.recovery.time';

export const recoverySignal = defineSignal({
  name: RECOVERY,
  kind: 'gauge',
  unit: 's',
  help: 'From the end of the trouble to the latest failure so far: while it grows, nothing has recovered',
  fact: failedLate,
  value: (fact) => toSeconds(fact.after),
  of: () => 'users',
});

/** Tells of every request that fails later than `end`. */
export function watchRecovery(sim: Simulation, end: Time): void {
  const late = sim.facts.channel(failedLate);
  sim.facts.channel(requestCompleted).listen(({ outcome }) => {
    if (outcome !== 'ok' && sim.now > end && late.heard) late.emit({ after: sim.now - end });
  });
}
