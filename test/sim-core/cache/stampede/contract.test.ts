/**
 * Every composition of what protects from a stampede, as two instances read by it through one cache: each rule of expiry, with jitter
 * over it or without, each stack of guards in either order, and a coalescing proxy or none. Who loads and when, beside a naive list of
 * flights; how old what is read may be; who hears of a load that failed; and that nobody waits for ever for one who has died.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CacheServer } from '../../../../sim-core/cache/cache-server.ts';
import { CacheAside } from '../../../../sim-core/cache/patterns/cache-aside.ts';
import { LoadLedger } from '../../../../sim-core/cache/patterns/load-ledger.ts';
import { CoalescingProxy } from '../../../../sim-core/cache/stampede/coalescing-proxy.ts';
import { distributedMutex } from '../../../../sim-core/cache/stampede/distributed-mutex.ts';
import { loadCap } from '../../../../sim-core/cache/stampede/load-cap.ts';
import type { LoadGuardFactory } from '../../../../sim-core/cache/stampede/load-guard.ts';
import { expiryRuleOf, loadGuardOf, type ProtectionParts } from '../../../../sim-core/cache/stampede/protections.ts';
import { singleFlight } from '../../../../sim-core/cache/stampede/single-flight.ts';
import { stackedGuards } from '../../../../sim-core/cache/stampede/stacked-guards.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Process, type Behaviour } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { CallFailed, type Call, type Endpoint } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import type { DatabaseQuery, Row } from '../../../../sim-core/storage/queries.ts';

const OPTIONS = { ttl: 100, beta: 1, spread: 0.5, hardFactor: 3, lease: 60, poll: 3 };
/** No entry lives longer: the hard time to live of a soft one, with the most jitter. */
const LIFE_MAX = OPTIONS.ttl * OPTIONS.hardFactor * (1 + OPTIONS.spread);

interface Composition extends ProtectionParts {
  /** Of two guards, whether the mutex is the outer one. */
  readonly isMutexOuter: boolean;
}

const STACKS = {
  'no guard': { singleFlight: false, mutex: false, isMutexOuter: false },
  'single-flight': { singleFlight: true, mutex: false, isMutexOuter: false },
  'a mutex': { singleFlight: false, mutex: true, isMutexOuter: false },
  'single-flight before a mutex': { singleFlight: true, mutex: true, isMutexOuter: false },
  'a mutex before single-flight': { singleFlight: true, mutex: true, isMutexOuter: true },
};
const EITHER = [false, true];
const REST = (['fixed', 'xfetch', 'linear', 'soft'] as const).flatMap((rule) =>
  EITHER.flatMap((jitters) => EITHER.map((coalesces) => ({ rule, jitters, coalesces }))),
);
const COMPOSITIONS: Composition[] = Object.values(STACKS).flatMap((guards) =>
  REST.map((rest) => ({ ...guards, ...rest })),
);

/** Among whom a load of a key is made once: nobody, the requests of one instance, or all instances. */
const oneLoadAmong = ({ singleFlight, mutex, coalesces }: ProtectionParts): 'nobody' | 'instance' | 'all' => {
  if (mutex === true || coalesces === true) return 'all';
  return singleFlight === true ? 'instance' : 'nobody';
};

const guardOf = ({ isMutexOuter, ...parts }: Composition): LoadGuardFactory =>
  isMutexOuter ? stackedGuards([distributedMutex(OPTIONS), singleFlight]) : loadGuardOf(parts, OPTIONS);

interface Read {
  readonly at: number;
  readonly key: number;
  readonly instance: number;
  /** What the store takes for it, if it loads. */
  readonly takes: number;
  readonly fails: boolean;
}

interface Query {
  readonly key: number;
  readonly request: number;
  readonly began: number;
  readonly ended: number;
  readonly fails: boolean;
}

interface Outcome {
  readonly ended: number;
  /** The number of the query whose row it was given; undefined if it failed. */
  readonly query: number | undefined;
}

interface Played {
  readonly outcomes: readonly (Outcome | undefined)[];
  readonly queries: readonly Query[];
}

/** An instance dies with all its requests, or one request alone. */
interface Death {
  readonly at: number;
  readonly instance: number;
  readonly request?: number;
}

interface Setting {
  /** Without a cache that keeps anything every read is a miss. */
  readonly keeps: boolean;
  readonly capped?: number;
  readonly deaths?: readonly Death[];
}

function play(parts: Composition, reads: readonly Read[], { keeps, capped, deaths = [] }: Setting): Played {
  const sim = new Simulation();
  const instant = constant(0);
  const queries: Query[] = [];
  const store: Endpoint<DatabaseQuery, Row> = {
    name: 'store',
    receive(call: Call<DatabaseQuery, Row>) {
      const { takes, fails } = reads[call.request.id];
      const { key } = call.query;
      const number = queries.push({ key, request: call.request.id, began: sim.now, ended: sim.now + takes, fails }) - 1;
      const answer = (): void => (fails ? call.refuse('overloaded') : call.reply({ key, version: number }));
      sim.schedule(takes, answer, undefined);
    },
  };
  const options = keeps ? OPTIONS : { ...OPTIONS, ttl: 0 };
  const cache = new CacheServer<Row>(sim, { name: 'cache', capacity: 10, eviction: 'lru', commandTime: 0 });
  const proxy = parts.coalesces
    ? new CoalescingProxy(sim, 'proxy', new Link(sim, store, { from: 'proxy', delay: instant }))
    : store;
  const ledger = new LoadLedger();
  const guard = guardOf(parts);
  const instances = ['one', 'two'].map(
    (instance) =>
      new CacheAside(sim, {
        instance,
        cache: new Link(sim, cache, { from: instance, delay: instant }),
        store: new Link(sim, proxy, { from: instance, delay: instant }),
        expiry: expiryRuleOf(parts, sim, instance, options),
        guard: capped === undefined ? guard : loadCap(capped, guard),
        ledger,
      }),
  );
  const outcomes: (Outcome | undefined)[] = reads.map(() => undefined);
  function* perform({ key, instance }: Read, id: number): Behaviour {
    try {
      const row = yield* instances[instance].read(key, new RequestContext(id, sim.now));
      expect(row.key).toBe(key);
      outcomes[id] = { ended: sim.now, query: row.version };
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      outcomes[id] = { ended: sim.now, query: undefined };
    }
  }
  const processes = reads.map((read, id) => new Process(sim, 'reads', perform(read, id)).start(read.at));
  for (const death of deaths) {
    const die = (): void => {
      reads.forEach((read, id) => hits(death, read, id) && processes[id].cancel());
      if (death.request === undefined) instances[death.instance].crash();
    };
    sim.scheduleAt(death.at, die, undefined);
  }
  sim.runUntil(END);
  return { outcomes, queries };
}

const END = 100_000;

const hits = ({ at, instance, request }: Death, read: Read, id: number): boolean =>
  read.at <= at && (request === undefined ? read.instance === instance : request === id);

/** Reads at even times whose loads take odd ones: no load ends at the instant of another's beginning. */
const reads = (fails: fc.Arbitrary<boolean>): fc.Arbitrary<Read[]> =>
  fc.array(
    fc.record({
      at: fc.nat(150).map((half) => 2 * half),
      key: fc.nat(2),
      instance: fc.nat(1),
      takes: fc.nat(15).map((half) => 2 * half + 1),
      fails,
    }),
    { minLength: 1, maxLength: 40 },
  );
const mayFail = fc.boolean();
const never = fc.constant(false);

/** The most queries of one key that are under way at once. */
function mostAtOnce(queries: readonly Query[], sameInstance: (query: Query) => number = () => 0): number {
  return Math.max(
    ...queries.map(
      (query) =>
        queries.filter(
          (other) =>
            other.key === query.key &&
            sameInstance(other) === sameInstance(query) &&
            other.began <= query.began &&
            query.began < other.ended,
        ).length,
    ),
    0,
  );
}

const RUNS = { numRuns: 50 };

describe.each(Object.entries(STACKS))('whatever is composed with %s', (_, guards) => {
  const composed = fc.constantFrom(...REST.map((rest): Composition => ({ ...guards, ...rest })));

  it('makes one load of a key at once among all, the requests of an instance, or nobody', () => {
    let twoAtOnceAmongNobody = 0;
    fc.assert(
      fc.property(composed, reads(mayFail), fc.boolean(), (parts, asked, keeps) => {
        const among = oneLoadAmong(parts);
        const { queries } = play(parts, asked, { keeps });
        const most = mostAtOnce(queries, among === 'all' ? undefined : ({ request }) => asked[request].instance);
        if (among !== 'nobody') expect(most).toBeLessThanOrEqual(1);
        else if (most > 1) twoAtOnceAmongNobody++;
      }),
      RUNS,
    );
    // The count can find more than one: it does where nobody promises anything.
    expect(twoAtOnceAmongNobody > 0).toBe(!guards.singleFlight && !guards.mutex);
  });

  it('answers everybody, with nothing older than an entry may be', () => {
    fc.assert(
      fc.property(composed, reads(mayFail), (parts, asked) => {
        const { outcomes, queries } = play(parts, asked, { keeps: true });
        outcomes.forEach((outcome, id) => {
          expect(outcome).toBeDefined();
          if (outcome!.query === undefined) return;
          const { key, ended, fails } = queries[outcome!.query];
          expect([key, fails]).toEqual([asked[id].key, false]);
          expect(outcome!.ended - ended).toBeLessThanOrEqual(LIFE_MAX);
        });
      }),
      RUNS,
    );
  });

  it('fails nobody but who waits for a load that fails, and without one nobody', () => {
    fc.assert(
      fc.property(composed, reads(mayFail), fc.boolean(), (parts, asked, keeps) => {
        const { outcomes, queries } = play(parts, asked, { keeps });
        outcomes.forEach((outcome, id) => {
          if (outcome!.query !== undefined) return;
          const { ended } = outcome!;
          const cause = queries.some((query) => query.fails && query.key === asked[id].key && query.ended === ended);
          expect(cause).toBe(true);
        });
      }),
      RUNS,
    );
  });

  it('has nobody wait for ever for one who has died', () => {
    // Of whole instances, or of requests soon after they have begun.
    const picked = fc.array(fc.record({ whole: fc.boolean(), request: fc.nat(39), after: fc.nat(20) }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(composed, reads(never), picked, fc.boolean(), (parts, asked, dead, keeps) => {
        const deaths = dead.map(({ whole, request, after }): Death => {
          const id = request % asked.length;
          const { at, instance } = asked[id];
          return whole ? { at: at + after, instance } : { at: at + after, instance, request: id };
        });
        const { outcomes } = play(parts, asked, { keeps, deaths });
        const wholeInstances = deaths.every(({ request }) => request === undefined);
        asked.forEach((read, id) => {
          if (deaths.some((one) => hits(one, read, id))) return;
          expect(outcomes[id]).toBeDefined();
          // Who waits for a request of the same instance that has died is told so; nobody is told of another instance's.
          if (wholeInstances) expect(outcomes[id]!.query).toBeDefined();
        });
      }),
      RUNS,
    );
  });

  it('under a cap of one load, makes one in an instance at once, and refuses the rest at once', () => {
    fc.assert(
      fc.property(composed, reads(never), (parts, asked) => {
        const { outcomes, queries } = play(parts, asked, { keeps: false, capped: 1 });
        const ofAnyKey = queries.map((query) => ({ ...query, key: 0 }));
        expect(mostAtOnce(ofAnyKey, ({ request }) => asked[request].instance)).toBeLessThanOrEqual(1);
        outcomes.forEach((outcome, id) => {
          if (outcome!.query === undefined) expect(outcome!.ended).toBe(asked[id].at);
        });
      }),
      RUNS,
    );
  });
});

describe('early and soft expiry', () => {
  // What is loaded at 0 is stored at 31: XFetch's readers reload while it is there, until 131, and those of a soft one past that.
  const early = { xfetch: [100, 131], soft: [131, 331] } as const;
  it.each(Object.entries(early))('by %s, loads anew while the entry is still there', (rule, [from, to]) => {
    const times = [0, ...Array.from({ length: 100 }, (_, i) => 100 + 2 * i)];
    const asked = times.map((at, i) => ({ at, key: 0, instance: i % 2, takes: 31, fails: false }));
    for (const parts of COMPOSITIONS.filter((one) => one.rule === rule && !one.jitters)) {
      const { queries } = play(parts, asked, { keeps: true });
      expect(queries.some(({ began }) => began >= from && began < to)).toBe(true);
    }
  });
});

/** Who is given which answer, and when: each read joins the flight of its key that is under way, or begins one. */
function flights(asked: readonly Read[], among: (read: Read, id: number) => string): Outcome[] {
  const last = new Map<string, { ended: number; query: number; fails: boolean }>();
  let count = 0;
  const outcomes: Outcome[] = [];
  const inOrder = asked.map((read, id) => ({ read, id })).toSorted((a, b) => a.read.at - b.read.at);
  for (const { read, id } of inOrder) {
    const name = `${read.key} ${among(read, id)}`;
    let flight = last.get(name);
    if (flight === undefined || flight.ended < read.at) {
      flight = { ended: read.at + read.takes, query: count++, fails: read.fails };
      last.set(name, flight);
    }
    outcomes[id] = { ended: flight.ended, query: flight.fails ? undefined : flight.query };
  }
  return outcomes;
}

describe('beside a list of flights, where nothing is cached', () => {
  const scopes = {
    nobody: (_: Read, id: number) => `${id}`,
    instance: ({ instance }: Read) => `${instance}`,
    all: () => '',
  };
  // Who waits for the mutex looks again after a while, so that its times are its own.
  const unlocked = fc.constantFrom(...COMPOSITIONS.filter(({ mutex }) => !mutex));
  it('all without a mutex give the same answers at the same times', () => {
    fc.assert(
      fc.property(unlocked, reads(mayFail), (parts, asked) => {
        const { outcomes } = play(parts, asked, { keeps: false });
        expect(outcomes).toEqual(flights(asked, scopes[oneLoadAmong(parts)]));
      }),
      RUNS,
    );
  });

  it('a mutex lets the reads of a key load one after the other, and none is left out', () => {
    const parts: Composition = { rule: 'fixed', mutex: true, isMutexOuter: false };
    fc.assert(
      fc.property(reads(mayFail), (asked) => {
        const { outcomes, queries } = play(parts, asked, { keeps: false });
        expect(queries.length).toBe(asked.length);
        outcomes.forEach((outcome, id) => {
          const { at, key, fails } = asked[id];
          expect(outcome!.query === undefined).toBe(fails);
          // Each lock is given back at once, by those who fail as well, and somebody looks again within the time of a poll.
          const others = asked.filter((read) => read.key === key);
          const loads = others.reduce((sum, { takes }) => sum + takes + OPTIONS.poll, 0);
          expect(outcome!.ended - at).toBeLessThanOrEqual(loads);
        });
      }),
    );
  });
});
