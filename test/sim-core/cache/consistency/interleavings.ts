/**
 * Every interleaving of some readers and writers of one key, by the protocols' own code against a real cache server and a
 * real database: a message to either is held back until the enumeration chooses it, and then takes no time. A schedule
 * is a list of choices; the next one is found by taking the last choice that had an alternative, and running anew.
 */
import { CacheServer, type CacheCommand, type CacheReply } from '../../../../sim-core/cache/cache-server.ts';
import { Steps } from '../../../../sim-core/cache/consistency/steps.ts';
import { protocols, type ProtocolName } from '../../../../sim-core/cache/consistency/protocols.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Process, type Behaviour } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import { CallFailed } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { Database, type Row } from '../../../../sim-core/storage/database.ts';
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
}

export interface Outcome {
  /** What the cache holds in the end; undefined for nothing. */
  readonly cached: number | undefined;
  readonly committed: number;
  /** What happened, in order: `reader 1 get`. */
  readonly story: readonly string[];
}

/** Runs every schedule and tells how each ended. */
export function* everyInterleaving(name: ProtocolName, cast: Cast): Generator<Outcome> {
  let choices: number[] = [];
  for (;;) {
    const { outcome, options } = runSchedule(name, cast, choices);
    yield outcome;
    let last = options.length - 1;
    while (last >= 0 && (choices[last] ?? 0) + 1 >= options[last]) last--;
    if (last < 0) return;
    choices = Array.from({ length: last + 1 }, (_, i) => (choices[i] ?? 0) + (i === last ? 1 : 0));
  }
}

/** A message that has not arrived yet. */
interface Held {
  readonly text: string;
  arrive(): void;
}

function runSchedule(
  name: ProtocolName,
  cast: Cast,
  choices: readonly number[],
): { readonly outcome: Outcome; readonly options: readonly number[] } {
  const sim = new Simulation();
  const held: Held[] = [];
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
      const does = 'command' in query ? query.command : query.statement;
      held.push({ text: `${id < cast.readers ? 'reader' : 'writer'} ${id}: ${does}`, arrive: () => arrive(argument) });
    }
  }
  const cache = new CacheServer<Row>(sim, { name: 'cache', capacity: 10, eviction: 'lru', commandTime: 0 });
  const instant = constant(0);
  const options = { name: 'database', connections: 10, queueMax: 10, cores: 10, demand: instant };
  const database = new Database(sim, options);
  const store = new Transactions(database, { abortShare: cast.aborts === true ? 1 : 0, idleMax: s(100) });
  const app = new Steps(sim, {
    instance: 'app',
    cache: new HeldBack<CacheCommand<Row>, CacheReply<Row>>(sim, cache, { from: 'app', delay: instant }),
    store: new HeldBack<Statement, Row>(sim, store, { from: 'app', delay: instant }),
    ttl: s(100),
    preparing: instant,
  });
  const protocol = protocols[name].create(app, { secondDelete: TICK, lease: s(100), staleFor: 0, poll: TICK });
  function* actor(behaviour: Behaviour<Row>): Behaviour {
    try {
      yield* behaviour;
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
    }
  }
  for (let id = 0; id < cast.readers + cast.writers; id++) {
    const request = new RequestContext(id, 0);
    new Process(sim, 'actor', actor(protocol[id < cast.readers ? 'read' : 'write'](KEY, request))).startNow();
  }
  const settle = (time: number): boolean => sim.runUntil(sim.now + time + 1);
  const story: string[] = [];
  const counts: number[] = [];
  let ticks = cast.ticks ?? 0;
  settle(0);
  while (held.length > 0 || sim.pending > 0) {
    const count = held.length + (held.length === 0 || (ticks > 0 && sim.pending > 0) ? 1 : 0);
    const choice = choices[counts.length] ?? 0;
    counts.push(count);
    if (choice < held.length) {
      const [message] = held.splice(choice, 1);
      story.push(message.text);
      sim.inject(() => message.arrive(), 0);
      settle(0);
    } else {
      ticks--;
      story.push('time passes');
      settle(TICK);
    }
  }
  const cached = cache.cache.peek(KEY)?.value.version;
  return { outcome: { cached, committed: database.version(KEY), story }, options: counts };
}
