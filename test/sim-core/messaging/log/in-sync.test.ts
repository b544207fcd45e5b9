/** Who is in sync, by time, and what the high watermark waits for. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FollowerProgress, mayJoin, nextWatermark } from '../../../../sim-core/messaging/log/in-sync.ts';

const LAG_MAX = 100;

describe('a follower', () => {
  it('stays in sync any number of records behind, as long as it reaches what the leader had at its previous fetch', () => {
    const progress = new FollowerProgress(true, 0, 0);
    let reached = 0;
    for (let now = 90; now < 2000; now += 90) {
      const leaderEnd = now * 1000;
      progress.fetched(reached, leaderEnd, now);
      reached = leaderEnd;
      expect(progress.isCaughtUp(leaderEnd + 1, now, LAG_MAX)).toBe(true);
    }
  });

  it('falls out when it keeps fetching and never gets there', () => {
    const progress = new FollowerProgress(true, 0, 0);
    for (let now = 10; now <= 100; now += 10) {
      progress.fetched(now, now * 100, now);
      expect(progress.isCaughtUp(now * 100, now, LAG_MAX)).toBe(true);
    }
    expect(progress.isCaughtUp(10_000, 111, LAG_MAX)).toBe(false);
  });

  it('is in sync without fetching where nothing is written', () => {
    const progress = new FollowerProgress(true, 5, 0);
    progress.fetched(5, 5, 1);
    expect(progress.isCaughtUp(5, 1e9, LAG_MAX)).toBe(true);
    expect(progress.isCaughtUp(6, 1e9, LAG_MAX)).toBe(false);
  });

  it('joins with everything below the high watermark and the start of the leader’s epoch', () => {
    const progress = new FollowerProgress(false, 20, 0);
    expect(mayJoin(progress, 0, 0)).toBe(false);
    progress.fetched(10, 20, 1);
    expect([mayJoin(progress, 10, 10), mayJoin(progress, 11, 10), mayJoin(progress, 10, 11)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('is caught up no later than a naive reading of its fetches says', () => {
    const fetches = fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.nat(5), fc.nat(8)), { maxLength: 30 });
    fc.assert(
      fc.property(fetches, (steps) => {
        const progress = new FollowerProgress(true, 0, 0);
        const leaderEnds: { now: number; end: number }[] = [{ now: 0, end: 0 }];
        let [now, end, offset] = [0, 0, 0];
        for (const [wait, written, read] of steps) {
          now += wait;
          end += written;
          offset = Math.min(end, offset + read);
          progress.fetched(offset, end, now);
          leaderEnds.push({ now, end });
          // By definition: the last moment of a fetch at which the leader had no more than the follower has now.
          const caughtUp = leaderEnds.filter((then) => then.end <= offset).at(-1)!.now;
          expect(progress.lastCaughtUp).toBeLessThanOrEqual(caughtUp);
          if (offset === end) expect(progress.lastCaughtUp).toBe(now);
        }
      }),
    );
  });
});

it('the high watermark is the least end of those waited for, never falls, and stands while too few are in sync', () => {
  fc.assert(
    fc.property(
      fc.nat(50),
      fc.nat(50),
      fc.array(fc.nat(50)),
      fc.nat(4),
      fc.nat(4),
      (current, end, ends, inSync, min) => {
        const next = nextWatermark({ current, leaderEnd: end, followerEnds: ends, inSync, minInSync: min });
        expect(next).toBe(inSync < min ? current : Math.max(current, [end, ...ends].sort((a, b) => a - b)[0]));
      },
    ),
  );
});
