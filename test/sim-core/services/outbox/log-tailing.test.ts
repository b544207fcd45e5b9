/** A relay that reads the log: in the order of the commits, without anybody's polls, and from where it wrote down that it was. */
import { expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { ms, us } from '../../../../sim-core/kernel/time.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { LogTailing } from '../../../../sim-core/services/outbox/log-tailing.ts';
import type { LogQuery } from '../../../../sim-core/storage/relational/log-reader.ts';
import type { Decoded } from '../../../../sim-core/storage/relational/logical-slot.ts';
import { logChanged } from '../../../../sim-core/storage/relational/signals.ts';
import { SmallOutbox } from './small-outbox.ts';

function tailing(small: SmallOutbox, storeInterval: number, marksFirst = false): LogTailing {
  return new LogTailing({
    name: 'relay',
    log: new Link<LogQuery, Decoded>(small.sim, small.database.logReader, { from: 'relay', delay: constant(0) }),
    batch: 100,
    storeInterval,
    storeTime: us(100),
    retryBackoff: ms(1),
    marksFirst,
  });
}

it('publishes in the order of the commits, whatever the positions', () => {
  const small = new SmallOutbox();
  small.write({ id: 1, begins: 1, writes: 2, commits: 15 });
  small.write({ id: 2, begins: 3, writes: 4, commits: 5 });
  small.relay(tailing(small, ms(10)));
  small.sim.runUntil(ms(50));
  expect(small.published).toEqual([2, 1]);
});

it('dead, it publishes again what came behind the place that it wrote down', () => {
  const small = new SmallOutbox();
  for (let id = 0; id < 6; id++) small.write({ id, begins: 1 + id * 4, writes: 2 + id * 4, commits: 3 + id * 4 });
  const relay = small.relay(tailing(small, ms(10)));
  // Written down at 10 ms: two are published by then, at 3 and 7 ms. A third and a fourth follow, at 11 and 15 ms.
  small.sim.scheduleAt(ms(16), () => relay.kill(ms(1)), undefined);
  small.sim.runUntil(ms(50));
  expect(small.published).toEqual([0, 1, 2, 3, 2, 3, 4, 5]);
});

it('has the log kept for it while it is away, and lets go of it when it has caught up', () => {
  const small = new SmallOutbox({ checkpointInterval: ms(10) });
  const kept: number[] = [];
  small.sim.facts.channel(logChanged).listen(({ retained }) => {
    kept.push(retained);
  });
  for (let id = 0; id < 10; id++) small.write({ id, begins: 1 + id * 4, writes: 2 + id * 4, commits: 3 + id * 4 });
  const relay = small.relay(tailing(small, ms(2)));
  small.sim.scheduleAt(ms(9), () => relay.kill(ms(40)), undefined);
  small.sim.runUntil(ms(45));
  const away = kept.at(-1)!;
  small.sim.runUntil(ms(100));
  // Each transaction is a change of about 100 bytes and a commit of 34, and the last seven or eight came while it was away.
  expect(away).toBeGreaterThan(700);
  expect(kept.at(-1)).toBe(0);
  expect(small.published).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});
