/** The parameters of trace sampling: what its sliders and `--set` take. */
import { choice, duration, integer, ms, number, rate, s, share, type ValuesOf } from '../../../sim-core/index.ts';

export const params = {
  rate: rate({ help: 'Requests of all users, outside the peak', default: 16, min: 1, max: 1000, logarithmic: true }),
  peakFactor: number({ help: 'The peak is so many times that', default: 4, min: 1, max: 20 }),
  sampling: choice({
    help: 'Which traces are kept: every one; a share, where they begin; as many a second of each route; those with an error or slow ones, when they are over',
    default: 'everything',
    choices: ['everything', 'head', 'adaptive', 'tail'],
  }),
  ratio: share({
    help: 'Head: the share of the traces that is sampled; adaptive: the probability to begin with',
    default: 0.2,
    min: 0,
    max: 1,
  }),
  target: rate({
    help: 'Adaptive: traces that are wanted of each route a second',
    default: 2,
    min: 0.1,
    max: 100,
    logarithmic: true,
  }),
  adjust: duration({
    help: 'Adaptive: how often probabilities are worked out, and how often clients ask for them',
    default: s(5),
    min: s(1),
    max: s(600),
    logarithmic: true,
  }),
  decisionWait: duration({
    help: 'Tail: from the first span of a trace to the decision',
    default: s(10),
    min: s(1),
    max: s(60),
    logarithmic: true,
  }),
  numTraces: integer({
    help: 'Tail: traces that a collector has in memory',
    default: 50_000,
    min: 1,
    max: 1_000_000,
    logarithmic: true,
  }),
  whenFull: choice({
    help: 'Tail: what a new trace does that finds no room: pushes out the oldest, or waits for some',
    default: 'push-out',
    choices: ['push-out', 'wait'],
  }),
  decisionCache: integer({
    help: 'Tail: decisions of each kind that are remembered without their trace',
    default: 0,
    min: 0,
    max: 1_000_000,
  }),
  policies: choice({
    help: 'Tail: what says that a trace has an error or is slow: a policy for each, or conditions in OTTL on single spans',
    default: 'of-their-own',
    choices: ['of-their-own', 'ottl'],
  }),
  errorBy: choice({
    help: 'Tail: by what a span is taken for an error: its status, or a status code of HTTP under its old or its new name',
    default: 'status',
    choices: ['status', 'http.response.status_code', 'http.status_code'],
  }),
  slow: duration({
    help: 'A request is slow that takes so long',
    default: ms(300),
    min: ms(10),
    max: s(10),
    logarithmic: true,
  }),
  collectors: integer({ help: 'Collectors', default: 1, min: 1, max: 16 }),
  routing: choice({
    help: 'Which of several collectors an export goes to: each in turn, or that of each trace',
    default: 'trace-id',
    choices: ['round-robin', 'trace-id'],
  }),
  exportDelay: duration({
    help: 'How long a span waits in its process for others at most',
    default: s(5),
    min: ms(100),
    max: s(30),
    logarithmic: true,
  }),
  cores: number({ help: 'Processors of each service: a slice of one', default: 0.035, min: 0.01, max: 8 }),
  workTime: duration({
    help: 'Mean processor time of a request in each service',
    default: ms(0.3),
    min: ms(0.01),
    max: ms(100),
    logarithmic: true,
  }),
  writes: share({ help: 'Share of the requests that place an order, which is paid', default: 0.12, min: 0, max: 1 }),
  stalls: share({ help: 'Share of the payments on which the card network hangs', default: 0.2, min: 0, max: 1 }),
  stallMean: duration({
    help: 'How long it hangs, in the mean',
    default: s(2),
    min: ms(10),
    max: s(10),
    logarithmic: true,
  }),
  cardRate: rate({
    help: 'Payments that the card network takes; it refuses the rest',
    default: 3,
    min: 0.1,
    max: 1000,
    logarithmic: true,
  }),
  paymentTimeout: duration({
    help: 'How long orders waits for a payment',
    default: s(3),
    min: ms(100),
    max: s(10),
    logarithmic: true,
  }),
  peakAt: duration({ help: 'When the peak begins', default: s(12), min: s(5), max: s(3600) }),
  peakFor: duration({ help: 'How long it lasts', default: s(26), min: s(1), max: s(3600), logarithmic: true }),
  length: duration({ help: 'Length of the run', default: s(63), min: s(30), max: s(7200), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;
