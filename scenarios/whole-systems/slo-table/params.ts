/** The parameters of the SLO table: what its sliders and `--set` take. */
import { choice, duration, minutes, ms, number, rate, share, type ValuesOf } from '../../../sim-core/index.ts';

export const FAULTS = [
  'none',
  'instance-down',
  'database-slow',
  'consumer-stopped',
  'crawler',
  'replica-slow',
  'below-the-triggers',
] as const;

export const params = {
  fault: choice({ help: 'What goes wrong', default: 'none', choices: FAULTS }),
  faultAt: duration({ help: 'When it begins', default: minutes(16), min: minutes(16), max: minutes(60) }),
  faultFor: duration({ help: 'How long it lasts', default: minutes(15), min: minutes(1), max: minutes(60) }),
  rate: rate({ help: 'Requests of all users together', default: 4, min: 1, max: 40, logarithmic: true }),
  writes: rate({ help: 'Orders of all buyers together', default: 0.1, min: 0.05, max: 1, logarithmic: true }),
  crawls: rate({
    help: 'The crawler’s requests, each for a key that nobody has asked for',
    default: 1.8,
    min: 0.1,
    max: 20,
  }),
  slowdown: number({ help: 'How many times as long the slow database takes', default: 8, min: 1, max: 100 }),
  loadTime: duration({ help: 'Mean processor time of a query', default: ms(60), min: ms(1), max: ms(500) }),
  ttl: duration({ help: 'Time to live of what is cached', default: minutes(15), min: minutes(1), max: minutes(60) }),
  burning: number({
    help: 'Availability: the budget of 30 days would be gone in so many hours, at the rate of the last five minutes',
    default: 2,
    min: 1,
    max: 50,
  }),
  baselines: number({
    help: 'Latency: five minutes are so many times as bad as `latencyRule` says',
    default: 2,
    min: 1.1,
    max: 50,
  }),
  latencyRule: choice({
    help: 'Latency: what `baselines` is so many times of: the percentile of the ten minutes before, or the rate at which a budget of 1 % of the requests over 400 ms lasts for 30 days',
    default: 'baseline',
    choices: ['baseline', 'budget'],
  }),
  lagIn: duration({
    help: 'Lag: at the slope of the last five minutes it would reach its objective within this time',
    default: minutes(60),
    min: minutes(5),
    max: minutes(600),
  }),
  hitRatioLeast: share({ help: 'Hit rate: less of five minutes is too little', default: 0.85, min: 0, max: 1 }),
  hitRatioFor: duration({ help: 'Hit rate: for so long', default: minutes(10), min: 0, max: minutes(60) }),
  replicaLagMost: duration({
    help: 'Replica: a lag above it is too much',
    default: ms(5000),
    min: ms(100),
    max: minutes(5),
  }),
  replicaLagFor: duration({ help: 'Replica: for so long', default: minutes(5), min: 0, max: minutes(60) }),
  length: duration({ help: 'Length of the run', default: minutes(36), min: minutes(17), max: minutes(120) }),
};

export type Values = ValuesOf<typeof params>;
