/** The parameters of a group whose members are restarted one after the other: what its sliders and `--set` take. */
import { choice, duration, flag, integer, ms, rate, s, type ValuesOf } from '../../../sim-core/index.ts';

/**
 * A group's first generation begins nine seconds after the start at the latest: three in which its members start, and
 * twice the three for which it waits for others. What has come meanwhile is gone some seconds later. Nothing of it is
 * the restarts', and nothing of it is measured.
 */
export const FIRST_GENERATION = s(16);

export const params = {
  rate: rate({ help: 'Records of all users together', default: 400, min: 10, max: 3000, logarithmic: true }),
  processTime: duration({
    help: 'Mean time in which a consumer processes one record',
    default: ms(5),
    min: ms(1),
    max: ms(100),
    logarithmic: true,
  }),
  partitions: integer({ help: 'Partitions of the topic', default: 12, min: 1, max: 24 }),
  consumers: integer({ help: 'Members of the group', default: 6, min: 2, max: 12 }),
  assignor: choice({
    help: 'Consumer: partition.assignment.strategy; only cooperative-sticky rebalances cooperatively',
    default: 'sticky',
    choices: ['range', 'roundrobin', 'sticky', 'cooperative-sticky'],
  }),
  isStatic: flag({ help: 'Consumer: whether it has a group.instance.id and is known by it', default: false }),
  restartFrom: duration({
    help: 'When the first consumer is restarted',
    default: FIRST_GENERATION,
    min: FIRST_GENERATION,
    max: s(600),
  }),
  restartEvery: duration({ help: 'Time between one restart and the next', default: s(8), min: s(4), max: s(120) }),
  downtime: duration({ help: 'How long a restart takes', default: s(2), min: ms(100), max: s(60), logarithmic: true }),
  goodbye: flag({ help: 'Whether a consumer commits and leaves before it ends, or is killed', default: true }),
  sessionTimeout: duration({
    help: 'Consumer: session.timeout.ms, after which a silent member is dropped',
    default: s(6),
    min: s(6),
    max: s(60),
    logarithmic: true,
  }),
  commitInterval: duration({
    help: 'Consumer: auto.commit.interval.ms',
    default: s(5),
    min: ms(100),
    max: s(60),
    logarithmic: true,
  }),
  length: duration({ help: 'How long the run lasts', default: s(68), min: s(20), max: s(600) }),
};

export type Values = ValuesOf<typeof params>;
