/**
 * The caching patterns of the handbook's table (section 1.1) by name. The keys are the values that a scenario's parameter
 * takes.
 */
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import { hardTtl } from '../stampede/hard-ttl.ts';
import { noGuard } from '../stampede/no-guard.ts';
import { CacheAside, type OnWrite } from './cache-aside.ts';
import type { CachePattern, PatternOptions } from './cache-pattern.ts';
import { ReadThrough } from './read-through.ts';
import { RefreshAhead } from './refresh-ahead.ts';
import { WriteBehind, type WriteBehindOptions } from './write-behind.ts';
import { WriteThrough } from './write-through.ts';

export interface PatternChoices extends Omit<PatternOptions, 'expiry'> {
  readonly ttl: Duration;
  /** Cache-aside: what a write does to the entry. */
  readonly onWrite: OnWrite;
  /** Refresh-ahead: the age from which on an entry is refreshed when it is read. */
  readonly refreshAfter: Duration;
  /** Write-behind. */
  readonly buffer: WriteBehindOptions['buffer'];
}

export interface PatternEntry {
  readonly help: string;
  readonly create: (sim: Simulation, choices: PatternChoices) => CachePattern;
}

export const patterns = {
  'cache-aside': {
    help: 'the application loads on a miss, and writes the store, then deletes the entry',
    create: (sim, choices) => new CacheAside(sim, { ...choices, expiry: hardTtl(choices.ttl), guard: noGuard }),
  },
  'read-through': {
    help: 'a facade loads on a miss, one load or write of a key at a time',
    create: (sim, choices) => new ReadThrough(sim, { ...choices, expiry: hardTtl(choices.ttl) }),
  },
  'write-through': {
    help: 'as read-through, and a write goes to the store and into the cache',
    create: (sim, choices) => new WriteThrough(sim, { ...choices, expiry: hardTtl(choices.ttl) }),
  },
  'write-behind': {
    help: 'as read-through, and a write goes into the cache and a buffer, which is flushed later',
    create: (sim, choices) =>
      new WriteBehind(sim, { ...choices, expiry: hardTtl(choices.ttl), acknowledge: 'with-room' }),
  },
  'refresh-ahead': {
    help: 'as read-through, and an ageing entry that is read is loaded anew behind the reader’s back',
    create: (sim, choices) =>
      new RefreshAhead(sim, {
        ...choices,
        expiry: { lifetime: () => ({ soft: choices.refreshAfter, hard: choices.ttl }), judge: () => 'serve' },
      }),
  },
} as const satisfies Readonly<Record<string, PatternEntry>>;

export type PatternName = keyof typeof patterns;
