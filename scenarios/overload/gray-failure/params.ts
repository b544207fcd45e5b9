/** The parameters of the gray failure: what its sliders and `--set` take. */
import {
  balancingPolicies,
  choice,
  duration,
  flag,
  integer,
  ms,
  number,
  rate,
  s,
  share,
  type BalancingPolicyName,
  type ValuesOf,
} from '../../../sim-core/index.ts';

export const params = {
  rate: rate({ help: 'Requests of all users together', default: 900, min: 10, max: 5000, logarithmic: true }),
  policy: choice({
    help: 'How the gateway picks a replica',
    default: 'round-robin',
    choices: Object.keys(balancingPolicies) as BalancingPolicyName[],
  }),
  timesOut: flag({
    help: 'The gateway waits for a replica no longer than its own timeout; without one it is 15 s, as Envoy’s',
    default: false,
  }),
  timeout: duration({
    help: 'How long that is; what takes longer is a failure',
    default: ms(200),
    min: ms(10),
    max: s(60),
    logarithmic: true,
  }),
  hedges: flag({ help: 'The gateway asks another replica as well where the first takes long', default: false }),
  hedgingDelay: duration({
    help: 'Hedging: how long it waits before it does',
    default: ms(80),
    min: ms(1),
    max: s(2),
    logarithmic: true,
  }),
  attempts: integer({ help: 'Hedging: calls for one request, the first included', default: 2, min: 2, max: 5 }),
  stops: flag({ help: 'A replica stops working at what the gateway cancels', default: false }),
  ejects: flag({ help: 'The gateway ejects outliers among the replicas, by Envoy’s rules', default: false }),
  ejectsFor: choice({
    help: 'Ejection: what it goes by; Envoy’s defaults are failures in a row and success rates',
    default: 'defaults',
    choices: ['defaults', 'failures-in-a-row', 'success-rate', 'failure-percentage'],
  }),
  failurePercentage: share({
    help: 'Ejection by failure percentage: at such a share of failures or more, in whole per cent; Envoy’s default is 85 %',
    default: 0.85,
    min: 0.01,
    max: 1,
  }),
  failures: integer({ help: 'Ejection: so many failures in a row', default: 5, min: 1, max: 100 }),
  ejectionTime: duration({
    help: 'Ejection: for how long the first time; the second in a row is twice as long, and so forth',
    default: s(3),
    min: ms(100),
    max: s(300),
    logarithmic: true,
  }),
  ejectable: share({
    help: 'Ejection: of the replicas at most; Envoy’s default is a tenth',
    default: 0.5,
    min: 0,
    max: 1,
  }),
  checksReturn: flag({
    help: 'Ejection: a replica that passes a health check returns at once, which is Envoy’s default',
    default: false,
  }),
  replicas: integer({ help: 'Replicas', default: 8, min: 2, max: 64 }),
  workers: integer({ help: 'Workers of a replica, each at one request at a time', default: 4, min: 1, max: 64 }),
  loadTime: duration({
    help: 'Mean time that a worker takes for a request',
    default: ms(20),
    min: ms(1),
    max: s(1),
    logarithmic: true,
  }),
  patience: duration({ help: 'How long a user waits', default: s(2), min: ms(50), max: s(60), logarithmic: true }),
  trouble: choice({
    help: 'What is wrong with the first replica: it is slow, or it fails at once, all that it is asked or a share of that',
    default: 'slow',
    choices: ['slow', 'fails-fast', 'fails-some'],
  }),
  failingShare: share({ help: 'The share that fails where some does', default: 0.1, min: 0.01, max: 1 }),
  slowdown: number({
    help: 'How many times as long a slow replica takes',
    default: 10,
    min: 1,
    max: 100,
    logarithmic: true,
  }),
  troubleAt: duration({ help: 'When it begins', default: s(5), min: s(3), max: s(3600) }),
  troubleFor: duration({ help: 'How long it lasts', default: s(10), min: s(1), max: s(600), logarithmic: true }),
  length: duration({ help: 'Length of the run', default: s(26), min: s(6), max: s(3600), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;
