/** Each region by itself: what its users wait for a read, what share its cache has, how old its answers are. */
import {
  cacheLookup,
  defineSignal,
  requestCompleted,
  rowReturned,
  type SignalDefinition,
} from '../../../sim-core/index.ts';
import { REGIONS, type Region } from './limits.ts';

const WORDS: Readonly<Record<Region, string>> = { us: 'Virginia', hk: 'Hong Kong', za: 'Cape Town' };

export const readersOf = (region: Region): string => `readers-${region}`;
export const appIn = (region: Region): string => `app-${region}`;
export const cacheIn = (region: Region): string => `cache-${region}`;

export const hitRatioIn = (region: Region): string => `cache.hit_ratio.${region}`;
export const readTimeIn = (region: Region): string => `http.client.request.duration.read.${region}`;
export const stalenessIn = (region: Region): string => `read.staleness.${region}`;

const signalsOf = (region: Region): SignalDefinition[] => [
  defineSignal({
    name: hitRatioIn(region),
    kind: 'ratio',
    unit: '1',
    help: `Share of the lookups in the cache of ${WORDS[region]} that found an entry`,
    fact: cacheLookup,
    where: ({ cache }) => cache === cacheIn(region),
    counts: ({ outcome }) => outcome === 'hit',
  }),
  defineSignal({
    name: readTimeIn(region),
    kind: 'histogram',
    unit: 's',
    help: `Time from sending a read to its answer, for the users of ${WORDS[region]}`,
    fact: requestCompleted,
    where: ({ client }) => client === readersOf(region),
    value: ({ duration }) => duration,
  }),
  defineSignal({
    name: stalenessIn(region),
    kind: 'histogram',
    unit: 's',
    help: `How long ago the value of a stale read that ${WORDS[region]} answered had been replaced when the read was sent`,
    fact: rowReturned,
    where: ({ reader, behind }) => reader === appIn(region) && behind > 0,
    value: ({ age }) => age,
  }),
];

export const signalsByRegion: readonly SignalDefinition[] = REGIONS.flatMap(signalsOf);
