/** What an instance makes of the rows that it is sent: each rule, in every order in which they may come. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  changeFollows,
  lastComes,
  newerWins,
  type PushRule,
} from '../../../../sim-core/cache/invalidation/push-channel.ts';
import { LocalCache } from '../../../../sim-core/cache/local-cache.ts';
import { hardTtl } from '../../../../sim-core/cache/stampede/hard-ttl.ts';
import { spawn, type Behaviour } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import type { Row } from '../../../../sim-core/storage/queries.ts';

const KEY = 7;
const request = new RequestContext(1, 0);
const rowOf = (version: number): Row => ({ key: KEY, version });

function setUp() {
  const sim = new Simulation();
  const local = new LocalCache(sim, { instance: 'app', capacity: 10, expiry: hardTtl(s(10)) });
  const kept = (): number | undefined => local.cache.peek(KEY)?.value.version;
  /** Loads a version, which takes so long. */
  function* load(version: number, takes: number): Behaviour<Row> {
    yield takes;
    return rowOf(version);
  }
  const reads = (version: number, takes = 0): void => {
    spawn(
      sim,
      'reads',
      local.get(KEY, request, () => load(version, takes)),
    );
    sim.runUntil(sim.now + takes + 1);
  };
  return { sim, local, kept, reads };
}

/** What is kept once these versions have come, in this order, to who kept version 0. */
function after(rule: PushRule, versions: readonly number[]): number | undefined {
  const { local, kept, reads } = setUp();
  reads(0);
  for (const version of versions) local.revise(KEY, request, (row) => rule.becomes(row, rowOf(version), 1));
  return kept();
}

const orders = fc
  .integer({ min: 1, max: 8 })
  .chain((count) => fc.shuffledSubarray(Array.from({ length: count }, (_, i) => i + 1)))
  .filter(({ length }) => length > 0);

describe('of rows that come in any order, some of them never', () => {
  it('the newest stays where versions are compared', () => {
    fc.assert(fc.property(orders, (versions) => void expect(after(newerWins, versions)).toBe(Math.max(...versions))));
  });

  it('the last one stays where they are not', () => {
    fc.assert(fc.property(orders, (versions) => void expect(after(lastComes, versions)).toBe(versions.at(-1))));
  });

  it('changes are made one after the other, and the copy is dropped at the first that does not follow', () => {
    fc.assert(
      fc.property(orders, (versions) => {
        // In words: as far as they count up from what is kept; what is older says nothing, what is further ahead ends it.
        let expected: number | undefined = 0;
        for (const version of versions) {
          if (expected === undefined || version <= expected) continue;
          expected = version === expected + 1 ? version : undefined;
        }
        expect(after(changeFollows, versions)).toBe(expected);
      }),
    );
  });
});

it('a row that is sent is not kept by who keeps no copy, and what is being loaded meanwhile is not either', () => {
  const { sim, local, kept, reads } = setUp();
  local.revise(KEY, request, () => rowOf(1));
  expect(kept()).toBeUndefined();
  sim.scheduleAt(ms(5), () => local.revise(KEY, request, () => rowOf(2)), undefined);
  reads(1, ms(10));
  expect(kept()).toBeUndefined();
  reads(2, ms(10));
  expect(kept()).toBe(2);
});

it('a row that is new lives for a time to live of its own, and one that is kept for what is left of its own', () => {
  for (const [sent, until] of [
    [1, 16],
    [0, 10],
  ]) {
    const { sim, local, kept, reads } = setUp();
    reads(0);
    sim.runUntil(s(6));
    local.revise(KEY, request, (row) => newerWins.becomes(row, rowOf(sent), 1));
    sim.runUntil(s(until) - ms(1));
    expect(kept()).toBe(sent);
    sim.runUntil(s(until) + ms(1));
    expect(kept()).toBeUndefined();
  }
});
