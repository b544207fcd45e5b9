/** The parameters of the replicated log and of what befalls it: what its sliders and `--set` take. */
import { choice, duration, flag, integer, ms, rate, s, type ValuesOf } from '../../../sim-core/index.ts';

export const params = {
  rate: rate({ help: 'Records of all users together', default: 500, min: 10, max: 5000, logarithmic: true }),
  acks: choice({
    help: 'What the producer waits for: nothing, the leader, all replicas in sync',
    default: 'all',
    choices: ['0', '1', 'all'],
  }),
  minInSync: integer({ help: 'Topic: min.insync.replicas, which acks=all asks for', default: 1, min: 1, max: 3 }),
  unclean: flag({ help: 'Topic: whether a replica that is not in sync may be elected', default: false }),
  isolateAt: duration({ help: 'When both followers are cut off', default: s(10), min: s(1), max: s(600) }),
  isolateFor: duration({ help: 'For how long', default: s(5), min: ms(10), max: s(600), logarithmic: true }),
  killAt: duration({ help: 'When the leader is killed', default: s(12), min: s(1), max: s(600) }),
  downtime: duration({ help: 'How long it is down', default: s(20), min: ms(10), max: s(600), logarithmic: true }),
  quorumLostAt: duration({
    help: 'When two of the three controllers die; 0 is never',
    default: 0,
    min: 0,
    max: s(600),
  }),
  quorumLostFor: duration({ help: 'How long they are down', default: s(40), min: ms(10), max: s(600) }),
  lagMax: duration({
    help: 'Brokers: replica.lag.time.max.ms, after which a follower that is behind leaves the in-sync set',
    default: s(4),
    min: s(1),
    max: s(60),
    logarithmic: true,
  }),
  sessionTimeout: duration({
    help: 'Brokers: broker.session.timeout.ms, after which the controllers take a silent broker to be dead',
    default: s(9),
    min: s(3),
    max: s(60),
    logarithmic: true,
  }),
  requestTimeout: duration({
    help: 'Producer: request.timeout.ms, after which a request that is not answered is sent again',
    default: s(5),
    min: s(1),
    max: s(60),
    logarithmic: true,
  }),
  deliveryTimeout: duration({
    help: 'Producer: delivery.timeout.ms, after which a record is given up',
    default: s(30),
    min: s(1),
    max: s(120),
    logarithmic: true,
  }),
  linger: duration({ help: 'Producer: linger.ms', default: ms(10), min: 0, max: ms(500) }),
  length: duration({ help: 'How long the run lasts', default: s(60), min: s(20), max: s(600) }),
};

export type Values = ValuesOf<typeof params>;
