/** The parameters of load shedding: what its sliders and `--set` take. */
import {
  choice,
  concurrencyLimits,
  duration,
  integer,
  loadShedders,
  ms,
  number,
  rate,
  s,
  type ConcurrencyLimitName,
  type LoadShedderName,
  type ValuesOf,
} from '../../../sim-core/index.ts';
import { backendParams } from '../application/backend.ts';

export const shedderNames = Object.keys(loadShedders) as LoadShedderName[];

export const params = {
  coreRate: rate({
    help: 'Core requests, such as orders and payments, while all is calm',
    default: 40,
    min: 1,
    max: 1000,
    logarithmic: true,
  }),
  restRate: rate({
    help: 'All other requests, such as browsing, while all is calm',
    default: 240,
    min: 1,
    max: 5000,
    logarithmic: true,
  }),
  overload: number({
    help: 'The load in the rush, of both together, as a multiple of what the backend can do',
    default: 5,
    min: 0.1,
    max: 20,
  }),
  shedder: choice({ help: 'Who is turned away at the door', default: 'none', choices: shedderNames }),
  shedFrom: integer({
    help: 'Random: from so many inside on by lot; priority: from so many on only core requests get in',
    default: 40,
    min: 0,
    max: 5000,
  }),
  shedFull: integer({
    help: 'Random and priority: with so many inside nobody gets in',
    default: 100,
    min: 1,
    max: 10_000,
  }),
  algorithm: choice({
    help: 'Adaptive: how the limit is found',
    default: 'gradient2',
    choices: Object.keys(concurrencyLimits) as ConcurrencyLimitName[],
  }),
  initialLimit: integer({
    help: 'Adaptive: the limit to begin with',
    default: 100,
    min: 1,
    max: 1000,
    logarithmic: true,
  }),
  maxLimit: integer({ help: 'Adaptive: no limit is higher', default: 200, min: 1, max: 10_000, logarithmic: true }),
  target: duration({
    help: 'AIMD: an answer that takes longer is as good as none',
    default: ms(200),
    min: ms(1),
    max: s(10),
    logarithmic: true,
  }),
  samples: duration({
    help: 'Adaptive: samples are taken together for so long',
    default: ms(100),
    min: ms(1),
    max: s(5),
    logarithmic: true,
  }),
  ...backendParams({ loadTime: ms(20) }),
  patience: duration({ help: 'How long a user waits', default: s(1), min: ms(50), max: s(60), logarithmic: true }),
  rushAt: duration({ help: 'When the rush begins', default: s(4), min: s(2), max: s(3600) }),
  rushFor: duration({ help: 'How long it lasts', default: s(10), min: s(2), max: s(600), logarithmic: true }),
  length: duration({ help: 'Length of the run', default: s(20), min: s(6), max: s(3600), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;
