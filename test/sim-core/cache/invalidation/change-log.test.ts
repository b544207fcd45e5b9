/** The log of changes and those who follow it: order, places, outages and gaps. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ChangeLog,
  followLog,
  type LogPage,
  type LogQuery,
} from '../../../../sim-core/cache/invalidation/change-log.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import { Link } from '../../../../sim-core/network/link.ts';

function setUp(kept: number) {
  const sim = new Simulation();
  const log = new ChangeLog(sim, kept);
  const seen: number[] = [];
  let missed = 0;
  followLog(sim, {
    name: 'app',
    log: new Link<LogQuery, LogPage>(sim, log, { from: 'app', delay: constant(ms(1)) }),
    poll: ms(10),
    firstRequest: 1e9,
    from: 0,
    changed: ({ version }) => seen.push(version),
    missed: () => missed++,
  });
  return { sim, log, seen, missed: () => missed };
}

describe('the log of changes', () => {
  it('gives every change to who follows it, once and in order, however long the log was down', () => {
    const change = fc.record({
      after: fc.integer({ min: 0, max: 20 }),
      does: fc.constantFrom('write', 'write', 'stop', 'start'),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 50 }), (changes) => {
        const { sim, log, seen, missed } = setUp(1000);
        let written = 0;
        for (const { after, does } of changes) {
          sim.runUntil(sim.now + ms(after));
          if (does === 'write') log.append({ key: 1, version: ++written });
          else log.interventions[does].apply([]);
          expect(log.violations()).toEqual([]);
        }
        log.interventions['start'].apply([]);
        // The answer on its way, the pause, the next look and its answer.
        sim.runUntil(sim.now + ms(1 + 10 + 2) + 1);
        expect(seen).toEqual(Array.from({ length: written }, (_, i) => i + 1));
        expect(missed()).toBe(0);
      }),
    );
  });

  it('says so when changes are no longer kept, and goes on with those that are', () => {
    const { sim, log, seen, missed } = setUp(3);
    log.interventions['stop'].apply([]);
    for (let version = 1; version <= 10; version++) log.append({ key: 1, version });
    sim.runUntil(ms(5));
    log.interventions['start'].apply([]);
    sim.runUntil(s(1));
    expect(missed()).toBe(1);
    expect(seen).toEqual([7, 8, 9, 10]);
    expect(log.end).toBe(10);
  });
});
