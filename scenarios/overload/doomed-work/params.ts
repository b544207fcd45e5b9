/** The parameters of doomed work: what its sliders and `--set` take. */
import {
  choice,
  duration,
  flag,
  integer,
  lineDisciplines,
  ms,
  number,
  rate,
  s,
  share,
  type LineDisciplineName,
  type ValuesOf,
} from '../../../sim-core/index.ts';

export const params = {
  rate: rate({ help: 'Requests of all users together', default: 100, min: 5, max: 1000, logarithmic: true }),
  retriesIn: choice({
    help: 'Who asks again when a call fails',
    default: 'every-tier',
    choices: ['every-tier', 'gateway'],
  }),
  attempts: integer({ help: 'Attempts of whoever asks again, the first included', default: 2, min: 1, max: 4 }),
  throttled: flag({
    help: 'Whether a tier that asks again does so only while most of its calls succeed (gRPC’s retryThrottling)',
    default: false,
  }),
  pushback: flag({
    help: 'Whether the stock tells whom it turns away not to ask again (gRPC’s grpc-retry-pushback-ms)',
    default: false,
  }),
  line: choice({
    help: 'Who is next in the line before the stock, and whom it turns away',
    default: 'fifo',
    choices: Object.keys(lineDisciplines) as LineDisciplineName[],
  }),
  deadlines: choice({
    help: 'Who says how long a call is waited for: each tier of the one behind it; the gateway alone, and the others inherit that; or the same, but orders asks prices anew, without the deadline that it was given',
    default: 'each-tier',
    choices: ['each-tier', 'inherited', 'forgotten'],
  }),
  timeout: duration({
    help: 'How long the last tier waits for the stock; a tier before it waits for as long as the one behind it may take',
    default: ms(100),
    min: ms(10),
    max: s(2),
    logarithmic: true,
  }),
  patience: duration({ help: 'How long a user waits', default: s(1), min: ms(50), max: s(60), logarithmic: true }),
  loadTime: duration({
    help: 'Mean processor time of one look at the stock',
    default: ms(20),
    min: ms(1),
    max: s(1),
    logarithmic: true,
  }),
  workers: integer({ help: 'Workers of the stock, each with a processor of its own', default: 8, min: 1, max: 128 }),
  troubleAt: duration({ help: 'When the stock becomes slow', default: s(4), min: s(2), max: s(3600) }),
  troubleFor: duration({ help: 'For how long', default: s(6), min: s(1), max: s(600), logarithmic: true }),
  slowdown: number({
    help: 'How many times as long a look takes then',
    default: 4,
    min: 1,
    max: 100,
    logarithmic: true,
  }),
  cutTo: share({
    help: 'What part of the load is let in while it is cut; 1 for all of it',
    default: 1,
    min: 0.01,
    max: 1,
  }),
  cutAt: duration({ help: 'When the load is cut', default: s(12), min: s(2), max: s(3600) }),
  cutFor: duration({ help: 'For how long', default: s(24), min: s(1), max: s(600), logarithmic: true }),
  length: duration({ help: 'Length of the run', default: s(24), min: s(6), max: s(3600), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;
