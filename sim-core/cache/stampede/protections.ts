/**
 * The stampede protections by name: each a rule of expiry, the load guards that stand one inside the other, and whether reads
 * of the store are coalesced on their way. The keys are the values that a scenario's parameter takes. `alsoProtected` adds to one
 * of them what goes over any: jitter, single-flight, a mutex, coalescing.
 */
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import { distributedMutex } from './distributed-mutex.ts';
import type { ExpiryRule } from './expiry-rule.ts';
import { hardTtl } from './hard-ttl.ts';
import { jittered } from './jittered.ts';
import { linearEarlyExpiration } from './linear-early-expiration.ts';
import type { LoadGuardFactory } from './load-guard.ts';
import { singleFlight } from './single-flight.ts';
import { softTtl } from './soft-ttl.ts';
import { stackedGuards } from './stacked-guards.ts';
import { xfetch } from './xfetch.ts';

export interface ProtectionOptions {
  readonly ttl: Duration;
  /** XFetch's beta. */
  readonly beta: number;
  /** Jitter's spread, a share of the times to live. */
  readonly spread: number;
  /** The hard time to live in soft ones. */
  readonly hardFactor: number;
  /** The mutex's lease and polling interval. */
  readonly lease: Duration;
  readonly poll: Duration;
  /** Whether the mutex's holders store by the numbers of their locks. */
  readonly fenced?: boolean;
}

type ExpiryFactory = (sim: Simulation, instance: string, options: ProtectionOptions) => ExpiryRule;

/** The rules of expiry that readers go by. */
const rules = {
  fixed: (_sim, _instance, { ttl }) => hardTtl(ttl),
  xfetch: (sim, instance, { ttl, beta }) => xfetch(ttl, beta, sim.keyedRandom(`${instance}/early expiration`)),
  linear: (sim, instance, { ttl }) => linearEarlyExpiration(ttl, sim.keyedRandom(`${instance}/early expiration`)),
  soft: (_sim, _instance, { ttl, hardFactor }) => softTtl(ttl, hardFactor),
} satisfies Readonly<Record<string, ExpiryFactory>>;

/** What goes over any protection. */
export interface ProtectionWrappers {
  /** Each entry draws its own times to live. */
  readonly jitters?: boolean;
  /** In each instance one load of a key at a time, before any other guard. */
  readonly singleFlight?: boolean;
  /** One load of a key at a time over all instances, by a lock at the cache. */
  readonly mutex?: boolean;
  /** A proxy before the store turns identical reads into one. */
  readonly coalesces?: boolean;
}

export interface ProtectionParts extends ProtectionWrappers {
  readonly rule: keyof typeof rules;
}

export interface Protection extends ProtectionParts {
  readonly help: string;
}

export const protections = {
  none: { help: 'every miss loads', rule: 'fixed' },
  mutex: {
    help: 'a lock at the shared cache: one load over all instances, the others poll',
    rule: 'fixed',
    mutex: true,
  },
  'single-flight': {
    help: 'one load at a time within each instance, shared by its waiting requests',
    rule: 'fixed',
    singleFlight: true,
  },
  coalescing: { help: 'a proxy before the store turns identical reads into one', rule: 'fixed', coalesces: true },
  'early-expiration': {
    help: 'XFetch: readers reload early, the likelier the nearer the expiry and the slower the load',
    rule: 'xfetch',
  },
  'early-expiration-as-printed': {
    help: 'the handbook’s rule: a chance that grows over the last tenth of the time to live',
    rule: 'linear',
  },
  jitter: { help: 'each entry draws its own time to live', rule: 'fixed', jitters: true },
  'soft-ttl': {
    help: 'past the soft time to live entries are served while one reader’s refresh is under way',
    rule: 'soft',
    singleFlight: true,
  },
} as const satisfies Readonly<Record<string, Protection>>;

export type ProtectionName = keyof typeof protections;

/** The table with its entries' common type. */
export const protectionOf = (name: ProtectionName): Protection => protections[name];

/** A protection and what goes over it besides; what it has already it has once. */
export function alsoProtected(protection: ProtectionParts, more: ProtectionWrappers): ProtectionParts {
  return {
    rule: protection.rule,
    jitters: protection.jitters === true || more.jitters === true,
    singleFlight: protection.singleFlight === true || more.singleFlight === true,
    mutex: protection.mutex === true || more.mutex === true,
    coalesces: protection.coalesces === true || more.coalesces === true,
  };
}

/** The rule by which an instance's entries expire. */
export function expiryRuleOf(
  { rule, jitters }: ProtectionParts,
  sim: Simulation,
  instance: string,
  options: ProtectionOptions,
): ExpiryRule {
  const plain = rules[rule](sim, instance, options);
  return jitters === true ? jittered(plain, options.spread, sim.keyedRandom(`${instance}/jitter`)) : plain;
}

/** Who is let through to load a key: of an instance's requests one, by single-flight, and of those of all instances one, by the mutex. */
export const loadGuardOf = (
  { singleFlight: isOneAnInstance, mutex }: ProtectionParts,
  options: Pick<ProtectionOptions, 'lease' | 'poll' | 'fenced'>,
): LoadGuardFactory =>
  stackedGuards([
    ...(isOneAnInstance === true ? [singleFlight] : []),
    ...(mutex === true ? [distributedMutex(options)] : []),
  ]);
