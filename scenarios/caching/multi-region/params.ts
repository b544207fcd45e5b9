/**
 * The parameters of multi-region: what its sliders and `--set` take. The round trips are those that cloudping.co measured
 * between AWS's regions us-east-1 (Virginia), ap-east-1 (Hong Kong) and af-south-1 (Cape Town), to the nearest millisecond.
 */
import { choice, duration, integer, ms, rate, s, type ValuesOf } from '../../../sim-core/index.ts';

import { distanceParam } from '../application/params.ts';
import { FAR_MIN } from '../../application/distances.ts';

export const WAYS = ['single-region', 'local-ttl', 'cache-fanout', 'fanout'] as const;

const roundTrip = (between: string, measured: number) =>
  duration({ help: `Round trip between ${between}`, default: ms(measured), min: ms(1), max: s(2), logarithmic: true });

export const params = {
  reads: rate({ help: 'Reads of the users of each region', default: 300, min: 1, max: 5000, logarithmic: true }),
  writes: rate({ help: 'Writes of the users of each region', default: 20, min: 0.1, max: 500, logarithmic: true }),
  keys: integer({ help: 'Keys, all read and written alike', default: 200, min: 1, max: 10_000, logarithmic: true }),
  way: choice({ help: 'What each region has', default: 'single-region', choices: WAYS }),
  ttl: duration({
    help: 'Time to live of an entry, where there are caches',
    default: s(5),
    min: ms(100),
    max: s(600),
    logarithmic: true,
  }),
  virginiaHongKong: roundTrip('Virginia and Hong Kong', 202),
  virginiaCapeTown: roundTrip('Virginia and Cape Town', 227),
  hongKongCapeTown: roundTrip('Hong Kong and Cape Town', 238),
  distance: distanceParam(FAR_MIN),
  partition: duration({ help: 'How long Hong Kong is cut off, from 15 s on', default: 0, min: 0, max: s(60) }),
  queryTime: duration({
    help: 'Mean processor time of a query',
    default: ms(3),
    min: ms(0.1),
    max: s(1),
    logarithmic: true,
  }),
  length: duration({ help: 'Simulated time', default: s(30), min: s(16), max: s(86_400), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;
