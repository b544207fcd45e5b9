/** The parameters of the five pillars: what its sliders and `--set` take. */
import { choice, duration, integer, ms, number, rate, s, share, type ValuesOf } from '../../../sim-core/index.ts';

/** What a team has, in the order in which it gets it: each has all that stands before it as well. */
const PILLARS = ['metrics', 'traces', 'logs', 'profiles', 'events'] as const;
type Pillar = (typeof PILLARS)[number];

export const params = {
  pillars: choice({
    help: 'How far the team has got: it has this, and all that comes before it',
    default: 'metrics',
    choices: PILLARS,
  }),
  rate: rate({ help: 'Requests of all users', default: 80, min: 5, max: 300, logarithmic: true }),
  orderShare: share({
    help: 'Share of the requests that place an order; the others look at the catalogue',
    default: 0.4,
    min: 0.05,
    max: 1,
  }),
  tenants: integer({ help: 'Tenants of the platform, each with as many users', default: 5, min: 2, max: 50 }),
  taxTime: duration({
    help: "Mean processor time of an order's taxes",
    default: ms(1),
    min: ms(0.1),
    max: ms(20),
    logarithmic: true,
  }),
  slowdown: number({
    help: "How many times as long one tenant's taxes take by the new rules",
    default: 60,
    min: 1,
    max: 200,
    logarithmic: true,
  }),
  changeAt: duration({ help: 'When the rules are changed', default: s(30), min: s(25), max: s(600) }),
  rest: duration({ help: 'How long the run goes on after that', default: s(30), min: s(15), max: s(600) }),
  target: duration({
    help: 'A request that takes longer is slow',
    default: ms(60),
    min: ms(10),
    max: s(2),
    logarithmic: true,
  }),
  sampled: share({ help: 'Share of the traces that are kept', default: 0.2, min: 0.01, max: 1 }),
  profileRate: integer({
    help: 'How often a second a profiler looks',
    default: 49,
    min: 1,
    max: 1000,
    logarithmic: true,
  }),
  tolerance: duration({
    help: 'An answer to "since when" may be off by so much',
    default: s(10),
    min: s(1),
    max: s(60),
  }),
};

export type Values = ValuesOf<typeof params>;

export const has = (p: Pick<Values, 'pillars'>, pillar: Pillar): boolean =>
  PILLARS.indexOf(p.pillars) >= PILLARS.indexOf(pillar);
