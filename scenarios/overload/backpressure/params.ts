/** The parameters of backpressure: what its sliders and `--set` take. */
import {
  choice,
  duration,
  flag,
  integer,
  ms,
  number,
  outlets,
  rate,
  s,
  type OutletName,
  type OverflowName,
  type ValuesOf,
} from '../../../sim-core/index.ts';

export const params = {
  rate: rate({
    help: 'Readings that devices send while all is calm',
    default: 200,
    min: 1,
    max: 5000,
    logarithmic: true,
  }),
  overload: number({
    help: 'The load in the spike, as a multiple of what the store can do',
    default: 4,
    min: 0.1,
    max: 10,
  }),
  handOver: choice({
    help: 'How a stage hands its items to the next one',
    default: 'push',
    choices: Object.keys(outlets) as OutletName[],
  }),
  isBounded: flag({ help: 'Whether the buffers of stages have a bound', default: true }),
  bound: integer({
    help: 'Items that wait in the buffer of a stage at most; of a stage that pulls, its prefetch',
    of: 'design',
    default: 64,
    min: 1,
    max: 10_000,
    logarithmic: true,
  }),
  overflow: choice({
    help: 'Push: what becomes of an item that finds the buffer full',
    of: 'design',
    default: 'drop-newest',
    choices: ['drop-newest', 'drop-oldest', 'error'] satisfies OverflowName[],
  }),
  shedAfter: duration({
    help: 'What has waited in the spool for so long is given up',
    default: s(3600),
    min: ms(10),
    max: s(3600),
    logarithmic: true,
  }),
  freshness: duration({
    help: 'A reading that is stored later than so long after it was sent is of no use',
    default: ms(500),
    min: ms(50),
    max: s(60),
    logarithmic: true,
  }),
  loadTime: duration({
    help: 'Mean time that a worker of the store needs for one reading',
    default: ms(20),
    min: ms(1),
    max: s(1),
    logarithmic: true,
  }),
  workers: integer({ help: 'Workers of the store', default: 8, min: 1, max: 64 }),
  itemSize: integer({ help: 'Bytes of a reading', default: 50_000, min: 100, max: 1_000_000, logarithmic: true }),
  memory: integer({
    help: 'Bytes that the process of a stage may hold; with more it is killed',
    default: 200_000_000,
    min: 1_000_000,
    max: 10_000_000_000,
    logarithmic: true,
  }),
  restart: duration({
    help: 'How long a killed process takes to start again',
    default: s(1),
    min: ms(10),
    max: s(60),
    logarithmic: true,
  }),
  spikeAt: duration({ help: 'When the spike begins', default: s(5), min: s(2), max: s(3600) }),
  spikeFor: duration({ help: 'How long it lasts', default: s(5), min: s(2), max: s(600), logarithmic: true }),
  length: duration({ help: 'Length of the run', default: s(50), min: s(6), max: s(3600), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;
