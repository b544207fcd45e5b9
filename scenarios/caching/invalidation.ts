/**
 * Invalidation: every instance has a cache of its own, and a write has to reach all the copies.
 *
 *     readers, writers --> app-1 … app-n (each with a cache) --> database <-- import job
 *                              ^                                     |
 *                              '---------- bus, or log <-------------'
 *
 * The same reads and writes go through all ways of learning that a copy is old. The import job writes through the
 * application, or past it, as jobs do that somebody wrote later.
 */
import {
  atLeast,
  atMost,
  cacheInMemory,
  channelOf,
  defineScenario,
  defineSignal,
  Database,
  entriesHeldSignals,
  gamma,
  guardrail,
  hardTtl,
  Link,
  LocalCache,
  mean,
  ms,
  OpenLoopClient,
  peak,
  poisson,
  pushSignals,
  readEntriesHeld,
  roundRobin,
  s,
  Service,
  softTtl,
  staleEntryGone,
  StaleEntryMeter,
  staleEntrySignals,
  StalenessMeter,
  stalenessSignals,
  total,
  uniform,
  zipfPopularity,
  type DatabaseQuery,
  type Endpoint,
  type Row,
  type Simulation,
} from '../../sim-core/index.ts';
import { sentBy, workedOffBy } from '../application/settings.ts';
import { oldest } from './application/oldest.ts';
import { nearby, SHAPE } from '../application/distances.ts';
import { COMMAND_TIME, usersWay } from './application/wiring.ts';
import * as limits from './invalidation/limits.ts';
import { params, type Values } from './invalidation/params.ts';
import * as pushes from './invalidation/pushes.ts';
import * as nearReaders from './invalidation/near-readers.ts';

const LASTING = 'invalidation.lasting';
const LIFE = 'cache.stale_entry.duration';
const STALE = 'read.stale_ratio';
const AGE = 'read.staleness';
const HITS = 'cache.hit_ratio';
const HELD = 'cache.entries';
const LATE = 'invalidation.pushes.late';
const BYTES = 'invalidation.bytes';

/** Few rows, each of them written several times a second, and news that takes long enough to be overtaken. */
const oftenWritten = { keys: 30, writes: 100, newsDistance: ms(30) };
const KEPT = 'A copy stays in its place, whichever row is believed';

const lasting = defineSignal({
  name: LASTING,
  kind: 'counter',
  unit: '{entry}',
  help: 'Copies that could be served for longer than 250 ms after they had been replaced',
  fact: staleEntryGone,
  where: (fact) => fact.duration > limits.LASTING,
});

export default defineScenario({
  id: 'invalidation',
  section: '1.4',
  title: 'Invalidation',
  question: 'Every instance has its own copy of a row. Somebody writes it. Who serves the old one, and for how long?',
  params,
  variants: {
    ttl: { way: 'ttl' },
    'write-invalidate': { way: 'acknowledged' },
    'write-invalidate-far-bus': { way: 'acknowledged', newsDistance: ms(30) },
    'missed-path': { way: 'acknowledged', bypass: true },
    'pubsub-invalidate': { way: 'published' },
    'log-invalidate': { way: 'log', bypass: true },
    'versioned-keys': { way: 'versioned-keys' },
    'soft-ttl': { way: 'soft-ttl' },
    'write-invalidate-often-written': { way: 'acknowledged', ...oftenWritten },
    'push-unversioned': { way: 'pushed-unversioned', ...oftenWritten },
    'push-values': { way: 'pushed', ...oftenWritten },
    'push-deltas': { way: 'pushed-changes', ...oftenWritten },
    'log-updates': { way: 'log-updates', ...oftenWritten },
  },
  roles: {
    ttl: 'alternative',
    'write-invalidate': 'remedy',
    'write-invalidate-far-bus': 'alternative',
    'missed-path': 'pitfall',
    'pubsub-invalidate': 'pitfall',
    'log-invalidate': 'remedy',
    'versioned-keys': 'remedy',
    'soft-ttl': 'alternative',
    'write-invalidate-often-written': 'alternative',
    'push-unversioned': 'pitfall',
    'push-values': 'remedy',
    'push-deltas': 'remedy',
    'log-updates': 'remedy',
  },
  repairs: {
    'write-invalidate': 'pubsub-invalidate',
    'log-invalidate': 'missed-path',
    'versioned-keys': 'pubsub-invalidate',
    'push-values': 'push-unversioned',
    'push-deltas': 'push-unversioned',
    'log-updates': 'push-unversioned',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  interval: ms(250),
  openAt: s(20),
  system,
  signals: [...stalenessSignals, ...staleEntrySignals, ...entriesHeldSignals, ...pushSignals, lasting],
  whileRunning: {
    reads: sentBy('reads', 'readers'),
    writes: sentBy('writes', 'writers'),
    imports: sentBy('imports', 'importer'),
    queryTime: workedOffBy('queryTime', 'database'),
  },
  charts: [STALE, 'cache.stale_entries', AGE, HITS, 'db.client.operation.rate', HELD, 'http.client.request.duration'],
  expect: {
    ttl: [atLeast(mean(STALE), limits.staleLeast), atMost(mean(STALE), limits.staleMost), atMost(oldest, limits.ttl)],
    // Nobody is served the old value if all users are further away than the news of a commit: it depends on the distances.
    'write-invalidate': [
      atMost(total('read.stale'), nearReaders.toldLate),
      atMost(peak(LIFE), limits.announced),
      guardrail(atMost(peak(HELD), limits.livingEntries), 'It costs no memory, as versioned keys do'),
    ],
    'write-invalidate-far-bus': [
      atLeast(total('read.stale'), nearReaders.toldLateLeast),
      atMost(total('read.stale'), nearReaders.toldLate),
      atMost(oldest, nearReaders.toldLateBy),
      atMost(peak(LIFE), limits.announced),
    ],
    'missed-path': [atLeast(total(LASTING), limits.bypassed), atMost(oldest, limits.ttl)],
    'pubsub-invalidate': [atLeast(total(LASTING), limits.lost), atMost(oldest, limits.ttl)],
    'log-invalidate': [atMost(total(LASTING), limits.lateLooks), atMost(peak(LIFE), limits.looked)],
    'versioned-keys': [atMost(total('read.stale'), nearReaders.raisedLate), atLeast(peak(HELD), limits.deadEntries)],
    'soft-ttl': [atLeast(mean(HITS), limits.softHits), atLeast(oldest, limits.softAge)],
    'write-invalidate-often-written': [
      atMost(mean(HITS), pushes.invalidatedHits),
      atMost(total(LASTING), pushes.told),
      atMost(peak(LIFE), limits.announced),
    ],
    'push-unversioned': [
      atLeast(total(LATE), pushes.late),
      atLeast(total(LASTING), pushes.overwritten),
      atLeast(mean(HITS), pushes.pushedHits),
    ],
    'push-values': [
      atMost(total(LASTING), pushes.told),
      atMost(peak(LIFE), limits.announced),
      guardrail(atLeast(total(LATE), pushes.late), 'Messages overtake each other all the same'),
      guardrail(atLeast(mean(HITS), pushes.pushedHits), KEPT),
      guardrail(atLeast(total(BYTES), pushes.rowBytes), 'The price: every row that is written goes to every instance'),
    ],
    'push-deltas': [
      atMost(total(LASTING), pushes.told),
      atMost(peak(LIFE), limits.announced),
      atMost(total(BYTES), pushes.changeBytes),
      guardrail(atLeast(mean(HITS), pushes.changedHits), 'A copy is dropped only where a change was overtaken'),
    ],
    'log-updates': [
      atMost(total(LASTING), limits.lateLooks),
      atMost(peak(LIFE), limits.looked),
      guardrail(atLeast(mean(HITS), pushes.pushedHits), KEPT),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const channel = channelOf(p.way === 'soft-ttl' ? 'ttl' : p.way).create(sim, {
    near: uniform(p.newsDistance, limits.newsMost(p)),
    lossShare: p.lossShare,
    rowBytes: p.rowBytes,
    changeBytes: p.changeBytes,
    poll: p.poll,
    kept: 10_000,
    keys: p.keys,
    commandTime: COMMAND_TIME,
  });
  const { committed } = channel;
  const database = new Database(sim, {
    name: 'database',
    connections: 200,
    queueMax: 10_000,
    cores: p.cores,
    demand: gamma(SHAPE, p.queryTime / SHAPE),
    ...(committed && { onCommit: committed }),
  });
  const staleness = new StalenessMeter(sim, database.history);

  const apps = Array.from({ length: p.instances }, (_, i) => {
    const name = `app-${i + 1}`;
    const store = new Link<DatabaseQuery, Row>(sim, database, { from: name, delay: nearby });
    const expiry = p.way === 'soft-ttl' ? softTtl(p.ttl, p.hardFactor) : hardTtl(p.ttl);
    const local = new LocalCache(sim, { instance: name, capacity: p.capacity, expiry });
    readEntriesHeld(sim, local.cache);
    // A dead name's entry is never served, so it is not stale.
    if (p.way !== 'versioned-keys') new StaleEntryMeter(sim, local.cache, database.history);
    const member = channel.join({ instance: name, local, store });
    return new Service<DatabaseQuery, Row>(sim, {
      name,
      help: `An instance of the application, with room for ${p.capacity} entries in its own cache`,
      concurrency: 400,
      queueMax: 2000,
      *handle({ query, request }) {
        if (query.operation === 'read') {
          const row = yield* member.read(query.key, request);
          staleness.measure(name, row, request);
          return row;
        }
        const row = yield* store.call(query, request);
        yield* member.wrote(row, request);
        return row;
      },
      onCrash: () => local.crash(),
      inside: cacheInMemory(local.cache),
    });
  });

  const client = (
    name: string,
    asks: DatabaseQuery['operation'],
    rate: number,
    to: Endpoint<DatabaseQuery, Row>[],
  ): void => {
    const delay = usersWay(p);
    new OpenLoopClient<Row, DatabaseQuery>(sim, {
      name,
      arrivals: poisson(rate),
      popularity: zipfPopularity(p.keys, asks === 'read' ? p.exponent : 0),
      asks: (key) => ({ operation: asks, key }),
      target: roundRobin(to.map((end) => new Link<DatabaseQuery, Row>(sim, end, { from: name, delay, timeout: s(1) }))),
    });
  };
  client('readers', 'read', p.reads, apps);
  client('writers', 'write', p.writes, apps);
  client('importer', 'write', p.imports, p.bypass ? [database] : apps);
}
