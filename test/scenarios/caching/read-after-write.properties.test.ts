/** Read-after-write: the closed form of the first looks, remedies under any load. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import readAfterWrite from '../../../scenarios/caching/read-after-write.ts';
import { missingShare } from '../../../scenarios/caching/read-after-write/limits.ts';
import type { Values } from '../../../scenarios/caching/read-after-write/params.ts';
import {
  confidenceInterval,
  ms,
  resolveParameters,
  Trial,
  s,
  Tally,
  type ParameterValues,
  type Trialled,
} from '../../../sim-core/index.ts';

function runOf(variant: string, seed: number, given: ParameterValues): Trialled {
  const trial = new Trial(readAfterWrite, { variant, seed, params: given });
  while (!trial.advance(20_000)) expect(trial.violations()).toEqual([]);
  return trial.finish();
}
const summaryOf = (recording: Trialled, name: string) => recording.signals.find((one) => one.name === name)!.summary;

it.each([4, 8])('first looks miss as often as the M/M/1 queue says, with %d ms a change', (applyTime) => {
  const shares = new Tally();
  for (let seed = 1; seed <= 10; seed++) {
    const given = { applyTime: ms(applyTime), looks: 1, length: s(60) };
    shares.add(summaryOf(runOf('read-any-replica', seed, given), 'session.first_look.missing_ratio')['mean']);
  }
  const claimed = missingShare(
    resolveParameters(readAfterWrite, 'read-any-replica', { applyTime: ms(applyTime) }) as Values,
  );
  const { low, high } = confidenceInterval(shares, 0.999);
  expect(claimed).toBeGreaterThan(low);
  expect(claimed).toBeLessThan(high);
});

describe('whatever the load, even more than a replica can apply,', () => {
  const load = fc.record({
    sessions: fc.integer({ min: 5, max: 60 }),
    applyTime: fc.integer({ min: 1, max: 60 }).map(ms),
    keys: fc.integer({ min: 1, max: 50 }),
    replicas: fc.integer({ min: 1, max: 4 }),
    waitMax: fc.integer({ min: 1, max: 500 }).map(ms),
    looks: fc.integer({ min: 1, max: 5 }),
  });

  it.each([
    ['wait-for-version', {}],
    ['session-stickiness', { stickyFor: s(60) }],
    ['write-through', { ttl: s(600) }],
  ])('%s shows every session its own write', (variant, changed) => {
    fc.assert(
      fc.property(load, fc.nat(1000), (given, seed) => {
        const recording = runOf(variant, seed, { ...given, ...changed, length: s(12) });
        expect(summaryOf(recording, 'session.missing')['total']).toBe(0);
      }),
      { numRuns: 30 },
    );
  });
});
