/**
 * Every interleaving of some readers and writers of one key, by the protocols' own code against a real cache server and a
 * real database: a message to either is held back until the enumeration chooses it, and then takes no time. A schedule
 * is a list of choices; the next one is found by taking the last choice that had an alternative, and running anew.
 *
 * Larger casts are enumerated up to what makes no difference. Readers are alike, and so are writers: of those that have not begun
 * the one with the lower number begins. And a step at the cache and a step of somebody else at the store, one right after
 * the other, come to the same in either order: of the two the one at the cache comes first (the lexicographic normal form of
 * a trace, Anisimov and Knuth 1979; sleep sets and partial-order reduction rest on it).
 */
import { CacheServer, type CacheCommand, type CacheReply } from '../../../../sim-core/cache/cache-server.ts';
import { Steps } from '../../../../sim-core/cache/patterns/steps.ts';
import { protocolOf, type ProtocolName } from '../../../../sim-core/cache/consistency/protocols.ts';
import { entryOf, lasting } from '../../../../sim-core/cache/entry.ts';
import { hardTtl } from '../../../../sim-core/cache/stampede/hard-ttl.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Process, type Behaviour } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s, type Duration } from '../../../../sim-core/kernel/time.ts';
import { CallFailed } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { Database } from '../../../../sim-core/storage/database.ts';
import type { Row } from '../../../../sim-core/storage/queries.ts';
import { Transactions, type Statement } from '../../../../sim-core/storage/transactions.ts';

const KEY = 7;
const TICK = ms(1);

export interface Cast {
  readonly readers: number;
  readonly writers: number;
  /** How often time may pass while a message is held back: sleepers wake up. */
  readonly ticks?: number;
  /** Whether every commit fails. */
  readonly aborts?: boolean;
  /** Whether the cache holds the row at the start. */
  readonly cached?: boolean;
  /** How often the entry may be evicted, or expire, in the midst of it. */
  readonly evictions?: number;
  /** What a lease gives to those who get no token: the value deleted up to so many ticks ago. */
  readonly staleFor?: number;
  /** For how long versions are remembered without an entry. */
  readonly tombstone?: Duration;
  /** How many ticks a lease lasts; without it longer than anything here. */
  readonly lease?: number;
  /** How many readers may die, at any of their steps. */
  readonly deaths?: number;
  /** Whether to leave out what differs from another schedule in nothing but names or the order of independent steps. */
  readonly reduced?: boolean;
}

export interface Outcome {
  /** What the cache holds in the end; undefined for nothing. */
  readonly cached: number | undefined;
  readonly committed: number;
  /** What each reader was given, and what was committed when it had its answer. */
  readonly reads: readonly { readonly version: number; readonly committed: number }[];
  /** What happened, in order: `reader 1 get`. */
  readonly story: readonly string[];
}

/** Runs every schedule and tells how each ended. */
export function* everyInterleaving(name: ProtocolName, cast: Cast): Generator<Outcome> {
  let choices: number[] = [];
  for (;;) {
    const { outcome, options } = runSchedule(name, cast, choices);
    if (outcome !== undefined) yield outcome;
    let last = options.length - 1;
    while (last >= 0 && (choices[last] ?? 0) + 1 >= options[last]) last--;
    if (last < 0) return;
    choices = Array.from({ length: last + 1 }, (_, i) => (choices[i] ?? 0) + (i === last ? 1 : 0));
  }
}

/** A message that has not arrived yet. */
interface Held {
  readonly text: string;
  readonly actor: number;
  readonly at: 'cache' | 'store';
  /** After so many choices it was sent; 0 for an actor's first one. */
  readonly since: number;
  arrive(): void;
}

function runSchedule(
  name: ProtocolName,
  cast: Cast,
  choices: readonly number[],
): { readonly outcome: Outcome | undefined; readonly options: readonly number[] } {
  const sim = new Simulation();
  const held: Held[] = [];
  const counts: number[] = [];
  const nameOf = (id: number): string => `${id < cast.readers ? 'reader' : 'writer'} ${id}`;
  class HeldBack<Query extends CacheCommand<Row> | Statement, Reply> extends Link<Query, Reply> {
    override carry<Argument>(
      direction: 'request' | 'reply',
      { id }: RequestContext,
      arrive: (argument: Argument) => void,
      argument: Argument,
    ): void {
      if (direction === 'reply') {
        sim.schedule(0, arrive, argument);
        return;
      }
      const query = (argument as { readonly query: Query }).query;
      const does = 'command' in query ? query.command : query.operation;
      held.push({
        text: `${nameOf(id)}: ${does}`,
        actor: id,
        at: 'command' in query ? 'cache' : 'store',
        since: counts.length,
        arrive: () => arrive(argument),
      });
    }
  }
  const cache = new CacheServer<Row>(sim, { name: 'cache', capacity: 10, eviction: 'lru', commandTime: 0 });
  if (cast.cached === true) cache.cache.set(entryOf(KEY, { key: KEY, version: 0 }, 0, lasting(s(100))), -1);
  const instant = constant(0);
  const options = { name: 'database', connections: 10, queueMax: 10, cores: 10, demand: instant };
  const database = new Database(sim, options);
  const store = new Transactions(database, { abortShare: cast.aborts === true ? 1 : 0, idleMax: s(100) });
  const app = new Steps(sim, {
    instance: 'app',
    cache: new HeldBack<CacheCommand<Row>, CacheReply<Row>>(sim, cache, { from: 'app', delay: instant }),
    store: new HeldBack<Statement, Row>(sim, store, { from: 'app', delay: instant }),
    expiry: hardTtl(s(100)),
    preparing: instant,
    findsFirst: true,
    doesWithoutCache: true,
  });
  const protocol = protocolOf(name).create(app, {
    secondDelete: TICK,
    lease: cast.lease === undefined ? s(100) : cast.lease * TICK,
    staleFor: (cast.staleFor ?? 0) * TICK,
    poll: TICK,
    tombstone: cast.tombstone ?? 0,
  });
  const reads: Outcome['reads'][number][] = [];
  function* actor(behaviour: Behaviour<Row>, isReader: boolean): Behaviour {
    try {
      const { version } = yield* behaviour;
      if (isReader) reads.push({ version, committed: database.version(KEY) });
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
    }
  }
  const processes: Process<void>[] = [];
  for (let id = 0; id < cast.readers + cast.writers; id++) {
    const request = new RequestContext(id, 0);
    const isReader = id < cast.readers;
    const process = new Process(sim, 'actor', actor(protocol[isReader ? 'read' : 'write'](KEY, request), isReader));
    processes.push(process);
    process.startNow();
  }
  const settle = (time: number): boolean => sim.runUntil(sim.now + time + 1);
  const story: string[] = [];
  let [ticks, evictions, deaths] = [cast.ticks ?? 0, cast.evictions ?? 0, cast.deaths ?? 0];
  let last: Held | undefined;
  /** Whether this message's arrival next makes a schedule that differs from one that is enumerated anyway in nothing that counts. */
  const isRedundant = (one: Held): boolean => {
    if (cast.reduced !== true) return false;
    const isAlike = (other: Held): boolean =>
      other.since === 0 && other.actor < one.actor && other.actor < cast.readers === one.actor < cast.readers;
    if (one.since === 0 && held.some(isAlike)) return true;
    const couldHaveBeen = last !== undefined && last.actor !== one.actor && one.since < counts.length;
    return couldHaveBeen && last!.at === 'store' && one.at === 'cache';
  };
  settle(0);
  while (held.length > 0 || sim.pending > 0) {
    const ways: (() => void)[] = held
      .filter((one) => !isRedundant(one))
      .map((one) => () => {
        held.splice(held.indexOf(one), 1);
        last = one;
        story.push(one.text);
        sim.inject(() => one.arrive(), 0);
        settle(0);
      });
    if (evictions > 0 && cache.cache.peek(KEY) !== undefined) {
      ways.push(() => {
        evictions--;
        story.push('evicted');
        cache.cache.delete(KEY);
      });
    }
    if (held.length === 0 || (ticks > 0 && (sim.pending > 0 || cast.tombstone !== undefined))) {
      ways.push(() => {
        ticks--;
        story.push('time passes');
        settle(TICK);
      });
    }
    for (const one of deaths > 0 ? held.filter(({ actor }) => actor < cast.readers) : []) {
      ways.push(() => {
        deaths--;
        story.push(`${nameOf(one.actor)} dies`);
        held.splice(held.indexOf(one), 1);
        processes[one.actor].cancel();
      });
    }
    // What is left to do has been done in another schedule.
    if (ways.length === 0) return { outcome: undefined, options: counts };
    const choice = choices[counts.length] ?? 0;
    counts.push(ways.length);
    const before: Held | undefined = last;
    ways[choice]();
    if (last === before) last = undefined;
  }
  const cached = cache.cache.peek(KEY)?.value.version;
  return { outcome: { cached, committed: database.version(KEY), reads, story }, options: counts };
}
