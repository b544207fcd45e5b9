/** The parameters of the retry storm: what its sliders and `--set` take. */
import {
  backoffs,
  choice,
  duration,
  flag,
  integer,
  ms,
  number,
  rate,
  s,
  share,
  type BackoffName,
  type ValuesOf,
} from '../../../sim-core/index.ts';

export const backoffNames = (): BackoffName[] => Object.keys(backoffs) as BackoffName[];

export const params = {
  rate: rate({ help: 'Requests of all users together', default: 310, min: 10, max: 5000, logarithmic: true }),
  backoff: choice({
    help: 'How long a caller waits before it asks again',
    default: 'immediate',
    choices: backoffNames(),
  }),
  base: duration({ help: 'The scale of the first wait', default: ms(400), min: ms(1), max: s(10), logarithmic: true }),
  cap: duration({ help: 'No wait is longer', default: s(10), min: ms(1), max: s(60), logarithmic: true }),
  attempts: integer({ help: 'Attempts at most, the first included', default: 8, min: 1, max: 20 }),
  budgeted: flag({ help: 'Retries are paid for by requests: a retry budget in each instance', default: false }),
  budgetShare: share({ help: 'Budget: retries that a request pays for', default: 0.2, min: 0, max: 1 }),
  budgetReserve: number({
    help: 'Budget: retries a second that are always allowed to an instance',
    default: 1,
    min: 0,
    max: 100,
  }),
  attemptTimeout: duration({
    help: 'How long a caller waits for one attempt',
    default: ms(250),
    min: ms(10),
    max: s(10),
    logarithmic: true,
  }),
  patience: duration({ help: 'How long a user waits', default: s(2), min: ms(50), max: s(60), logarithmic: true }),
  instances: integer({ help: 'Instances of the application', default: 4, min: 1, max: 32 }),
  loadTime: duration({
    help: 'Mean processor time of one call of the dependency',
    default: ms(10),
    min: ms(1),
    max: s(1),
    logarithmic: true,
  }),
  cores: integer({ help: 'Processors of the dependency', default: 18, min: 1, max: 128 }),
  connections: integer({
    help: 'Calls that the dependency works at at once',
    default: 280,
    min: 1,
    max: 2000,
    logarithmic: true,
  }),
  pendingMax: integer({
    help: 'Calls that may wait there; more are refused at once',
    default: 2600,
    min: 0,
    max: 100_000,
  }),
  troubleAt: duration({ help: 'When the dependency becomes slow', default: s(4), min: s(1), max: s(3600) }),
  troubleFor: duration({ help: 'For how long', default: s(3), min: ms(100), max: s(600), logarithmic: true }),
  slowdown: number({
    help: 'How many times as long a call takes then',
    default: 20,
    min: 1,
    max: 1000,
  }),
  inStep: integer({
    help: 'Jobs that all ask at one instant, when the trouble begins, as if started by one clock; 0 for none',
    default: 0,
    min: 0,
    max: 20_000,
  }),
  length: duration({ help: 'Length of the run', default: s(16), min: s(5), max: s(3600), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;
