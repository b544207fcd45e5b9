/** The book of commits, against the obvious list of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VersionHistory } from '../../../sim-core/storage/version-history.ts';

const commits = fc
  .array(fc.record({ key: fc.integer({ min: 0, max: 3 }), after: fc.integer({ min: 0, max: 5 }) }), { maxLength: 60 })
  .map((steps) => {
    let now = 0;
    return steps.map(({ key, after }) => ({ key, time: (now += after) }));
  });

describe('the history of versions', () => {
  it('knows what stood before any moment and when it gave way, as the list of commits does', () => {
    fc.assert(
      fc.property(commits, fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 320 }), (list, key, moment) => {
        const history = new VersionHistory();
        for (const { key: written, time } of list) history.commit(written, time);
        const times = list.filter((commit) => commit.key === key).map(({ time }) => time);
        expect(history.current(key)).toBe(times.length);
        expect(history.before(key, moment)).toBe(times.filter((time) => time < moment).length);
        for (let version = 0; version <= times.length; version++) {
          expect(history.supersededAt(key, version)).toBe(times[version]);
        }
      }),
    );
  });
});
