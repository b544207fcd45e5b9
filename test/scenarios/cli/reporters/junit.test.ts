/** JUnit's XML: what is not claimed is a skipped case, counted as such and told with what was measured. */
import { expect, it } from 'vitest';
import { junit } from '../../../../scenarios/cli/reporters/junit.ts';
import type { RunResult } from '../../../../scenarios/cli/reporters/report.ts';
import stampede from '../../../../scenarios/caching/stampede.ts';

it('counts failed and skipped cases in each suite and in all, and says of both what was measured', () => {
  const claim = { text: 'it is at most 1', pass: true, actual: 0.5, limit: 1, unit: '1' };
  const missed = { ...claim, pass: false, actual: 2 };
  const skipped = { ...claim, actual: 7, limit: NaN, notClaimed: 'the queue may be full' };
  const run = (seed: number, expectations: RunResult['expectations']): RunResult => ({
    variant: 'none',
    seed,
    params: {},
    digest: '',
    simulatedSeconds: 1,
    events: 1,
    wallSeconds: 1,
    signals: {},
    expectations,
  });
  const runs = [run(1, [claim, missed, skipped]), run(2, [skipped])];
  const text = junit({ scenario: stampede, runs, failures: [{ variant: 'none', seed: 3, error: 'it' }], planned: 3 });
  expect(
    [...text.matchAll(/ tests="(\d)" failures="(\d)" errors="(\d)" skipped="(\d)"/g)].map(([, ...n]) => n.join(' ')),
  ).toEqual(['5 1 1 2', '3 1 0 1', '1 0 0 1', '1 0 1 0']);
  expect(text.match(/<(failure|skipped) .*>/g)).toEqual([
    '<failure message="measured 2, limit 1" type="expectation"/>',
    ...Array.from({ length: 2 }, () => '<skipped message="not claimed: the queue may be full; measured 7"/>'),
  ]);
});
