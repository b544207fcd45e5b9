/** Tombstones beside a list of all that was ever set, and how many of them are kept. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Tombstones } from '../../../../sim-core/cache/consistency/tombstones.ts';

const steps = fc.array(fc.record({ after: fc.nat(5), key: fc.nat(3), version: fc.nat(6) }), { maxLength: 40 });

it('know of a newer version for as long as they last, and of nothing else', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 12 }), (asked, keptFor) => {
      const tombstones = new Tombstones();
      const set: { key: number; version: number; until: number }[] = [];
      let now = 0;
      for (const { after, key, version } of asked) {
        now += after;
        const newer = set.some((one) => one.key === key && one.version > version && now < one.until);
        expect(tombstones.isNewer(key, version, now)).toBe(newer);
        // An older version than what is remembered changes nothing: also not for how long that lasts.
        if (!newer) set.push({ key, version, until: now + keptFor });
        tombstones.set(key, { version, keptFor }, now);
        const lasting = new Set(set.filter(({ until }) => now < until).map((one) => one.key));
        expect(tombstones.size).toBe(lasting.size);
      }
    }),
  );
});
