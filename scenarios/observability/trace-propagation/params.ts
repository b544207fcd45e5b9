/** The parameters of trace propagation: what its sliders and `--set` take. */
import {
  choice,
  duration,
  flag,
  integer,
  ms,
  number,
  rate,
  s,
  share,
  toSeconds,
  us,
  type ValuesOf,
} from '../../../sim-core/index.ts';

/** From the beginning of the run, and how long it takes until another process listens. */
export const RESTART_EVERY = s(9);
export const REPLACED_AFTER = s(1);

export const FORMATS = ['tracecontext', 'b3', 'both'] as const;
export type Format = (typeof FORMATS)[number];

export const params = {
  rate: rate({ help: 'Orders of all users together', default: 60, min: 5, max: 1000, logarithmic: true }),
  injects: flag({ help: 'The producer writes the context into the headers of its message', default: true }),
  extracts: flag({ help: 'The consumer reads it there', default: true }),
  batch: choice({
    help: 'What the span of a batch is to its messages',
    default: 'linked',
    choices: ['linked', 'child-of-the-first', 'child-of-a-leaked-context'],
  }),
  proxyStrips: flag({ help: 'The proxy between edge and orders passes on only headers that it knows', default: false }),
  poolLosesContext: flag({
    help: 'In orders a pool of threads does the work behind the door, and nobody hands it the context',
    default: false,
  }),
  edgeFormat: choice({ help: 'Headers that the edge writes', default: 'tracecontext', choices: FORMATS }),
  ordersFormat: choice({
    help: 'Headers that the services behind it read and write',
    default: 'tracecontext',
    choices: FORMATS,
  }),
  sampling: choice({
    help: 'Whose decision it is whether a span is recorded',
    default: 'parent-and-links',
    choices: ['parent-and-links', 'parent', 'anew'],
  }),
  ratio: share({ help: 'Traces that the edge records', default: 1, min: 0.01, max: 1 }),
  laterRatio: share({
    help: 'Where each decides anew: traces that each service behind the edge records',
    default: 1,
    min: 0.01,
    max: 1,
  }),
  processing: choice({
    help: 'How spans leave a process: in batches, or each when it ends, which whoever ends it waits for',
    default: 'batch',
    choices: ['batch', 'simple'],
  }),
  restarts: flag({
    help: `orders is replaced every ${toSeconds(RESTART_EVERY)} s, as a deployment does`,
    default: false,
  }),
  atShutdown: choice({
    help: 'What a process does that is told to end: ends, or finishes what it is at and flushes its spans first',
    default: 'ends',
    choices: ['ends', 'flushes'],
  }),
  idsInNames: flag({ help: 'Names of spans have the order in them', default: false }),
  batchMax: integer({ help: 'Messages of a batch at most', default: 20, min: 2, max: 200, logarithmic: true }),
  linger: duration({
    help: 'How long a batch waits to be full',
    default: ms(200),
    min: ms(1),
    max: s(5),
    logarithmic: true,
  }),
  queryTime: duration({
    help: 'Mean processor time of a query in the database',
    default: ms(2),
    min: us(100),
    max: ms(100),
    logarithmic: true,
  }),
  callTimeout: duration({
    help: 'How long the edge waits for orders',
    default: s(1),
    min: ms(1),
    max: s(60),
    logarithmic: true,
  }),
  cost: number({
    help: 'Processor time of the instruments, in so many times what is usual; 0 for none',
    default: 1,
    min: 0,
    max: 100,
  }),
  length: duration({ help: 'Simulated time', default: s(30), min: s(20), max: s(3600), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;
