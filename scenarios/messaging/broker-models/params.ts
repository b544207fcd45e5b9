/** The parameters of one load through four models of a broker: what its sliders and `--set` take. */
import { choice, duration, integer, ms, rate, s, share, type ValuesOf } from '../../../sim-core/index.ts';

export const params = {
  model: choice({
    help: 'How the broker passes events on',
    default: 'queue',
    choices: ['queue', 'exchange', 'topic', 'stream', 'sqs', 'sns-sqs', 'nats-core', 'jetstream'] as const,
  }),
  storage: choice({
    help: 'JetStream: where the stream is kept',
    default: 'file',
    choices: ['file', 'memory'] as const,
  }),
  syncInterval: duration({
    help: 'JetStream: sync_interval, after which files are synced, if the kernel has not written them back before',
    default: s(120),
    min: ms(100),
    max: s(120),
    logarithmic: true,
  }),
  persistence: choice({
    help: 'Redis: what of its stream is on disk: an append-only file that is synced always, every second or by the kernel, snapshots, or nothing',
    default: 'everysec',
    choices: ['always', 'everysec', 'no', 'snapshots', 'none'] as const,
  }),
  rate: rate({ help: 'Events of all users together', default: 230, min: 10, max: 1000, logarithmic: true }),
  hotShare: share({ help: 'Share of the events that are about one order', default: 0.2, min: 0, max: 1 }),
  consumers: integer({ help: 'Consumers of each service, one event at a time each', default: 3, min: 2, max: 6 }),
  workTime: duration({
    help: 'Mean time in which a consumer handles an event; exponential',
    default: ms(6),
    min: ms(1),
    max: ms(100),
    logarithmic: true,
  }),
  killAt: duration({ help: 'When a consumer of billing dies, for two seconds', default: s(4), min: s(1), max: s(600) }),
  crashAt: duration({ help: 'When the broker is killed, for two seconds', default: s(8), min: s(1), max: s(600) }),
  lateAt: duration({ help: 'When the audit begins to read', default: s(11), min: s(1), max: s(600) }),
  length: duration({
    help: 'Length of the run; users stop eight seconds before its end',
    default: s(26),
    min: s(20),
    max: s(600),
    logarithmic: true,
  }),
};

export type Values = ValuesOf<typeof params>;
