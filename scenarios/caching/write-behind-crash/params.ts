/** The parameters of the write-behind buffer and of what befalls it: what its sliders and `--set` take. */
import { choice, duration, flag, integer, ms, number, rate, s, us, type ValuesOf } from '../../../sim-core/index.ts';

export const params = {
  rate: rate({ help: 'Writes of all users together', default: 500, min: 1, max: 5000, logarithmic: true }),
  acknowledge: choice({
    help: 'What a write waits for before it is acknowledged',
    default: 'at-once',
    choices: ['at-once', 'with-room', 'when-stored', 'when-journaled'],
  }),
  capacity: integer({
    help: 'Writes that the buffer holds',
    default: 10_000,
    min: 1,
    max: 1_000_000,
    logarithmic: true,
  }),
  batch: integer({ help: 'Writes of one batch', default: 200, min: 1, max: 10_000, logarithmic: true }),
  flushDelay: duration({
    help: 'From the end of one flush to the start of the next',
    default: s(1),
    min: ms(1),
    max: s(60),
    logarithmic: true,
  }),
  fullBatchesAtOnce: flag({
    help: 'Full batches follow each other at once; without it there is one batch a delay',
    default: false,
  }),
  onError: choice({
    help: 'After a batch has failed: the scheduler stops and the batch is gone, or it is sent again',
    default: 'stop',
    choices: ['stop', 'retry'],
  }),
  syncEvery: duration({
    help: 'Journal: time between two syncs of the disk; 0 has each write wait for one',
    default: 0,
    min: 0,
    max: s(10),
  }),
  syncTime: duration({
    help: 'Journal: mean time of a sync',
    default: ms(2),
    min: us(10),
    max: s(1),
    logarithmic: true,
  }),
  crashAt: duration({ help: 'When the instance crashes; 0 is never', default: s(40), min: 0, max: s(86_400) }),
  downtime: duration({ help: 'How long it is down', default: s(5), min: ms(1), max: s(600), logarithmic: true }),
  crash: choice({
    help: 'What a crash takes: only memory, or, as the host loses power, what the disk was not synced with too',
    default: 'host',
    choices: ['host', 'process'],
  }),
  failAt: duration({ help: 'When the database begins to fail; 0 is never', default: 0, min: 0, max: s(86_400) }),
  failFor: duration({ help: 'How long it fails', default: s(1.5), min: ms(1), max: s(600), logarithmic: true }),
  writeTime: duration({
    help: 'Mean processor time of a batch of one',
    default: ms(2),
    min: us(10),
    max: s(1),
    logarithmic: true,
  }),
  rowTime: duration({
    help: 'Processor time of each further write of a batch',
    default: us(100),
    min: 0,
    max: ms(100),
  }),
  keys: integer({ help: 'Keys that are written', default: 10_000, min: 1, max: 1_000_000, logarithmic: true }),
  exponent: number({ help: 'Zipf’s exponent of the keys: 0 writes all alike', default: 0.8, min: 0, max: 3 }),
  concurrency: integer({ help: 'Requests that the instance works at at once', default: 2000, min: 1, max: 20_000 }),
  queueMax: integer({
    help: 'Requests that may wait for the instance; more are refused',
    default: 2000,
    min: 0,
    max: 1_000_000,
  }),
  timeout: duration({ help: 'How long a user waits', default: s(3), min: ms(10), max: s(60), logarithmic: true }),
  length: duration({ help: 'Simulated time', default: s(50), min: s(1), max: s(86_400), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;
