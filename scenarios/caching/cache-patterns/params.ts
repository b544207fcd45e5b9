/** The parameters of the caching patterns' comparison: what its sliders and `--set` take. */
import {
  choice,
  duration,
  flag,
  integer,
  ms,
  number,
  patterns,
  rate,
  s,
  share,
  us,
  type PatternName,
  type ValuesOf,
} from '../../../sim-core/index.ts';
import { eviction } from '../application/params.ts';

export const params = {
  pattern: choice({
    help: 'How the application reads and writes',
    default: 'cache-aside',
    choices: patternNames(),
  }),
  rate: rate({ help: 'Requests of all users together', default: 1000, min: 1, max: 5000, logarithmic: true }),
  writes: share({ help: 'Share of the requests that write', default: 0.05, min: 0.001, max: 0.9 }),
  ttl: duration({ help: 'Time to live of an entry', default: s(5), min: ms(100), max: s(600), logarithmic: true }),
  onWrite: choice({
    help: 'Cache-aside: what a write does to the entry',
    default: 'delete',
    choices: ['delete', 'update', 'nothing'],
  }),
  refreshAfter: share({
    help: 'Refresh-ahead: the part of its time to live after which an entry is refreshed when it is read',
    default: 0.8,
    min: 0.01,
    max: 1,
  }),
  flushDelay: duration({
    help: 'Write-behind: from the end of one flush to the start of the next',
    default: s(1),
    min: ms(1),
    max: s(60),
    logarithmic: true,
  }),
  batch: integer({ help: 'Write-behind: writes of one batch', default: 200, min: 1, max: 10_000, logarithmic: true }),
  buffer: integer({
    help: 'Write-behind: writes that the buffer holds',
    default: 10_000,
    min: 1,
    max: 1_000_000,
    logarithmic: true,
  }),
  bypass: flag({ help: 'Whether all writers write to the database itself, past the application', default: false }),
  keys: integer({ help: 'Keys that are read and written', default: 2000, min: 10, max: 20_000, logarithmic: true }),
  exponent: number({ help: 'Zipf’s exponent of the keys read: 0 reads all alike', default: 0.9, min: 0, max: 3 }),
  writeExponent: number({ help: 'Zipf’s exponent of the keys written', default: 0, min: 0, max: 3 }),
  capacity: integer({
    help: 'Entries that the cache holds',
    default: 800,
    min: 1,
    max: 2_000_000,
    logarithmic: true,
  }),
  eviction,
  instances: integer({ help: 'Instances of the application', default: 1, min: 1, max: 32 }),
  queryTime: duration({
    help: 'Mean processor time of a read or a write of the database',
    default: ms(10),
    min: us(100),
    max: s(1),
    logarithmic: true,
  }),
  rowTime: duration({
    help: 'Processor time of each further write of a batch',
    default: ms(1),
    min: 0,
    max: ms(100),
  }),
  prepareTime: duration({
    help: 'Mean time a load works on the row it has read before it stores it, exponential',
    default: 0,
    min: 0,
    max: s(2),
  }),
  cores: integer({ help: 'Processors of the database', default: 8, min: 1, max: 128 }),
  connections: integer({ help: 'Connections of the database', default: 100, min: 1, max: 2000, logarithmic: true }),
  concurrency: integer({ help: 'Requests that an instance works at at once', default: 400, min: 1, max: 10_000 }),
  timeout: duration({ help: 'How long a user waits', default: s(1), min: ms(10), max: s(60), logarithmic: true }),
  length: duration({ help: 'Simulated time', default: s(30), min: s(9), max: s(86_400), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;

function patternNames(): PatternName[] {
  return Object.keys(patterns) as PatternName[];
}
