/** The parameters of the orphaned compensations: what its sliders and `--set` take. */
import { duration, flag, integer, ms, rate, s, share, type ValuesOf } from '../../../sim-core/index.ts';

export const params = {
  rate: rate({ help: 'Orders of all customers together', default: 100, min: 1, max: 400, logarithmic: true }),
  watchdog: flag({
    help: 'Whether somebody looks for sagas that stand still and has them taken up again',
    default: false,
  }),
  audit: flag({
    help: 'Whether an auditor compares what the audit log says with what the services hold',
    default: false,
  }),
  lookEvery: duration({
    help: 'Watchdog and auditor: time between two looks',
    of: 'design',
    default: s(1),
    min: ms(100),
    max: s(60),
    logarithmic: true,
  }),
  stillMax: duration({
    help: 'Watchdog: how long a saga may stand still',
    default: s(2),
    min: ms(100),
    max: s(60),
    logarithmic: true,
  }),
  outage: duration({
    help: 'How long payments is away, from the fifth second on',
    default: s(3),
    min: ms(10),
    max: s(6),
    logarithmic: true,
  }),
  lost: integer({
    help: 'Refunds that payments says it has made and has not, from the twelfth second on',
    default: 10,
    min: 0,
    max: 1000,
  }),
  attempts: integer({
    help: 'Orchestrator: times that it asks for an action before it compensates',
    of: 'design',
    default: 5,
    min: 1,
    max: 20,
  }),
  compensationAttempts: integer({
    help: 'Orchestrator: times that it asks for a compensation before it gives that up',
    of: 'design',
    default: 3,
    min: 1,
    max: 20,
  }),
  refusedShare: share({
    help: 'Of its actions each service refuses so many for reasons of its own',
    default: 0.05,
    min: 0,
    max: 1,
  }),
  payTime: duration({
    help: 'Mean time of a payment or a refund',
    default: ms(30),
    min: ms(1),
    max: s(1),
    logarithmic: true,
  }),
  shipTime: duration({
    help: 'Mean time that shipping needs to find a carrier',
    default: ms(100),
    min: ms(1),
    max: s(1),
    logarithmic: true,
  }),
  length: duration({
    help: 'Length of the run; orders stop eight seconds before its end',
    default: s(28),
    min: s(22),
    max: s(600),
    logarithmic: true,
  }),
};

export type Values = ValuesOf<typeof params>;
