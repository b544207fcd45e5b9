/** The parameters of rate limiting: what its sliders and `--set` take. */
import {
  choice,
  duration,
  integer,
  ms,
  rate,
  rateLimiters,
  s,
  type RateLimiterName,
  type ValuesOf,
} from '../../../sim-core/index.ts';
import { backendParams } from '../application/backend.ts';

export const limiterNames = Object.keys(rateLimiters) as RateLimiterName[];

export const params = {
  userRate: rate({
    help: 'Requests of all users together',
    default: 600,
    min: 10,
    max: 5000,
    logarithmic: true,
  }),
  partnerRate: rate({
    help: 'Requests of the partner in the mean; they come in pulses',
    default: 400,
    min: 10,
    max: 5000,
    logarithmic: true,
  }),
  every: duration({ help: 'From one pulse of the partner to the next', default: s(3), min: s(2.5), max: s(60) }),
  pulse: duration({
    help: 'How long a pulse lasts',
    default: ms(100),
    min: ms(10),
    max: ms(500),
    logarithmic: true,
  }),
  lead: duration({
    help: 'How long before a full second a pulse begins; with windows of a second, one ends there',
    default: ms(50),
    min: 0,
    max: ms(500),
  }),
  limiter: choice({ help: 'What limits the partner', default: 'none', choices: limiterNames }),
  limit: rate({
    help: 'Requests a second that are agreed with the partner',
    default: 400,
    min: 10,
    max: 5000,
    logarithmic: true,
  }),
  window: duration({
    help: 'Windows: the agreed rate is counted over so long',
    default: s(1),
    min: ms(100),
    max: s(1),
    logarithmic: true,
  }),
  burst: integer({
    help: 'Token bucket: requests that may come at once',
    default: 100,
    min: 1,
    max: 10_000,
    logarithmic: true,
  }),
  queueMax: integer({
    help: 'Leaky bucket: requests that may wait in it; more are refused',
    default: 400,
    min: 1,
    max: 10_000,
    logarithmic: true,
  }),
  ...backendParams({ loadTime: ms(4) }),
  patience: duration({
    help: 'How long users and partner wait for an answer',
    default: s(5),
    min: ms(50),
    max: s(60),
    logarithmic: true,
  }),
  length: duration({ help: 'Length of the run', default: s(20), min: s(6), max: s(3600), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;
