/** A log of changes gives what was changed in a stretch of time, its ends included, in order. */
import { expect, it } from 'vitest';
import { s } from '../../../../sim-core/kernel/time.ts';
import { ChangeLog } from '../../../../sim-core/observability/changes/change-log.ts';

it('gives the changes of a stretch of time', () => {
  const log = new ChangeLog();
  for (const second of [1, 2, 3]) {
    log.record({ time: s(second), service: 'orders', kind: 'deployment', what: `version ${second}` });
  }
  expect(log.between(s(1.5), s(3)).map(({ what }) => what)).toEqual(['version 2', 'version 3']);
  expect(log.between(s(4), s(9))).toEqual([]);
});
