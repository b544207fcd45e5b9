/** A profiler: its samples are the processor time of what it found, to a period a piece of work; what it costs; what becomes of profiles. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { spawn, type Behaviour } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s, SECOND } from '../../../../sim-core/kernel/time.ts';
import type { Call, Endpoint } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { folded, innermost, type Profile } from '../../../../sim-core/observability/profiles/profile.ts';
import { ProfileStore } from '../../../../sim-core/observability/profiles/profile-store.ts';
import { Profiler } from '../../../../sim-core/observability/profiles/profiler.ts';
import { INSTRUMENT_COSTS, NO_COSTS } from '../../../../sim-core/observability/signals/instrument-costs.ts';
import { InstrumentedProcess } from '../../../../sim-core/observability/signals/instrumented-process.ts';

const resource = { 'service.name': 'orders', 'service.instance.id': 'orders-1' };

function bench({ rate = 100, cores = 1, costs = NO_COSTS, refuses = false } = {}) {
  const sim = new Simulation();
  const process = new InstrumentedProcess(sim, { resource, cores, costs });
  const store = new ProfileStore(sim, 'profiles');
  const nobody: Endpoint<Profile, undefined> = {
    name: 'nobody',
    receive: (call: Call<Profile, undefined>) => call.refuse('unavailable'),
  };
  const link = new Link<Profile, undefined>(sim, refuses ? nobody : store, { from: 'orders', delay: constant(ms(1)) });
  const profiler = new Profiler(process, { rate, interval: s(1), link });
  const work = (demand: number, stack: string, at = 0): void => {
    const behaviour = function* (): Behaviour {
      yield* process.work(demand, stack);
    };
    spawn(sim, stack, behaviour(), at);
  };
  return { sim, process, store, profiler, work };
}

it('samples are processor time, to a period each piece of work: pieces one after the other on one processor', () => {
  const piece = fc.record({ stack: fc.constantFrom('a', 'a;b', 'a;c'), millis: fc.integer({ min: 1, max: 200 }) });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.integer({ min: 20, max: 1000 }), (pieces, rate) => {
      const { sim, store, work } = bench({ rate });
      let at = 0;
      for (const { stack, millis } of pieces) {
        work(ms(millis), stack, at);
        at += ms(millis);
      }
      sim.runUntil(s(4));
      // The first profile ends a period after its second is over at most, and the others follow it.
      const covered = store.selfTime(0, s(4));
      const period = Math.round(SECOND / rate);
      for (const stack of ['a', 'a;b', 'a;c']) {
        const own = pieces.filter((one) => one.stack === stack);
        const taken = (covered.get(`orders ${innermost(stack)}`) ?? 0) * coveredTime(store);
        const truth = own.reduce((sum, { millis }) => sum + ms(millis), 0);
        expect(Math.abs(taken - truth)).toBeLessThanOrEqual(own.length * period + 1);
      }
      expect(store.violations()).toEqual([]);
    }),
    { numRuns: 50 },
  );
});

/** Time that the profiles of a store cover: they follow one another from the start on. */
function coveredTime(store: ProfileStore): number {
  const profiles = (store as unknown as { profiles: readonly Profile[] }).profiles;
  profiles.forEach((profile, i) => expect(profile.from).toBe(i === 0 ? 0 : profiles[i - 1].to));
  return profiles.at(-1)?.to ?? 0;
}

describe('of more threads than processors', () => {
  it.each([1, 2, 3])('as many as there are processors are found: %d', (cores) => {
    const { sim, store, work } = bench({ cores });
    for (const stack of ['a', 'b', 'c', 'd']) work(s(5), stack);
    sim.runUntil(s(1.1));
    expect(store.state()).toEqual({ profiles: 1, samples: cores * 100 });
    const shares = [...store.selfTime(0, s(2)).values()];
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(cores);
  });

  it.each([0.16, 1.5])('of a part of a processor for that part of the time: %d', (cores) => {
    const { sim, store, work } = bench({ rate: 1000, cores });
    for (const stack of ['a', 'b']) work(s(50), stack);
    sim.runUntil(s(10.1));
    const shares = [...store.selfTime(0, s(11)).values()];
    // Of ten thousand looks a part each finds one more, and five deviations of half at most.
    expect(Math.abs(shares.reduce((sum, share) => sum + share, 0) - cores)).toBeLessThan(0.025);
  });

  it('each is as likely as the others', () => {
    const { sim, store, work } = bench({ rate: 1000 });
    for (const stack of ['a', 'b', 'c', 'd']) work(s(50), stack);
    sim.runUntil(s(10.1));
    // Of ten thousand looks a quarter each, and five deviations.
    for (const share of store.selfTime(0, s(11)).values()) expect(Math.abs(share - 0.25)).toBeLessThan(0.022);
  });
});

it('costs each thread that it stops a walk of its stack, and nothing when there is none', () => {
  const { sim, process } = bench({ costs: INSTRUMENT_COSTS });
  let [took, since] = [0, 0];
  const behaviour = function* (): Behaviour {
    yield s(0.5);
    since = sim.now;
    yield* process.work(0, 'a');
    took = sim.now - since;
    yield* process.work(ms(100), 'a');
    since = sim.now;
    yield* process.work(0, 'a');
    took += sim.now - since;
  };
  spawn(sim, 'work', behaviour());
  sim.runUntil(s(0.9));
  expect(took).toBe(10 * INSTRUMENT_COSTS.stackSample);
});

it('drops what nobody takes', () => {
  const { sim, profiler, work } = bench({ refuses: true });
  work(s(5), 'a');
  sim.runUntil(s(3.5));
  expect(profiler.dropped).toBe(3);
});

it('begins anew when its process crashes, and finds nothing of what was there', () => {
  const { sim, process, store, work } = bench();
  work(s(5), 'a');
  sim.schedule(s(0.5), () => process.crash(), undefined);
  sim.runUntil(s(2));
  expect(store.selfTime(0, s(2)).size).toBe(0);
  expect(store.state()).toMatchObject({ samples: 0 });
});

it('refuses a rate that is none', () => {
  expect(() => bench({ rate: 0 })).toThrow('rate is 0; it must be above 0 and at most 10000');
});

it('is written down folded', () => {
  expect(
    folded({
      samples: new Map([
        ['a;b', 3],
        ['a', 1],
      ]),
    }),
  ).toBe('a;b 3\na 1\n');
  expect([innermost('a;b;c'), innermost('a')]).toEqual(['c', 'a']);
});
