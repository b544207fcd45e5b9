/** What becomes of jobs that all ask at one instant, and how long after the trouble requests still fail. */
import { defineSignal, requestCompleted, type Simulation, type Time } from '../../../sim-core/index.ts';
import { recoverySignal, watchRecovery } from '../../application/recovery.ts';

export const JOBS_FAILED = 'retry_storm.jobs.failed';
export const RECOVERY = 'retry_storm.recovery.time';

export const tallySignals = [
  recoverySignal(RECOVERY, 'request that failed'),
  defineSignal({
    name: JOBS_FAILED,
    kind: 'counter',
    unit: '{request}',
    help: 'Jobs started by one clock that used up their attempts or their time',
    fact: requestCompleted,
    where: ({ client, outcome }) => client === 'jobs' && outcome !== 'ok',
  }),
];

/** Tells of every request that fails later than `end`. */
export function watchFailures(sim: Simulation, end: Time): void {
  const failed = watchRecovery(sim, end);
  sim.facts.channel(requestCompleted).listen(({ outcome }) => {
    if (outcome !== 'ok') failed();
  });
}
