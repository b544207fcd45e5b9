/**
 * The seven things that can be done by hand to a cache and what is around it: which scenario of the chapter offers which, so that
 * none goes missing, and what each of them does to a run.
 */
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../scenarios/index.ts';
import { parseIntervention, Run, s, type ParameterValues, type Scenario } from '../../../sim-core/index.ts';
import { summaryOf, trialled } from '../trials.ts';

const scenarioOf = (id: string): Scenario => catalogue.find(({ scenario }) => scenario.id === id)!.scenario;

/** What there is without a store, an instance or regions of its own, and with no messages of invalidation. */
const EVERYWHERE = ['flush', 'expire', 'partition', 'move'];
const WITH_STORE = [...EVERYWHERE, 'crash', 'slow'];

/** Each scenario of the chapter, in the variant that has most parts, with what can be done to it at least. */
const OFFERED: readonly (readonly [id: string, variant: string, actions: readonly string[]])[] = [
  ['cache-patterns', 'cache-aside', WITH_STORE],
  ['write-behind-crash', 'offer-and-forget', WITH_STORE],
  ['n-plus-one', 'batch-loader', WITH_STORE],
  ['placement', 'all-six-layers', [...WITH_STORE, 'purge']],
  // A bank of caches and nothing behind it: no store to be slowed, no process to be killed.
  ['eviction', 'lru', EVERYWHERE],
  ['eviction-dynamics', 'separate-caches', WITH_STORE],
  // The only one that sends messages of invalidation which may be lost.
  ['invalidation', 'pubsub-invalidate', [...WITH_STORE, 'drop']],
  ['stale-set-race', 'update-then-delete', WITH_STORE],
  ['read-after-write', 'write-through', WITH_STORE],
  ['multi-region', 'region-local-cache-fanout', WITH_STORE],
  ['multi-region', 'region-local-write-fanout', ['cut', 'heal', 'partition', 'slow', 'crash', 'move']],
  ['stampede', 'none', WITH_STORE],
  ['synchronized-expiry', 'same-ttl', WITH_STORE],
  ['negative-caching', 'none', WITH_STORE],
  ['hot-key', 'none', WITH_STORE],
  ['cache-flush', 'flush-all', WITH_STORE],
];

describe('what can be done by hand', () => {
  it.each(OFFERED)('%s, %s', (id, variant, actions) => {
    const { components } = new Run(scenarioOf(id), { variant }).finish();
    const offered = components.flatMap(({ interventions }) => interventions.map(({ action }) => action));
    expect(offered).toEqual(expect.arrayContaining([...actions]));
  });

  it('is said of every scenario of the chapter', () => {
    const ofChapter = catalogue.filter(({ scenario }) => scenario.section.startsWith('1.'));
    const said = new Set(OFFERED.map(([id]) => id));
    expect(ofChapter.map(({ scenario }) => scenario.id).filter((id) => !said.has(id))).toEqual([]);
  });
});

interface Effect {
  readonly deed: string;
  readonly id: string;
  readonly variant: string;
  readonly params?: ParameterValues;
  readonly field: string;
  readonly signal: string;
  /** By how much the signal is more at least than it is in the same run without the deed. */
  readonly more: number;
}

const STORE = { field: 'total', signal: 'db.client.operations' };

/** By how much is what mechanism says: a flush loads what is asked for anew, a lost message leaves a copy that nobody throws out. */
const EFFECTS: readonly Effect[] = [
  // Entries that nothing else would have thrown out are loaded once more.
  {
    deed: '6s:flush:batch-cache',
    id: 'eviction-dynamics',
    variant: 'a-ttl-for-each',
    params: { length: s(10) },
    ...STORE,
    more: 200,
  },
  // The hot key is read once more at least; all who come while it is loaded do as well.
  {
    deed: '10.5s:expire:cache:key=0',
    id: 'stampede',
    variant: 'none',
    params: { length: s(12) },
    field: 'total',
    signal: 'stampede.hot_key.reads',
    more: 1,
  },
  {
    deed: '6s:crash:app:seconds=1',
    id: 'eviction-dynamics',
    variant: 'lru',
    params: { length: s(10) },
    field: 'total',
    signal: 'http.client.request.errors',
    more: 100,
  },
  {
    deed: '6s:crash:cache-1:seconds=1',
    id: 'hot-key',
    variant: 'none',
    params: { length: s(11) },
    ...STORE,
    more: 1,
  },
  {
    deed: '6s:slow:database:factor=4',
    id: 'eviction-dynamics',
    variant: 'separate-caches',
    params: { length: s(10) },
    field: 'mean',
    signal: 'http.client.request.duration',
    more: 0.004,
  },
  {
    deed: '8s:drop:bus:share=1',
    id: 'invalidation',
    variant: 'pubsub-invalidate',
    params: { length: s(14) },
    field: 'total',
    signal: 'invalidation.lasting',
    more: 1,
  },
  {
    deed: '8s:cut:store-hk',
    id: 'multi-region',
    variant: 'region-local-write-fanout',
    params: { length: s(16) },
    field: 'max',
    signal: 'region.divergent_keys',
    more: 1,
  },
  {
    deed: '6s:move:users',
    id: 'eviction-dynamics',
    variant: 'separate-caches',
    params: { length: s(10), moveAfter: s(30) },
    ...STORE,
    more: 20,
  },
];

describe('and what it does', () => {
  it.each(EFFECTS)('$deed in $id', ({ deed, id, variant, params = {}, field, signal, more }) => {
    const of = (deeds: readonly string[]): number =>
      summaryOf(
        trialled(scenarioOf(id), { variant, params, interventions: deeds.map((one) => parseIntervention(one)) }),
        signal,
        field,
      );
    expect(of([deed]) - of([])).toBeGreaterThanOrEqual(more);
  });
});
