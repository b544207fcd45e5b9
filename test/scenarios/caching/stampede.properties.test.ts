/**
 * What must hold in every run of the stampede, whatever its parameters; and common random numbers: what a protection
 * does, or a component that does nothing, moves nobody else's draws.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import stampede from '../../../scenarios/caching/stampede.ts';
import {
  constant,
  Database,
  messageSent,
  ms,
  Run,
  run,
  s,
  type FactTable,
  type ParameterValues,
  type Recording,
  type Scenario,
} from '../../../sim-core/index.ts';

const variants = Object.keys(stampede.variants);

const parameters = fc.record({
  rate: fc.integer({ min: 20, max: 300 }),
  ttl: fc.integer({ min: 200, max: 6000 }).map(ms),
  hotShare: fc.double({ min: 0, max: 1, noNaN: true }),
  keys: fc.integer({ min: 1, max: 200 }),
  instances: fc.integer({ min: 1, max: 5 }),
  loadTime: fc.integer({ min: 1, max: 300 }).map(ms),
  cores: fc.integer({ min: 1, max: 8 }),
  connections: fc.integer({ min: 1, max: 60 }),
  timeout: fc.integer({ min: 50, max: 3000 }).map(ms),
  capacity: fc.integer({ min: 1, max: 150 }),
  eviction: fc.constantFrom('lru', 'fifo', 'lfu', 'random', 'clock', 'slru'),
  length: fc.constant(s(6)),
});

function table(recording: Recording, kind: string): FactTable {
  return recording.facts.tables.find((each) => each.kind === kind)!;
}

/** Rows of a table as objects of numbers; texts are spelled out. */
function rows(recording: Recording, kind: string): Record<string, number | string>[] {
  const { columns, rows: count, schema, times } = table(recording, kind);
  return Array.from({ length: count }, (_, row) => ({
    time: times[row],
    ...Object.fromEntries(
      Object.entries(columns).map(([field, column]) => [
        field,
        schema[field] === 'text' ? recording.facts.texts[column[row]] : column[row],
      ]),
    ),
  }));
}

/** Loads of one key that were under way when another began, at most, among loads of the same group. */
function mostAtOnce(recording: Recording, groupOf: (load: Record<string, number | string>) => string): number {
  const ends = new Map<string, number[]>();
  let most = 0;
  const loads = rows(recording, 'cache.load').map((load) => ({
    group: groupOf(load),
    begin: Number(load['time']) - Number(load['duration']),
    end: Number(load['time']),
  }));
  for (const { group, begin, end } of loads.sort((a, b) => a.begin - b.begin)) {
    const open = (ends.get(group) ?? []).filter((other) => other > begin);
    open.push(end);
    ends.set(group, open);
    most = Math.max(most, open.length);
  }
  return most;
}

describe('in every run', () => {
  it('invariants hold all along, and no request is lost or answered twice', () => {
    fc.assert(
      fc.property(fc.constantFrom(...variants), parameters, fc.nat(), (variant, params, seed) => {
        const whole = new Run(stampede, { variant, params, seed });
        while (!whole.advance(2500)) expect(whole.violations()).toEqual([]);
        expect(whole.violations()).toEqual([]);
        const recording = whole.finish();
        const started = rows(recording, 'request.started').map(({ request }) => request);
        const completed = rows(recording, 'request.completed').map(({ request }) => request);
        const users = recording.components.find(({ name }) => name === 'users')!;
        expect(recording.facts.sampledOneIn).toBe(1);
        expect(new Set(started).size).toBe(started.length);
        expect(new Set(completed).size).toBe(completed.length);
        expect(completed.length + Number(users.state['in progress'])).toBe(started.length);
        const known = new Set(started);
        expect(completed.filter((request) => !known.has(request))).toEqual([]);
        // Every query is answered or refused once, or still there at the end.
        const { told } = recording.facts;
        const database = recording.components.find(({ name }) => name === 'database')!.state;
        const inside = Number(database['connections in use']) + Number(database['waiting for a connection']);
        expect(told['db.answered'] + inside).toBe(told['db.queried']);
      }),
      { numRuns: 20 },
    );
  });

  it('single-flight loads a key at most once at a time in each instance', () => {
    fc.assert(
      fc.property(fc.constantFrom('single-flight', 'soft-ttl'), parameters, fc.nat(), (variant, params, seed) => {
        const recording = run(stampede, { variant, params, seed });
        expect(mostAtOnce(recording, ({ instance, key }) => `${instance} ${key}`)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 20 },
    );
  });

  it('the mutex loads a key at most once at a time in all instances, while leases outlast loads', () => {
    fc.assert(
      fc.property(parameters, fc.nat(), (params, seed) => {
        const recording = run(stampede, { variant: 'mutex', params: { ...params, lease: s(60) }, seed });
        expect(mostAtOnce(recording, ({ key }) => String(key))).toBeLessThanOrEqual(1);
      }),
      { numRuns: 20 },
    );
  });

  it('which short leases and the absence of a guard do break: the check can fail', () => {
    const params = { length: s(6), rate: 200, ttl: s(2), loadTime: ms(300) };
    for (const [variant, lease] of [
      ['mutex', ms(5)],
      ['none', s(5)],
    ] as const) {
      const recording = run(stampede, { variant, params: { ...params, lease } });
      expect(mostAtOnce(recording, ({ key }) => String(key))).toBeGreaterThan(1);
    }
  });
});

/** The stampede beside a component that nobody calls, made before everything else. */
const besideAnIdleOne: Scenario = {
  ...stampede,
  system(sim, params) {
    new Database(sim, { name: 'idle', connections: 5, queueMax: 5, cores: 1, demand: constant(ms(5)) });
    stampede.system(sim, params);
  },
};

describe('common random numbers', () => {
  const params: ParameterValues = { length: s(12), rate: 500, ttl: s(3) };

  it('an idle component changes nothing that happens: every fact is as it was', () => {
    const alone = run(stampede, { variant: 'none', params });
    const beside = run(besideAnIdleOne, { variant: 'none', params });
    for (const { kind } of alone.facts.tables) expect(rows(beside, kind)).toEqual(rows(alone, kind));
  });

  it('a protection leaves arrivals and keys as they were', () => {
    const requests = (variant: string): string => {
      const { times, columns } = table(run(stampede, { variant, params }), 'request.started');
      return [times, columns['request'], columns['key']].map((column) => column.join(' ')).join('\n');
    };
    const none = requests('none');
    // Not the dying holder's: those who poll for a lease tell so much that only each second request's facts are kept.
    const whole = variants.filter((variant) => variant !== 'mutex-holder-dies');
    for (const variant of whole) if (requests(variant) !== none) throw new Error(`${variant} moved an arrival`);
  });

  it('a protection leaves each request’s demand and the delays of its first messages as they were', () => {
    // With a core a query nobody slows another down: a query's time is its demand.
    const roomy = { ...params, cores: 128, connections: 2000 };
    const observe = (variant: string): { demands: Map<number, number>; delays: Map<string, number> } => {
      const demands = new Map<number, number>();
      const delays = new Map<string, number>();
      const listening: Scenario = {
        ...stampede,
        system(sim, values) {
          stampede.system(sim, values);
          sim.facts.channel(messageSent).listen(({ link, direction, request, duration }) => {
            // The way to the instance and to the cache: what comes before any difference.
            const name = `${link} ${request}`;
            if (direction === 'request' && !delays.has(name) && /^users >|> cache$/.test(link))
              delays.set(name, duration);
          });
        },
      };
      const recording = run(listening, { variant, params: roomy });
      for (const { request, duration } of rows(recording, 'db.answered'))
        demands.set(Number(request), Number(duration));
      return { demands, delays };
    };
    const none = observe('none');
    for (const variant of variants) {
      const other = observe(variant);
      const both = [...other.demands.keys()].filter((request) => none.demands.has(request));
      expect(both.length, variant).toBeGreaterThan(10);
      for (const request of both) expect(other.demands.get(request)).toBe(none.demands.get(request));
      let compared = 0;
      for (const [name, delay] of other.delays) {
        if (!none.delays.has(name)) continue;
        compared++;
        if (none.delays.get(name) !== delay) throw new Error(`${variant}: ${name} took ${delay}`);
      }
      expect(compared).toBeGreaterThan(1000);
    }
  });
});
