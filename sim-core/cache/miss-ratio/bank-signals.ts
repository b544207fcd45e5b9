/** What is told of a bank of caches, and the signals of it: the points of the curves, bytes, and what bookkeeping costs. */
import { defineReading } from '../../kernel/fact.ts';
import { defineSignal, type SignalDefinition } from '../../statistics/signal.ts';
import { cacheSignals } from '../cache.ts';

/** All caches of a bank were asked for a key; of `hits` the bit of each that held it is set. */
export const cacheBankAsked = defineReading('cache.bank.asked', 'All caches of a bank were asked for a key', {
  bank: 'text',
  request: 'request',
  hits: 'number',
});

/** What the bookkeeping of the serving cache took for a request: steps, and bytes an entry then. */
export const cacheBankKept = defineReading('cache.bank.kept', 'The serving cache of a bank has kept its books', {
  bank: 'text',
  request: 'request',
  steps: 'number',
  bytes: 'number',
});

/** Where entries have sizes: the bytes that a request asked the serving cache for, and those it missed. */
export const cacheBankSent = defineReading('cache.bank.sent', 'Bytes were asked for', {
  bank: 'text',
  request: 'request',
  asked: 'number',
  missed: 'number',
});

/** Of the serving cache: what its bookkeeping costs. */
const bookkeepingSignals = [
  defineSignal({
    name: 'cache.bookkeeping.steps',
    kind: 'histogram',
    unit: '{step}',
    help: 'Steps of bookkeeping that a request took',
    fact: cacheBankKept,
    value: ({ steps }) => steps,
  }),
  defineSignal({
    name: 'cache.bookkeeping.size',
    kind: 'gauge',
    unit: 'By',
    help: 'Bytes of lists, heaps and sketches an entry, of objects that are only remembered too',
    fact: cacheBankKept,
    value: ({ bytes }) => bytes,
    of: ({ bank }) => bank,
  }),
];

const byteSignals = [
  defineSignal({
    name: 'cache.bytes.requested',
    kind: 'counter',
    unit: 'By',
    help: 'Bytes of the entries asked for',
    fact: cacheBankSent,
    amount: ({ asked }) => asked,
  }),
  defineSignal({
    name: 'cache.bytes.missed',
    kind: 'counter',
    unit: 'By',
    help: 'Bytes of the entries asked for and not held',
    fact: cacheBankSent,
    amount: ({ missed }) => missed,
  }),
];

export interface BankedCache {
  /** What its signal is called after: `cache.miss_ratio.NAME`. */
  readonly name: string;
  /** An eviction policy, with options if any: what `chosenPolicy` takes. */
  readonly eviction: string;
  /** Entries that it holds, or bytes of them: an integer of at least 1. */
  readonly capacity: number;
  /** The line of the curve that it is a point of, in the page's words, and where the point lies on it. */
  readonly line: string;
  readonly size: number;
}

/** What the curve of a bank is called where a scenario lists its charts. */
export const MISS_RATIO_CURVE = 'cache.miss_ratio';

const signalOf = (
  { name, line, size, eviction, capacity }: BankedCache,
  place: number,
  unit: string,
): SignalDefinition =>
  defineSignal({
    name: `${MISS_RATIO_CURVE}.${name}`,
    kind: 'ratio',
    unit: '1',
    help: `Share of the requests that a cache of ${capacity} ${unit} under ${eviction} misses`,
    fact: cacheBankAsked,
    counts: ({ hits }) => ((hits >>> place) & 1) === 0,
    point: {
      curve: MISS_RATIO_CURVE,
      title: 'Misses by cache size',
      axis: unit === 'bytes' ? 'cache size, share of the bytes of all keys' : 'cache size, share of the keys',
      line,
      at: size,
    },
  });

/** The signals of a bank of these caches, with capacities in this unit. */
export const bankSignals = (caches: readonly BankedCache[], unit: 'entries' | 'bytes'): SignalDefinition[] => [
  ...cacheSignals.filter((signal) => signal.name !== 'cache.stale_ratio'),
  ...caches.map((cache, place) => signalOf(cache, place, unit)),
  ...bookkeepingSignals,
  ...(unit === 'bytes' ? byteSignals : []),
];
