/** The parameters of the cardinality: what its sliders and `--set` take. */
import {
  choice,
  duration,
  exemplarFilters,
  flag,
  integer,
  ms,
  number,
  rate,
  s,
  share,
  type ExemplarFilterName,
  type ValuesOf,
} from '../../../sim-core/index.ts';

export const params = {
  label: choice({
    help: 'Labels of the histogram of durations: the user’s id among them, or not',
    default: 'user-id',
    choices: ['user-id', 'none'],
  }),
  exemplars: choice({
    help: 'Which measurements may be kept as exemplars: those of sampled traces, all, none',
    default: 'always-off',
    choices: Object.keys(exemplarFilters) as ExemplarFilterName[],
  }),
  cardinalityLimit: integer({
    help: 'Streams of an instrument at most, above which they overflow into one; 0 for no limit, as in Prometheus’ own libraries',
    of: 'design',
    default: 0,
    min: 0,
    max: 100_000,
  }),
  sampleLimit: integer({
    help: 'Samples of a scrape at most, above which all of it is refused; 0 for no limit, as by default',
    of: 'design',
    default: 0,
    min: 0,
    max: 1_000_000,
  }),
  memory: number({
    help: 'Megabytes that Prometheus may take for its series',
    default: 24,
    min: 1,
    max: 4096,
    logarithmic: true,
  }),
  appMemory: number({
    help: 'Megabytes that an instance has for its instruments, above which it is killed; 0 for no limit',
    default: 0,
    min: 0,
    max: 4096,
  }),
  rate: rate({ help: 'Requests of all users together', default: 70, min: 10, max: 1000, logarithmic: true }),
  users: integer({ help: 'Users there are', default: 20_000, min: 10, max: 1_000_000, logarithmic: true }),
  exponent: number({ help: 'Zipf’s exponent of the users: 0 has all come alike', default: 0.4, min: 0, max: 2 }),
  instances: integer({ help: 'Instances, of which each has series of its own', default: 1, min: 1, max: 8 }),
  loadTime: duration({
    help: 'Mean time that a request waits for others',
    default: ms(50),
    min: ms(1),
    max: s(1),
    logarithmic: true,
  }),
  slowAt: duration({ help: 'When the account comes that is slow', default: s(45), min: s(40), max: s(3600) }),
  slowRate: rate({ help: 'Its requests', default: 10, min: 0.1, max: 50, logarithmic: true }),
  slowTime: duration({ help: 'What each of them takes', default: s(2), min: s(1), max: s(10), logarithmic: true }),
  sampling: share({ help: 'Share of the traces that are sampled, at the root', default: 0.2, min: 0, max: 1 }),
  scrapeInterval: duration({ help: 'How often Prometheus scrapes', default: s(5), min: s(1), max: s(60) }),
  evaluationInterval: duration({
    help: 'How often the panels are evaluated, and it is asked who is slow',
    default: s(10),
    min: s(1),
    max: s(60),
  }),
  viewers: integer({
    help: 'Who has the dashboard open: each has its panels evaluated for himself',
    default: 1,
    min: 1,
    max: 100,
  }),
  recorded: flag({
    help: 'Whether the panels’ sums are recorded by rules at each evaluation, and panels read those',
    default: false,
  }),
  window: duration({
    help: 'What a panel looks back over',
    default: s(20),
    min: s(4),
    max: s(600),
    logarithmic: true,
  }),
  length: duration({ help: 'Length of the run', default: s(100), min: s(60), max: s(3600), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;
