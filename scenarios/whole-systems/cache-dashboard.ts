/**
 * A day of two regions with a cache each, and the handbook's dashboard over it: a row for each thing that can be wrong.
 *
 *     north, crowd --> app-north --> cache-north
 *                          \-------> database
 *     south ---------> app-south --> cache-south, database
 *
 * On the day something goes wrong five times, each time by a mechanism of its own, and one row ought to say so. The day is
 * compressed: an hour takes two and a half seconds. All variants are asked for the same keys at the same times.
 */
import {
  atLeast,
  atMost,
  behind,
  cacheChecklist,
  cacheRoomSignals,
  defineScenario,
  during,
  entriesHeldSignals,
  firstSince,
  guardrail,
  HitRatioAlert,
  hitRatioAlertSignals,
  HotKeyMonitor,
  inTurn,
  LoadLedger,
  loadSignals,
  poisson,
  s,
  SpaceSaving,
  thinned,
  total,
  uniformArrivals,
  zipfPopularity,
  type ArrivalProcess,
  type Database,
  type Measure,
  type Popularity,
  type Simulation,
  type Since,
} from '../../sim-core/index.ts';
import { sentBy, workedOffBy } from '../application/settings.ts';
import { databaseOf } from '../caching/application/wiring.ts';
import { brokenFor, throughout, type Span } from './application/rows.ts';
import { after, askedAt, before, hour, INCIDENTS, inHours, morning } from './cache-dashboard/day.ts';
import * as limits from './cache-dashboard/limits.ts';
import { params, type Values } from './cache-dashboard/params.ts';
import { cacheOf, RegionOfUsers, REGIONS, regionSignals, type Region } from './cache-dashboard/regions.ts';

/** Keys of the south, far from those of the north. */
const SOUTH = 1_000_000;
const HOT_KEY = 0;
const ALERTS = 'cache.hit_ratio.alerts';

const row = (item: string, span: Span): Measure => brokenFor(cacheChecklist, item, span);
const RATIO = 'Hit Ratio';
const SOUTHERN = 'Hit Ratio, south';
const LOAD = 'Avg Load Time';
const EVICTIONS = 'Evictions Spike';
const STAMPEDE = 'Stampede Incidents';
const HOT = 'Hot Key Ratio';

const southIsCold: Since = {
  words: 'after the south’s cache is emptied',
  at: (params) => hour(params as Values, INCIDENTS.southCold.from),
};

/** Each row is broken in the hours of its incident, and whole in the others; but for the evictions, which the morning brings. */
const confusion = [
  atLeast(row(SOUTHERN, inHours('southCold')), limits.southFires),
  atMost(row(RATIO, before('flush')), limits.overallSilent),
  atLeast(row(RATIO, inHours('flush')), limits.flushFires),
  atLeast(row(LOAD, inHours('slowDatabase')), limits.slowFires),
  atMost(row(LOAD, before('slowDatabase')), limits.loadsSilent),
  atMost(row(LOAD, after('slowDatabase')), limits.loadsSilent),
  atLeast(row(EVICTIONS, morning), limits.morningFires),
  atLeast(row(EVICTIONS, inHours('shortMemory')), limits.memoryFires),
  atMost(row(HOT, before('crowd')), limits.hotSilent),
  atLeast(row(HOT, inHours('crowd')), limits.crowdFires),
  atMost(row(STAMPEDE, before('edits')), limits.stampedeSilent),
  atLeast(row(STAMPEDE, inHours('edits')), limits.editsFire),
  atMost(row(STAMPEDE, after('edits')), limits.flushMeetsFew),
  atMost(row(HOT, after('crowd')), limits.hotSilent),
];

export default defineScenario({
  id: 'cache-dashboard',
  section: 'Quick tables',
  title: 'A cache’s dashboard over a day',
  question: 'Six things go wrong with two caches in one day. Which row of the dashboard says so, and which cries wolf?',
  params,
  variants: {
    'overall-only': {},
    'per-region': { dashboard: 'per-region' },
    healthy: { incidents: false, dashboard: 'per-region' },
  },
  roles: { 'overall-only': 'pitfall', 'per-region': 'remedy', healthy: 'control' },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  interval: limits.INTERVAL,
  openAt: s(26),
  system,
  signals: [...loadSignals, ...entriesHeldSignals, ...cacheRoomSignals, ...hitRatioAlertSignals, ...regionSignals],
  whileRunning: {
    rate: sentBy('rate', 'north', 'south'),
    crowd: sentBy('crowd', 'crowd'),
    edits: sentBy('edits', 'editor'),
    loadTime: workedOffBy('loadTime', 'database'),
  },
  charts: [
    'cache.hit_ratio',
    'cache.hit_ratio.north',
    'cache.hit_ratio.south',
    'cache.hit_ratio.alerts.firing',
    'cache.load.duration',
    'cache.evictions',
    'cache.entries',
    'cache.room',
    'cache.loads.redundant',
    'cache.hot_key.share',
    'http.client.request.rate',
    'http.client.request.duration',
  ],
  places: {
    north: { x: 0, y: 0 },
    crowd: { x: 0, y: 1 },
    editor: { x: 0, y: 2 },
    south: { x: 0, y: 3 },
    'app-north': { x: 1, y: 1 },
    'app-south': { x: 1, y: 3 },
    'cache-north': { x: 2, y: 0 },
    database: { x: 2, y: 1.5 },
    'cache-south': { x: 2, y: 3 },
    monitor: { x: 3, y: 1.5 },
  },
  expect: {
    'overall-only': [...confusion, atLeast(firstSince(ALERTS, southIsCold), limits.undetected)],
    'per-region': [
      atMost(firstSince(ALERTS, southIsCold), limits.detected),
      ...confusion.map((claim) => guardrail(claim, 'The day is the same; what differs is who is told of it')),
    ],
    healthy: [
      ...[RATIO, SOUTHERN].map((item) => atMost(row(item, throughout), limits.healthySilent)),
      atMost(row(LOAD, throughout), limits.loadsSilent),
      atMost(row(STAMPEDE, throughout), limits.stampedeSilent),
      atMost(row(HOT, throughout), limits.hotSilent),
      atMost(total(ALERTS), limits.noAlerts),
      // Nothing is wrong but the threshold: twice as many get up in the morning as the baseline knows of.
      atLeast(row(EVICTIONS, morning), limits.morningFires),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const database = databaseOf(sim, p);
  const ledger = new LoadLedger();
  const monitor = new HotKeyMonitor(sim, {
    name: 'monitor',
    window: limits.MONITOR_WINDOW,
    counters: COUNTERS,
    threshold: limits.HOT_SHARE,
    baseOf: (key) => key,
  });
  const region = (name: Region, popularity: Popularity, room: number): RegionOfUsers => {
    const sketch = new SpaceSaving(COUNTERS);
    const made = new RegionOfUsers(sim, p, { name, popularity, room, database, ledger, sketch });
    monitor.watch(made.cache, sketch);
    return made;
  };
  const northern = zipfPopularity(p.keys, p.exponent);
  const southern = behind(SOUTH, zipfPopularity(p.southKeys, p.exponent));
  const north = region('north', northern, Math.max(1, Math.round(p.room * p.keys)));
  const south = region('south', southern, p.southKeys);
  // Users sleep, get up, and go to bed.
  const daily = (perSecond: number): ArrivalProcess =>
    thinned(poisson(perSecond), (time) => askedAt(p, (24 * time) / p.length));
  north.users('north', daily(p.rate * (1 - p.southShare)), northern);
  south.users('south', daily(p.rate * p.southShare), southern);
  comeTogether(p, north);
  watch(sim, p);
  if (p.incidents) goWrong(sim, p, north, south, database);
}

/** Counters of each cache's sketch: ten times as many as there are shares of 15 %. */
const COUNTERS = 64;

/** Whatever happens at an hour of the day. */
const atHour = (sim: Simulation, p: Values, time: number, what: string, act: () => void): void =>
  void sim.scheduleAt(hour(p, time), act, undefined, sim.eventKind(what));

/** The alert that pages somebody: on the hit ratio of all lookups, or on that of each region as well. */
function watch(sim: Simulation, p: Values): void {
  new HitRatioAlert(sim, limits.ALERT);
  if (p.dashboard === 'overall') return;
  for (const region of REGIONS) {
    new HitRatioAlert(sim, { ...limits.ALERT, counts: ({ cache }) => cache === cacheOf(region) });
  }
}

/** The crowd asks for one key, and somebody edits it, at a pace; on a day without incidents nobody comes. */
function comeTogether(p: Values, north: RegionOfUsers): void {
  const { crowd, edits } = INCIDENTS;
  const within = (
    { from, to }: { readonly from: number; readonly to: number },
    process: ArrivalProcess,
  ): ArrivalProcess => during(hour(p, from), p.incidents ? hour(p, to) : 0, process);
  north.users('crowd', within(crowd, poisson(p.crowd * p.rate)), inTurn([HOT_KEY]));
  north.users('editor', within(edits, uniformArrivals(p.edits)), inTurn([HOT_KEY]), (key) => ({ write: key }));
}

/** What goes wrong that day, in its hours. */
function goWrong(sim: Simulation, p: Values, north: RegionOfUsers, south: RegionOfUsers, database: Database): void {
  const at = (time: number, what: string, act: () => void): void => atHour(sim, p, time, what, act);
  const { slowDatabase, shortMemory, southCold, flush } = INCIDENTS;
  const slow = (factor: number) => (): void => database.interventions['slow'].apply([factor]);
  at(southCold.from, 'the south’s cache is emptied', () => south.cache.cache.clear());
  at(slowDatabase.from, 'the database becomes slow', slow(p.slowdown));
  at(slowDatabase.to, 'the database is fast again', slow(1));
  at(shortMemory.from, 'memory is short', () => north.cache.cache.resize(p.memory));
  at(shortMemory.to, 'there is memory again', () => north.cache.cache.resize(1));
  at(flush.from, 'both caches are emptied', () => [north, south].forEach(({ cache }) => cache.cache.clear()));
}
