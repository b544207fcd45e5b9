/** Staleness: what was replaced before a read was sent is stale, what was replaced while it ran is not. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../sim-core/kernel/fact.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';
import { RequestContext } from '../../../sim-core/network/request-context.ts';
import { rowReturned, StalenessMeter } from '../../../sim-core/storage/staleness.ts';
import { VersionHistory } from '../../../sim-core/storage/version-history.ts';

function measured(commits: readonly number[], version: number, sent: number): Fact<typeof rowReturned> {
  const sim = new Simulation();
  const history = new VersionHistory();
  for (const time of commits) history.commit(7, time);
  const facts: Fact<typeof rowReturned>[] = [];
  sim.facts.channel(rowReturned).listen((fact) => facts.push(fact));
  new StalenessMeter(sim, history).measure('users', { key: 7, version }, new RequestContext(1, sent));
  return facts[0];
}

describe('a staleness meter', () => {
  it('calls a read stale by the commits before it was sent, and its age is since the first that replaced the value', () => {
    expect(measured([10, 20, 30], 1, 25)).toMatchObject({ version: 1, behind: 1, age: 5 });
    expect(measured([10, 20, 30], 0, 25)).toMatchObject({ behind: 2, age: 15 });
  });

  it('lets a read that overlaps a write return either version', () => {
    expect(measured([10, 20], 1, 20)).toMatchObject({ behind: 0, age: 0 });
    expect(measured([10, 20], 2, 20)).toMatchObject({ behind: 0, age: 0 });
  });

  it('is stale exactly if some newer version was committed before, and never older than the first commit', () => {
    const sorted = fc
      .array(fc.integer({ min: 0, max: 100 }), { maxLength: 20 })
      .map((times) => times.sort((a, b) => a - b));
    fc.assert(
      fc.property(sorted, fc.nat(20), fc.integer({ min: 0, max: 120 }), (commits, some, sent) => {
        const version = Math.min(some, commits.length);
        const newer = commits.slice(version).filter((time) => time < sent);
        const { behind, age } = measured(commits, version, sent);
        expect(behind).toBe(newer.length);
        expect(age).toBe(newer.length === 0 ? 0 : sent - newer[0]);
      }),
    );
  });

  it('tells a phantom from a version that was committed', () => {
    const sim = new Simulation();
    const history = new VersionHistory();
    const phantoms: boolean[] = [];
    sim.facts.channel(rowReturned).listen(({ phantom }) => phantoms.push(phantom));
    const meter = new StalenessMeter(sim, history);
    const version = history.write(7);
    meter.measure('users', { key: 7, version }, new RequestContext(1, 5));
    history.rollBack(7);
    meter.measure('users', { key: 7, version }, new RequestContext(2, 5));
    meter.measure('users', { key: 7, version: history.commit(7, 6) }, new RequestContext(3, 5));
    expect(phantoms).toEqual([false, true, false]);
  });
});
