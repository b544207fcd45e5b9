/** The bank of caches: each decides as it would alone, OPT knows the future, and whatever happens nobody is over full. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cacheBankAsked, cacheBankKept, cacheBankSent } from '../../../../sim-core/cache/miss-ratio/bank-signals.ts';
import { CacheBank } from '../../../../sim-core/cache/miss-ratio/cache-bank.ts';
import {
  evictionPolicies,
  KnownFuture,
  moved,
  RandomStreams,
  Simulation,
  zipfPopularity,
  type BankedCache,
} from '../../../../sim-core/index.ts';

const banked = (eviction: string, capacity: number): BankedCache => ({
  name: `${eviction}.${capacity}`,
  eviction,
  capacity,
  line: eviction,
  size: capacity / 100,
});

/** A client whose keys are given, and whose popularity can be made to move. */
function clientOf(keys: readonly number[]) {
  const client = { moves: 0, offset: 0, keyOf: (number: number) => (keys[number] ?? 0) + client.offset };
  return client;
}

/** Hits of each cache of a bank, request by request. */
function hitsOf(sim: Simulation, caches: readonly BankedCache[], keys: readonly number[], ahead: number): boolean[][] {
  const bank = new CacheBank(sim, { name: 'bank', caches, serving: caches[0].name, ahead });
  bank.foresee(clientOf(keys));
  const hits = caches.map((): boolean[] => []);
  sim.facts
    .channel(cacheBankAsked)
    .listen((fact) => caches.forEach((_, i) => hits[i].push(((fact.hits >> i) & 1) === 1)));
  keys.forEach((key, number) => {
    expect(bank.request(key, number)).toBe(hits[0][number]);
    expect(bank.violations()).toEqual([]);
  });
  return hits;
}

const traces = fc.array(fc.nat(25), { minLength: 1, maxLength: 200 });
const NAMES = ['lru', 'fifo', 'lfu', 'slru', 's3-fifo', 'sieve', 'arc', 'lirs', '2q', 'clock', 'opt', 'opt-bypass'];

describe('a bank', () => {
  it('is flushed, and robbed of a key, in all of its caches at once', () => {
    const sim = new Simulation({ seed: 1 });
    const caches = NAMES.map((name) => banked(name, 10));
    const bank = new CacheBank(sim, { name: 'bank', caches, serving: 'lru.10', ahead: 100 });
    const keys = [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3];
    bank.foresee(clientOf(keys));
    const hits: number[] = [];
    sim.facts.channel(cacheBankAsked).listen((fact) => hits.push(fact.hits));
    keys.forEach((key, number) => {
      if (number === 6) bank.interventions['flush'].apply([]);
      if (number === 9) bank.interventions['expire'].apply([2]);
      bank.request(key, number);
      expect(bank.violations()).toEqual([]);
    });
    const all = 2 ** NAMES.length - 1;
    expect(hits).toEqual([0, 0, 0, all, all, all, 0, 0, 0, all, 0, all]);
  });

  it('decides of each cache as the policy alone decides, OPT by the whole future', () => {
    fc.assert(
      fc.property(traces, fc.integer({ min: 1, max: 12 }), (keys, capacity) => {
        const caches = NAMES.map((name) => banked(name, capacity));
        const hits = hitsOf(new Simulation({ seed: 1 }), caches, keys, keys.length);
        const trace = Int32Array.from(keys);
        NAMES.forEach((name, i) => {
          const future = new KnownFuture(trace);
          const alone = evictionPolicies[name].create({ capacity, future });
          keys.forEach((key, number) => {
            future.position = number;
            expect([name, number, hits[i][number]]).toEqual([name, number, alone.request(key)]);
          });
        });
      }),
      { numRuns: 40 },
    );
  });

  it('is bounded by OPT however much it holds', () => {
    fc.assert(
      fc.property(traces, fc.integer({ min: 1, max: 12 }), (keys, capacity) => {
        const caches = [...NAMES, 'random', 'w-tinylfu'].map((name) => banked(name, capacity));
        const misses = hitsOf(new Simulation({ seed: 1 }), caches, keys, keys.length).map(
          (one) => one.filter((hit) => !hit).length,
        );
        expect(Math.min(...misses)).toBe(misses[NAMES.indexOf('opt-bypass')]);
      }),
      { numRuns: 40 },
    );
  });

  it('plans anew where it could not look so far: a shorter sight never misses less than the whole one', () => {
    fc.assert(
      fc.property(traces, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 50 }), (keys, capacity, ahead) => {
        const count = (sight: number): number =>
          hitsOf(new Simulation({ seed: 1 }), [banked('opt-bypass', capacity)], keys, sight)[0].filter((hit) => !hit)
            .length;
        expect(count(ahead)).toBeGreaterThanOrEqual(count(keys.length));
      }),
    );
  });

  it('has OPT plan by the new popularity from the moment of a move, with what it holds', () => {
    const law = zipfPopularity(200, 1);
    const draws = new RandomStreams(4).keyed('keys');
    const client = { moves: 0, keyOf: (number: number) => moved(law, client.moves).draw(draws.of(number), number) };
    const sim = new Simulation({ seed: 1 });
    const bank = new CacheBank(sim, {
      name: 'bank',
      caches: [banked('opt-bypass', 20), banked('lru', 20)],
      serving: 'lru.20',
      ahead: 5000,
    });
    bank.foresee(client);
    const hits = [0, 0];
    sim.facts.channel(cacheBankAsked).listen((fact) => hits.forEach((_, i) => (hits[i] += (fact.hits >> i) & 1)));
    const ask = (from: number, to: number): void => {
      for (let number = from; number < to; number++) bank.request(client.keyOf(number), number);
    };
    ask(0, 2000);
    client.moves = 1;
    hits.fill(0);
    ask(2000, 4000);
    // Within the chance of a start from other contents: no more than one miss for each entry.
    expect(hits[0] + 20).toBeGreaterThan(hits[1]);
    // A plan for the keys of before would hold none of those of now, and hit hardly any.
    expect(hits[0]).toBeGreaterThan(hits[1]);
    expect(bank.violations()).toEqual([]);
  });

  it('shrinks all of its caches alike, and OPT goes on within what is left when it has to plan anew', () => {
    const sim = new Simulation({ seed: 1 });
    const caches = [banked('lru', 40), banked('opt-bypass', 20)];
    const bank = new CacheBank(sim, { name: 'bank', caches, serving: 'lru.40', ahead: 50 });
    bank.foresee({ moves: 0, keyOf: (number) => number % 97 });
    const entries = () => caches.map(({ name }) => bank.state()[`entries of ${name}`]);
    for (let number = 0; number < 200; number++) bank.request(number % 97, number);
    expect(entries()).toEqual([40, 20]);
    bank.interventions['resize'].apply([0.25]);
    expect([bank.state()['capacity'], entries(), bank.violations()]).toEqual([10, [10, 5], []]);
    for (let number = 200; number < 600; number++) bank.request(number % 97, number);
    expect([entries(), bank.violations()]).toEqual([[10, 5], []]);
  });

  it('counts bytes, and what its books cost, of the one that serves', () => {
    const sim = new Simulation({ seed: 1 });
    const caches = [banked('lru', 10), banked('fifo', 10)];
    const sizeOf = (key: number): number => (key === 3 ? 11 : 4);
    const bank = new CacheBank(sim, { name: 'bank', caches, serving: 'lru.10', ahead: 1, sizeOf });
    const told: unknown[] = [];
    sim.facts.channel(cacheBankSent).listen(({ asked, missed }) => told.push([asked, missed]));
    sim.facts.channel(cacheBankKept).listen(({ steps, bytes }) => told.push([steps, bytes]));
    for (const [number, key] of [1, 1, 3, 2, 5].entries()) bank.request(key, number);
    // LRU: a newcomer is put in, a hit taken out and put back, the last looked for and taken out. Key 3 never fits.
    const kept = [
      [1, 8],
      [2, 8],
      [0, 8],
      [1, 8],
      [3, 8],
    ];
    const sent = [
      [4, 4],
      [4, 0],
      [11, 11],
      [4, 4],
      [4, 4],
    ];
    expect(told).toEqual(kept.flatMap((one, index) => [one, sent[index]]));
    expect([bank.state()['entries of lru.10'], bank.state()['entries of fifo.10'], bank.violations()]).toEqual([
      2,
      2,
      [],
    ]);
    expect(bank.help).toContain('room for 10 bytes under lru');
  });

  it('says which cache serves, what it holds, and that each is one point of its line', () => {
    const bank = new CacheBank(new Simulation(), {
      name: 'bank',
      caches: [banked('lru', 2), banked('fifo', 3)],
      serving: 'lru.2',
      ahead: 1,
    });
    bank.request(7, 0);
    expect(bank.state()).toEqual({ capacity: 2, 'entries of lru.2': 1, 'entries of fifo.3': 1 });
    const points = bank.signals.flatMap(({ name, point }) => (point ? [[name, point.line, point.at]] : []));
    expect(points).toEqual([
      ['cache.miss_ratio.lru.2', 'lru', 0.02],
      ['cache.miss_ratio.fifo.3', 'fifo', 0.03],
    ]);
  });

  it('says what is wrong with it', () => {
    const make = (caches: readonly BankedCache[], serving: string) => () =>
      new CacheBank(new Simulation(), { name: 'bank', caches, serving, ahead: 1 });
    expect(make([], 'lru.2')).toThrow('there are 0 caches; a bank has 1 to 31');
    expect(make([banked('lru', 2)], 'fifo.2')).toThrow('serving is fifo.2; there are lru.2');
    const blind = make([banked('opt', 2)], 'opt.2')();
    expect(() => blind.request(1, 0)).toThrow('call foresee first');
  });
});
