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

  it('gives a transaction that rolls back a number of its own, which nothing committed ever has', () => {
    const steps = fc.array(fc.constantFrom('commit', 'roll back'), { maxLength: 30 });
    fc.assert(
      fc.property(steps, fc.nat(40), (list, moment) => {
        const history = new VersionHistory();
        const committed: { readonly version: number; readonly time: number }[] = [];
        const phantoms: number[] = [];
        list.forEach((step, time) => {
          const version = history.write(7);
          expect(history.isPhantom(7, version)).toBe(false);
          if (step === 'commit') history.commitWritten(7, time);
          else history.rollBack(7);
          if (step === 'commit') committed.push({ version, time });
          else phantoms.push(version);
        });
        expect(history.current(7)).toBe(committed.at(-1)?.version ?? 0);
        expect(history.before(7, moment)).toBe(committed.findLast(({ time }) => time < moment)?.version ?? 0);
        for (let version = 0; version <= list.length; version++) {
          const newer = committed.filter((one) => one.version > version);
          expect(history.isPhantom(7, version)).toBe(phantoms.includes(version));
          expect(history.supersededAt(7, version)).toBe(newer[0]?.time);
          expect(history.newer(7, version, moment)).toBe(newer.filter(({ time }) => time < moment).length);
        }
      }),
    );
  });

  it('does not let two transactions of one key be open at once', () => {
    const history = new VersionHistory();
    history.write(7);
    expect(() => history.commit(7, 1)).toThrow('key 7 is written while another transaction has it locked');
    history.rollBack(7);
    expect(() => history.commitWritten(7, 1)).toThrow('no transaction has written it');
  });
});
