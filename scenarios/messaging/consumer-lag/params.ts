/** The parameters of a group that is slower than its topic: what its sliders and `--set` take. */
import { duration, integer, ms, rate, s, share, type ValuesOf } from '../../../sim-core/index.ts';

export const params = {
  rate: rate({ help: 'Records of all users together', default: 500, min: 10, max: 3000, logarithmic: true }),
  processTime: duration({
    help: 'Mean time in which a consumer processes one record',
    default: ms(7.5),
    min: ms(1),
    max: ms(200),
    logarithmic: true,
  }),
  partitions: integer({ help: 'Partitions of the topic', default: 6, min: 1, max: 24 }),
  consumers: integer({ help: 'Members of the group at the start', default: 3, min: 1, max: 24 }),
  scaleTo: integer({ help: 'Members of the group from then on', default: 3, min: 1, max: 24 }),
  scaleAt: duration({ help: 'When the group is scaled', default: s(12), min: s(5), max: s(600) }),
  retention: duration({
    help: 'Topic: retention.ms, after which records are deleted, read or not; brokers look every second',
    default: s(604_800),
    min: s(1),
    max: s(604_800),
    logarithmic: true,
  }),
  hotShare: share({ help: 'Records that are for one hot key', default: 0, min: 0, max: 1 }),
  pollRecords: integer({
    help: 'Consumer: max.poll.records, processed before the next poll commits them',
    default: 50,
    min: 1,
    max: 500,
    logarithmic: true,
  }),
  length: duration({ help: 'How long the run lasts', default: s(60), min: s(20), max: s(600) }),
};

export type Values = ValuesOf<typeof params>;
