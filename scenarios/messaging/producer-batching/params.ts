/** The parameters of a producer's batches: what its sliders and `--set` take. */
import { duration, integer, ms, rate, s, us, type ValuesOf } from '../../../sim-core/index.ts';

export const params = {
  rate: rate({ help: 'Records of all users together', default: 1000, min: 10, max: 5000, logarithmic: true }),
  linger: duration({
    help: 'Producer: linger.ms, how long a batch waits for more records',
    default: ms(5),
    min: 0,
    max: s(2),
  }),
  batchSize: integer({
    help: 'Producer: batch.size in bytes, at which a batch leaves without lingering',
    default: 16_384,
    min: 300,
    max: 4_194_304,
    logarithmic: true,
  }),
  recordBytes: integer({ help: 'Bytes of a record', default: 200, min: 10, max: 10_000, logarithmic: true }),
  partitions: integer({ help: 'Partitions of the topic', default: 6, min: 1, max: 24 }),
  bufferMemory: integer({
    help: 'Producer: buffer.memory in bytes, of which a batch takes its whole size from its first record on',
    default: 134_217_728,
    min: 16_384,
    max: 1_073_741_824,
    logarithmic: true,
  }),
  maxBlock: duration({
    help: 'Producer: max.block.ms, after which a caller that waits for memory is refused',
    default: s(60),
    min: ms(10),
    max: s(60),
    logarithmic: true,
  }),
  maxInFlight: integer({
    help: 'Producer: max.in.flight.requests.per.connection',
    default: 5,
    min: 1,
    max: 5,
  }),
  requestTime: duration({
    help: 'Time of a broker’s thread for a request, whatever is in it',
    default: us(400),
    min: us(10),
    max: ms(10),
    logarithmic: true,
  }),
  byteTime: duration({
    help: 'Time of a broker’s thread for each kilobyte',
    default: us(1),
    min: 0,
    max: ms(1),
  }),
  budget: duration({
    help: 'Time in which the application wants 99 of 100 records acknowledged: what the remedy is held to',
    default: ms(20),
    min: ms(1),
    max: s(5),
    logarithmic: true,
  }),
  length: duration({ help: 'How long the run lasts', default: s(30), min: s(10), max: s(600) }),
};

export type Values = ValuesOf<typeof params>;
