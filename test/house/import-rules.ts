/**
 * The one-way order of the house as rules for dependency-cruiser: who may import whom. ARCHITECTURE.md says why.
 */
import type { IForbiddenRuleType } from 'dependency-cruiser';

/** The rooms of `sim-core`, lowest first: a file imports its own room and those before it. */
export const ROOMS = [
  'kernel',
  'statistics',
  'network',
  'workload',
  'storage',
  'cache',
  'messaging',
  'systems',
  'services',
  'observability',
  'lab',
] as const;

const CORE_PACKAGES = '^node_modules/(seedrandom|@types/seedrandom|@stdlib/[^/]+|@noble/hashes)/';

export const IMPORT_RULES: readonly IForbiddenRuleType[] = [
  ...ROOMS.slice(0, -1).map((room, index) => ({
    name: `${room}-imports-a-later-room`,
    from: { path: `^sim-core/${room}/` },
    to: { path: `^sim-core/(${ROOMS.slice(index + 1).join('|')})/` },
  })),
  {
    name: 'only-the-door-is-imported-from-outside-and-by-nobody-inside',
    from: { path: '^sim-core/' },
    to: { path: '^sim-core/index\\.ts$' },
  },
  { name: 'messaging-imports-cache', from: { path: '^sim-core/messaging/' }, to: { path: '^sim-core/cache/' } },
  {
    name: 'a-room-that-is-not-in-the-list',
    from: { path: '^sim-core/', pathNot: `^sim-core/((${ROOMS.join('|')})/|index\\.ts$)` },
    to: {},
  },
  {
    name: 'sim-core-leaves-the-house',
    from: { path: '^sim-core/' },
    to: { pathNot: ['^sim-core/', CORE_PACKAGES] },
  },
  {
    name: 'not-by-the-door',
    from: { path: '^(scenarios|ui|notebooks)/' },
    to: { path: '^sim-core/', pathNot: '^sim-core/index\\.ts$' },
  },
  {
    name: 'ui-models-import-svelte',
    from: { path: '^ui/models/' },
    to: { path: ['^node_modules/(svelte|@sveltejs)/', '\\.svelte(\\.ts)?$'] },
  },
  { name: 'the-catalogue-imports-the-page', from: { path: '^scenarios/' }, to: { path: '^(ui|notebooks)/' } },
  { name: 'the-page-imports-the-runner', from: { path: '^(ui|notebooks)/' }, to: { path: '^scenarios/cli/' } },
  {
    name: 'a-notebook-imports-more-than-models',
    from: { path: '^notebooks/' },
    to: { path: '^(ui|scenarios)/', pathNot: '^ui/models/' },
  },
  {
    name: 'imports-a-test',
    from: { path: '^(sim-core|scenarios|ui|notebooks|tools)/' },
    to: { path: '^test/' },
  },
  { name: 'cycle', from: {}, to: { circular: true } },
  { name: 'unresolved', from: {}, to: { couldNotResolve: true, pathNot: '^(virtual:|brownout$|vite/client)' } },
];
