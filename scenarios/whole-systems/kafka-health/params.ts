/** The parameters of Kafka's health: what its sliders and `--set` take. */
import { choice, duration, integer, ms, number, rate, s, type ValuesOf } from '../../../sim-core/index.ts';

export const FAULTS = ['none', 'slow-consumer', 'broker-killed', 'slow-follower', 'flapping-consumer'] as const;

export const params = {
  rate: rate({ help: 'Records of all users together', default: 300, min: 50, max: 3000, logarithmic: true }),
  processTime: duration({
    help: 'Mean time in which a consumer processes one record',
    default: ms(2),
    min: ms(0.1),
    max: ms(50),
    logarithmic: true,
  }),
  fault: choice({ help: 'What goes wrong', default: 'broker-killed', choices: FAULTS }),
  minInSync: integer({ help: 'Topic: min.insync.replicas, of three replicas', default: 2, min: 1, max: 3 }),
  slowdown: number({ help: 'How many times as long a record takes the slow consumer', default: 8, min: 1, max: 100 }),
  every: duration({
    help: 'From one time of a fault that comes again to the next',
    default: s(5),
    min: s(2),
    max: s(60),
  }),
  deliveryTimeout: duration({
    help: 'Producer: delivery.timeout.ms, after which a record is given up',
    default: s(5),
    min: s(1),
    max: s(120),
    logarithmic: true,
  }),
  lagMax: duration({
    help: 'Brokers: replica.lag.time.max.ms, after which a follower that is behind leaves the set in sync',
    default: s(2),
    min: s(1),
    max: s(60),
    logarithmic: true,
  }),
  length: duration({ help: 'How long the run lasts', default: s(76), min: s(60), max: s(600) }),
};

export type Values = ValuesOf<typeof params>;
