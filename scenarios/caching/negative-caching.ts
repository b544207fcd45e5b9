/**
 * Negative caching: users ask for keys of which the store has no row. Cache-aside stores what it finds, and here it finds
 * nothing; so each of these lookups reaches the store.
 *
 *     users, authors --> app-1 … app-n --> cache
 *                               \ \------> database
 *                                \-------> filter
 *
 * Keys come into being while the run lasts: authors create rows under some of the keys that users ask for in vain. From
 * then on an answer that there is no such row is wrong, and how long such answers last is the price of either remedy.
 */
import {
  atEnd,
  atLeast,
  atMost,
  CacheServer,
  defineFact,
  defineScenario,
  defineSignal,
  FilteredReader,
  FilterServer,
  filterSignals,
  guardrail,
  hardTtl,
  inTurn,
  Link,
  loadSignals,
  membershipFilters,
  mixture,
  ms,
  noGuard,
  OpenLoopClient,
  poisson,
  rowReturned,
  s,
  StalenessMeter,
  summary,
  toSeconds,
  total,
  zipfPopularity,
  type Behaviour,
  type DatabaseQuery,
  type FilterCommand,
  type MembershipFilter,
  type Reader,
  type RequestContext,
  type Row,
  type Simulation,
} from '../../sim-core/index.ts';
import { sentBy, settings } from '../application/settings.ts';
import { nearby } from '../application/distances.ts';
import {
  cacheAsideReaders,
  COMMAND_TIME,
  databaseOf,
  fromAfar,
  instances,
  sharedCache,
  users,
} from './application/wiring.ts';
import { measured } from './application/measured.ts';
import { spreadOver, storeBefore } from './application/warm-start.ts';
import * as limits from './negative-caching/limits.ts';
import { KEEPERS, params, type Values } from './negative-caching/params.ts';

const READS = 'db.client.operations';
const STORE_RATE = 'db.client.operation.rate';
const LATENCY = 'http.client.request.duration';
const WRONG = 'cache.absence.wrong';
const WRONG_FOR = 'cache.absence.wrong_for';
const FALSE_POSITIVES = 'cache.filter.false_positive_ratio';
const MISTAKEN = 'negative_caching.filter.mistaken';

const wrongAbsence = {
  fact: rowReturned,
  where: (fact: { version: number; behind: number }) => fact.version === 0 && fact.behind > 0,
};

/** When all keys are in it, the filter is asked for keys that nobody ever creates. */
const filterProbed = defineFact('negative_caching.probe', 'A filter was asked for keys that nobody ever creates', {
  mistaken: 'number',
});

const INVISIBLE = 'The price: how long a new row is not seen';

const filtered = [
  atMost(total(READS), limits.readsBehindFilter),
  guardrail(
    atMost(atEnd(MISTAKEN), limits.mistaken),
    'The filter is what it was made for; without one nothing is mistaken',
  ),
  atLeast(total(WRONG), limits.wrongWithFilter),
  guardrail(atMost(summary(WRONG_FOR, 'max'), limits.invisibleWithFilter), INVISIBLE),
];

export default defineScenario({
  id: 'negative-caching',
  section: '1.7',
  title: 'Negative caching',
  question:
    'Four requests in ten ask for keys that do not exist. What do they cost, and what does it cost to be rid of them?',
  params,
  variants: Object.fromEntries(KEEPERS.map((keeper) => [keeper, { keeper }])) as Record<
    (typeof KEEPERS)[number],
    { keeper: (typeof KEEPERS)[number] }
  >,
  roles: { none: 'pitfall', 'negative-cache': 'remedy', 'bloom-filter': 'remedy', 'cuckoo-filter': 'remedy' },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  interval: ms(500),
  openAt: s(12),
  system,
  signals: [
    ...loadSignals,
    ...filterSignals,
    defineSignal({
      name: MISTAKEN,
      kind: 'gauge',
      unit: '1',
      help: `Share of ${limits.PROBES} keys that nobody ever creates which the filter takes for one that there is, at the end`,
      fact: filterProbed,
      of: () => 'filter',
      value: (fact) => fact.mistaken,
    }),
    defineSignal({
      name: WRONG,
      kind: 'counter',
      unit: '{read}',
      help: 'Reads told that there is no row although there was one when they were sent',
      ...wrongAbsence,
    }),
    defineSignal({
      name: WRONG_FOR,
      kind: 'histogram',
      unit: 's',
      help: 'How long a row had been there when a read was sent that was told there is none',
      ...wrongAbsence,
      value: (fact) => fact.age,
    }),
  ],
  whileRunning: { ...settings, creations: sentBy('creations', 'authors') },
  charts: [STORE_RATE, 'cache.hit_ratio', LATENCY, WRONG, WRONG_FOR, FALSE_POSITIVES, 'cache.loads.active'],
  expect: {
    none: [atLeast(total(READS), limits.readsInVain), atMost(total(WRONG), 0)],
    'negative-cache': [
      atMost(total(READS), limits.readsBehindNegativeCache),
      atLeast(total(WRONG), limits.wrongWithNegativeCache),
      guardrail(atMost(summary(WRONG_FOR, 'max'), limits.invisibleWithNegativeCache), INVISIBLE),
    ],
    'bloom-filter': filtered,
    'cuckoo-filter': filtered,
  },
});

/** What an instance is asked: to read a key, or to create a row under one. */
type Ask = number | { readonly create: number };

function system(sim: Simulation, p: Values): void {
  const database = databaseOf(sim, p, (key) => key < p.keys);
  const cache = new CacheServer<Row>(sim, {
    name: 'cache',
    capacity: p.capacity,
    eviction: 'lru',
    commandTime: COMMAND_TIME,
  });
  const filter = filterOf(sim, p);
  const readerOf = cacheAsideReaders(sim, {
    cache: sharedCache(sim, cache),
    store: database,
    expiry: () => hardTtl(p.ttl),
    guard: noGuard,
    ...(p.keeper === 'negative-cache' ? { absenceTtl: p.absenceTtl } : {}),
  });
  const meter = new StalenessMeter(sim, database.history);
  const apps = instances<Ask>(sim, p, (name) => {
    const cacheAside = readerOf(name);
    const source = filter && new Link<FilterCommand, MembershipFilter>(sim, filter, { from: name, delay: nearby });
    const reader: Reader = source
      ? new FilteredReader(sim, { instance: name, reader: cacheAside, source, copyEvery: p.copyEvery })
      : cacheAside;
    const store = new Link<DatabaseQuery, Row>(sim, database, { from: name, delay: nearby });
    return {
      handle: ({ query, request }) =>
        typeof query === 'number'
          ? measured(meter, name, reader, query, request)
          : create(store, source, query.create, request),
      onCrash: () => cacheAside.crash(),
    };
  });
  warm(sim, cache, p);
  const known = zipfPopularity(p.keys, p.exponent);
  users(sim, p, apps, mixture(known, zipfPopularity(p.absentKeys, p.exponent), p.absentShare));
  new OpenLoopClient<Row, Ask>(sim, {
    name: 'authors',
    arrivals: poisson(p.creations),
    popularity: inTurn(orderOfCreation(sim, p)),
    asks: (key) => ({ create: key }),
    target: fromAfar(sim, p, 'authors', apps),
  });
}

function filterOf(sim: Simulation, p: Values): FilterServer | undefined {
  if (p.keeper !== 'bloom-filter' && p.keeper !== 'cuckoo-filter') return undefined;
  const filter = membershipFilters[p.keeper === 'bloom-filter' ? 'bloom' : 'cuckoo'].create({
    keys: p.keys + Math.min(p.absentKeys, Math.ceil(p.creations * toSeconds(p.length))),
    falsePositives: p.falsePositives,
    random: sim.random('filter'),
  });
  for (let key = 0; key < p.keys; key++) filter.add(key);
  const probed = sim.facts.channel(filterProbed);
  const probe = (): void => {
    const beyond = p.keys + p.absentKeys;
    let mistaken = 0;
    for (let i = 0; i < limits.PROBES; i++) if (filter.mayContain(beyond + i)) mistaken++;
    probed.emit({ mistaken: mistaken / limits.PROBES });
  };
  sim.scheduleAt(p.length - 1, probe, undefined, sim.eventKind('the filter is probed'));
  return new FilterServer(sim, 'filter', filter);
}

/** Creates a row, and then tells the filter. Whatever says of the key that there is none is left as it is. */
function* create(
  store: Link<DatabaseQuery, Row>,
  filter: Link<FilterCommand, MembershipFilter> | undefined,
  key: number,
  request: RequestContext,
): Behaviour<Row> {
  const row = yield* store.call({ operation: 'write', key }, request);
  if (filter !== undefined && row.version === 1) yield* filter.call({ command: 'add', key }, request);
  return row;
}

/** The keys without a row, as authors come to them. */
function orderOfCreation(sim: Simulation, p: Values): number[] {
  const random = sim.random('order of creation');
  const keys = Array.from({ length: p.absentKeys }, (_, i) => p.keys + i);
  for (let i = keys.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [keys[i], keys[j]] = [keys[j], keys[i]];
  }
  return keys;
}

/** Fills the cache with the rows that there are. */
function warm(sim: Simulation, cache: CacheServer<Row>, p: Values): void {
  const left = spreadOver(sim, p.ttl);
  for (let key = Math.min(p.keys, p.capacity) - 1; key >= 0; key--) storeBefore(cache, key, left(), p.loadTime);
}
