/** What is read from the store for a query, with a cache of results and without. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { constant } from '../../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../../sim-core/kernel/simulation.ts';
import { minutes, ms, s } from '../../../../../sim-core/kernel/time.ts';
import type { Call } from '../../../../../sim-core/network/call.ts';
import { Link } from '../../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../../sim-core/network/request-context.ts';
import type { StoreQuery } from '../../../../../sim-core/observability/pipeline/backends/keeper.ts';
import type { StoreAnswer } from '../../../../../sim-core/observability/pipeline/backends/telemetry-store.ts';
import {
  QueryFrontend,
  type PanelQuery,
  type QueryFrontendOptions,
} from '../../../../../sim-core/observability/pipeline/queries/query-frontend.ts';

/** A store that reads as many as there are seconds. */
class Lab {
  readonly sim = new Simulation({ seed: 1 });
  readonly frontend: QueryFrontend;
  isUp = true;
  read = 0;
  private readonly link: Link<PanelQuery, StoreAnswer>;

  constructor(options: Partial<QueryFrontendOptions> = {}) {
    const store = {
      name: 'store',
      receive: (call: Call<StoreQuery, StoreAnswer>) => {
        if (!this.isUp) return call.refuse('unavailable');
        const read = Math.round((call.query.to - call.query.from) / s(1));
        this.read += read;
        call.reply({ read });
      },
    };
    this.frontend = new QueryFrontend(this.sim, {
      name: 'frontend',
      link: new Link(this.sim, store, { from: 'frontend', delay: constant(ms(1)) }),
      splitInterval: minutes(10),
      cachedMax: 1000,
      maxFreshness: minutes(1),
      ...options,
    });
    this.link = new Link(this.sim, this.frontend, { from: 'viewer', delay: constant(0) });
  }

  /** Asks about the last so long at an instant; gives what was read for it, or how it failed. */
  ask(at: number, range: number, panel = 'p'): unknown {
    this.sim.runUntil(at);
    let answer: unknown;
    const query = { panel, from: Math.max(0, at - range), to: at };
    this.sim.inject(() => {
      this.link.call(query, new RequestContext(0, at)).begin({
        resume: ({ result }) => (answer = (result as StoreAnswer).read),
        fail: (error) => (answer = (error as Error).message),
      });
    }, 0);
    this.sim.runUntil(at + s(1));
    return answer;
  }
}

it('reads everything once, and then of a window that moves on the intervals that it does not know', () => {
  const lab = new Lab();
  expect(lab.ask(minutes(65), minutes(60))).toBe(3600);
  // 10 to 60 minutes are kept as five intervals; 5 to 10 and 60 to 65 are asked for again.
  expect(lab.ask(minutes(66), minutes(60))).toBe(240 + 360);
  expect(lab.ask(minutes(66) + s(30), minutes(60), 'another')).toBe(3600);
});

it('does not keep what is newer than its freshness', () => {
  const lab = new Lab();
  lab.ask(minutes(10), minutes(10));
  expect(lab.ask(minutes(10) + s(30), minutes(10) + s(30))).toBe(630);
  expect(lab.ask(minutes(11), minutes(11))).toBe(660);
  expect(lab.ask(minutes(12), minutes(12))).toBe(120);
});

it('reads everything every time without a cache', () => {
  const lab = new Lab({ cachedMax: 0 });
  for (const minute of [65, 66, 67]) expect(lab.ask(minutes(minute), minutes(60))).toBe(3600);
});

it('asks for it in one piece where it is not cut', () => {
  expect(new Lab({ splitInterval: Infinity }).ask(minutes(65), minutes(60))).toBe(3600);
});

it('fails with its store, and keeps nothing of that', () => {
  const lab = new Lab();
  lab.isUp = false;
  expect(lab.ask(minutes(65), minutes(60))).toContain('unavailable');
  lab.isUp = true;
  expect(lab.ask(minutes(66), minutes(60))).toBe(3600);
});

it('never reads more than without a cache nor less than what is new, and keeps no more than it may', () => {
  const asks = fc.array(
    fc.tuple(fc.integer({ min: 10, max: 900 }), fc.integer({ min: 1, max: 60 }), fc.constantFrom('p', 'q')),
    { maxLength: 25 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 6 }), asks, (cachedMax, script) => {
      const lab = new Lab({ cachedMax });
      const known = new Map<string, number>();
      let now = 0;
      for (const [after, range, panel] of script) {
        now += s(after);
        const asked = Math.min(now, minutes(range)) / s(1);
        const read = lab.ask(now, minutes(range), panel) as number;
        const isNew = (now - Math.max(known.get(panel) ?? 0, now - minutes(range), 0)) / s(1);
        expect(read).toBeLessThanOrEqual(asked);
        expect(read).toBeGreaterThanOrEqual(Math.floor(isNew));
        known.set(panel, now);
        expect(lab.frontend.violations()).toEqual([]);
      }
    }),
  );
});
