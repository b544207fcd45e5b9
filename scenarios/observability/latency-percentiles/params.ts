/** The parameters of the latency percentiles: what its sliders and `--set` take. */
import {
  choice,
  duration,
  flag,
  HANDBOOK_BOUNDS,
  integer,
  micrometerBounds,
  ms,
  number,
  rate,
  s,
  share,
  type ValuesOf,
} from '../../../sim-core/index.ts';

/** A bound where the target is, in place of the handbook's next lower and next higher one. */
const AT_TARGET = [...HANDBOOK_BOUNDS, 0.3].sort((a, b) => a - b);

export const LAYOUTS = {
  handbook: HANDBOOK_BOUNDS,
  'handbook-and-300ms': AT_TARGET,
  'percentiles-histogram': micrometerBounds(0.001, 30, HANDBOOK_BOUNDS),
} satisfies Record<string, readonly number[]>;

export type Layout = keyof typeof LAYOUTS;

export const params = {
  panel: choice({
    help: 'What the latency panel shows: the mean, a quantile of a histogram, or the mean of the instances’ own percentiles',
    default: 'buckets',
    choices: ['mean', 'buckets', 'exponential', 'averaged-percentiles'],
  }),
  layout: choice({
    help: 'Buckets of the histogram: the handbook’s five bounds, one more at 300 ms, or Micrometer’s percentiles-histogram',
    default: 'handbook',
    choices: Object.keys(LAYOUTS) as Layout[],
  }),
  rate: rate({ help: 'Requests of all users together', default: 200, min: 10, max: 2000, logarithmic: true }),
  hitTime: duration({
    help: 'What most requests take',
    default: ms(60),
    min: ms(5),
    max: s(1),
    logarithmic: true,
  }),
  missShare: share({
    help: 'Share of the requests that take longer: they miss a cache',
    default: 0.25,
    min: 0,
    max: 1,
  }),
  missTime: duration({
    help: 'What those take',
    default: ms(250),
    min: ms(5),
    max: s(5),
    logarithmic: true,
  }),
  slowShare: share({ help: 'Share of the requests that are really slow', default: 0.03, min: 0, max: 0.5 }),
  slowTime: duration({
    help: 'What those take',
    default: s(1.5),
    min: ms(50),
    max: s(10),
    logarithmic: true,
  }),
  instances: integer({ help: 'Instances that serve', default: 4, min: 1, max: 16 }),
  idle: integer({
    help: 'Instances that stand by, and answered one request at the start',
    default: 0,
    min: 0,
    max: 16,
  }),
  slowdown: number({
    help: 'How many times as long the first instance takes for everything',
    default: 1,
    min: 1,
    max: 8,
    logarithmic: true,
  }),
  target: duration({
    help: 'Target: requests within it count as good',
    default: ms(300),
    min: ms(10),
    max: s(5),
    logarithmic: true,
  }),
  load: choice({
    help: 'A load generator beside the users: none, one that waits for each answer, or one that sends by the clock',
    default: 'none',
    choices: ['none', 'closed-loop', 'open-loop'],
    worlds: [['none'], ['closed-loop', 'open-loop']],
  }),
  corrected: flag({
    help: 'Load generator: adds what it left out while it waited, by HdrHistogram’s rule',
    default: false,
  }),
  testShare: number({
    help: 'Load generator: requests that it means to send, for each of the users’',
    default: 0.5,
    min: 0.05,
    max: 4,
    logarithmic: true,
  }),
  connections: integer({
    help: 'Load generator that waits: its connections',
    default: 10,
    min: 1,
    max: 500,
    logarithmic: true,
  }),
  stallAt: duration({ help: 'When all instances stand still', default: s(45), min: s(31), max: s(3600) }),
  stallFor: duration({ help: 'For how long they do', default: ms(0), min: ms(0), max: s(10) }),
  scrapeInterval: duration({ help: 'How often Prometheus scrapes', default: s(5), min: s(1), max: s(60) }),
  evaluationInterval: duration({ help: 'How often panels are evaluated', default: s(5), min: s(1), max: s(60) }),
  window: duration({
    help: 'What a panel looks back over, and after what an instance’s own percentiles forget',
    default: s(20),
    min: s(4),
    max: s(600),
    logarithmic: true,
  }),
  length: duration({ help: 'Length of the run', default: s(70), min: s(60), max: s(3600), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;

/** Requests a second that the load generator means to send. */
export const testRateOf = (p: Values): number => p.rate * p.testShare;
