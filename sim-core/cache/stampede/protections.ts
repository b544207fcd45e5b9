/**
 * The stampede protections by name: each a rule of expiry with a load guard, and whether reads of the store are
 * coalesced on their way. The keys are the values that a scenario's parameter takes.
 */
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import { distributedMutex } from './distributed-mutex.ts';
import type { ExpiryRule } from './expiry-rule.ts';
import { hardTtl } from './hard-ttl.ts';
import { jitteredTtl } from './jittered-ttl.ts';
import { linearEarlyExpiration } from './linear-early-expiration.ts';
import type { LoadGuardFactory } from './load-guard.ts';
import { noGuard } from './no-guard.ts';
import { singleFlight } from './single-flight.ts';
import { softTtl } from './soft-ttl.ts';
import { xfetch } from './xfetch.ts';

export interface ProtectionOptions {
  readonly ttl: Duration;
  /** XFetch's beta. */
  readonly beta: number;
  /** Jitter's spread, a share of the ttl. */
  readonly spread: number;
  /** The hard time to live in soft ones. */
  readonly hardFactor: number;
  /** The mutex's lease and polling interval. */
  readonly lease: Duration;
  readonly poll: Duration;
  /** Whether the mutex's holders store by the numbers of their locks. */
  readonly fenced?: boolean;
}

export interface Protection {
  readonly help: string;
  readonly expiry: (sim: Simulation, instance: string, options: ProtectionOptions) => ExpiryRule;
  readonly guard: (options: ProtectionOptions) => LoadGuardFactory;
  /** Whether a coalescing proxy stands before the store. */
  readonly coalesces: boolean;
}

const unguarded = (): LoadGuardFactory => noGuard;
const fixedTtl = (_sim: Simulation, _instance: string, { ttl }: ProtectionOptions): ExpiryRule => hardTtl(ttl);

export const protections = {
  none: { help: 'every miss loads', expiry: fixedTtl, guard: unguarded, coalesces: false },
  mutex: {
    help: 'a lock at the shared cache: one load over all instances, the others poll',
    expiry: fixedTtl,
    guard: distributedMutex,
    coalesces: false,
  },
  'single-flight': {
    help: 'one load at a time within each instance, shared by its waiting requests',
    expiry: fixedTtl,
    guard: () => singleFlight,
    coalesces: false,
  },
  coalescing: {
    help: 'a proxy before the store turns identical reads into one',
    expiry: fixedTtl,
    guard: unguarded,
    coalesces: true,
  },
  'early-expiration': {
    help: 'XFetch: readers reload early, the likelier the nearer the expiry and the slower the load',
    expiry: (sim, instance, { ttl, beta }) => xfetch(ttl, beta, sim.keyedRandom(`${instance}/early expiration`)),
    guard: unguarded,
    coalesces: false,
  },
  'early-expiration-as-printed': {
    help: 'the handbook’s rule: a chance that grows over the last tenth of the time to live',
    expiry: (sim, instance, { ttl }) => linearEarlyExpiration(ttl, sim.keyedRandom(`${instance}/early expiration`)),
    guard: unguarded,
    coalesces: false,
  },
  jitter: {
    help: 'each entry draws its own time to live',
    expiry: (sim, instance, { ttl, spread }) => jitteredTtl(ttl, spread, sim.keyedRandom(`${instance}/jitter`)),
    guard: unguarded,
    coalesces: false,
  },
  'soft-ttl': {
    help: 'past the soft time to live entries are served while one reader’s refresh is under way',
    expiry: (_sim, _instance, { ttl, hardFactor }) => softTtl(ttl, hardFactor),
    guard: () => singleFlight,
    coalesces: false,
  },
  'soft-ttl-as-printed': {
    help: 'the handbook’s code: every read past the soft time to live starts a refresh of its own',
    expiry: (_sim, _instance, { ttl, hardFactor }) => softTtl(ttl, hardFactor),
    guard: unguarded,
    coalesces: false,
  },
} as const satisfies Readonly<Record<string, Protection>>;

export type ProtectionName = keyof typeof protections;

/** The table with its entries' common type. */
export const protectionOf = (name: ProtectionName): Protection => protections[name];
