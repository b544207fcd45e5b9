/** What becomes of jobs that all ask at one instant. */
import { defineSignal, requestCompleted } from '../../../sim-core/index.ts';

export const JOBS_FAILED = 'retry_storm.jobs.failed';

export const jobsFailed = defineSignal({
  name: JOBS_FAILED,
  kind: 'counter',
  unit: '{request}',
  help: 'Jobs started by one clock that used up their attempts or their time',
  fact: requestCompleted,
  where: ({ client, outcome }) => client === 'jobs' && outcome !== 'ok',
});
