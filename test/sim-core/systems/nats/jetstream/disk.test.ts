/** What of a stream in files is there again after its machine lost its power, by when it was on disk. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ms, s } from '../../../../../sim-core/kernel/time.ts';
import { Disk } from '../../../../../sim-core/systems/nats/jetstream/disk.ts';
import { SmallNats } from '../small-nats.ts';

/** A message a second, the first after half of one, until it dies at 62.2 s. */
function keptOf(options: ConstructorParameters<typeof SmallNats>[1], how: 'kill' | 'power-loss'): number {
  const nats = new SmallNats(1, options);
  nats.stream('file');
  for (let id = 0; id < 62; id++) nats.sim.scheduleAt(s(id + 0.5), () => nats.publish(id), undefined, 0);
  nats.elapse(s(62.2));
  expect(nats.replies.size).toBe(62);
  nats.server.interventions[how].apply([1]);
  nats.elapse(s(2));
  return nats.server.streams.consumer('s', 'd')!.pendingCount;
}

it.each([
  // The kernel looked at 60 s, for what was 30 s old.
  ['two minutes', {}, 30],
  ['forty seconds', { syncInterval: s(40) }, 40],
  ['ten seconds', { syncInterval: s(10) }, 60],
  ['with every write', { syncInterval: 'always' }, 62],
] as const)('has after a loss of power what was on disk, synced every: %s', (_, options, kept) => {
  expect(keptOf(options, 'power-loss')).toBe(kept);
  expect(keptOf(options, 'kill')).toBe(62);
});

it('gives the numbers of what was lost again, and an acknowledged message comes to nobody twice that is lost', () => {
  const nats = new SmallNats(1, { syncInterval: s(4) });
  nats.stream('file');
  nats.worker('a', ms(10));
  for (const [id, at] of [1, 3, 5, 6].entries()) nats.sim.scheduleAt(s(at), () => nats.publish(id), undefined, 0);
  nats.elapse(s(7));
  expect(nats.idsOf(nats.handled)).toEqual([0, 1, 2, 3]);
  nats.server.interventions['power-loss'].apply([1]);
  nats.elapse(s(3));
  nats.publish(4);
  // The third's id is forgotten with it.
  nats.publish(2);
  nats.elapse(s(3));
  expect([nats.replies.get(4), nats.replies.get(2)].map((reply) => reply?.ack)).toEqual([
    { sequence: 3, duplicate: false },
    { sequence: 4, duplicate: false },
  ]);
  expect(nats.idsOf(nats.handled)).toEqual([0, 1, 2, 2, 3, 4]);
});

it('gives numbers again after a loss of power though what had them was worked off by then', () => {
  const nats = new SmallNats(1, { syncInterval: s(4) });
  nats.stream('file', {}, 'workqueue');
  nats.worker('a', ms(10));
  for (const [id, at] of [1, 5, 6].entries()) nats.sim.scheduleAt(s(at), () => nats.publish(id), undefined, 0);
  nats.elapse(s(7));
  expect(nats.idsOf(nats.handled)).toEqual([0, 1, 2]);
  nats.server.interventions['power-loss'].apply([1]);
  nats.elapse(s(3));
  // Its id was on no disk either.
  nats.publish(1);
  nats.publish(3);
  nats.elapse(s(1));
  expect([nats.replies.get(1), nats.replies.get(3)].map((reply) => reply?.ack)).toEqual([
    { sequence: 2, duplicate: false },
    { sequence: 3, duplicate: false },
  ]);
});

it('keeps its books, and what it has on disk, whoever dies when', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ at: fc.nat(20_000), isPower: fc.boolean(), who: fc.boolean() }), { maxLength: 5 }),
      fc.array(fc.nat(20_000), { minLength: 1, maxLength: 10 }),
      fc.constantFrom('limits' as const, 'workqueue' as const),
      (faults, sent, retention) => {
        const nats = new SmallNats(1, { syncInterval: s(3) });
        nats.stream('file', {}, retention);
        const worker = nats.worker('a', ms(300));
        let last = -Infinity;
        for (const { at, isPower, who } of faults) {
          if (isPower && !who) last = Math.max(last, at);
          const { interventions } = who ? worker : nats.server;
          nats.sim.scheduleAt(ms(at), () => interventions[isPower && !who ? 'power-loss' : 'kill'].apply([0.2]), 0, 0);
        }
        const told: number[] = [];
        sent.forEach((at, id) =>
          nats.sim.scheduleAt(
            ms(at),
            () => {
              if (at > last) told.push(id);
              nats.publish(id);
            },
            0,
            0,
          ),
        );
        nats.elapse(s(60));
        const handled = new Set(nats.idsOf(nats.handled));
        for (const id of told) expect(handled).toContain(id);
        const { books } = nats.server.streams.consumer('s', 'd')!;
        expect(sent.length - handled.size).toBeLessThanOrEqual(books.count('lost'));
      },
    ),
    { numRuns: 60 },
  );
});

it('counts from when the server began, and forgets nothing of what those before it have synced', () => {
  const disk = new Disk(s(1), s(4));
  expect([s(4), s(5), s(12)].map((now) => disk.syncedBy(now))).toEqual([s(-30), s(5), s(9)]);
  disk.stopped(s(12));
  // Nobody syncs while it is down; the kernel writes back all the same.
  expect([s(20), s(60)].map((now) => disk.syncedBy(now))).toEqual([s(9), s(30)]);
  disk.started(s(14));
  expect([s(17), s(18)].map((now) => disk.syncedBy(now))).toEqual([s(9), s(18)]);
  expect(() => new Disk(0, 0)).toThrow('the interval between syncs is 0; it must be more than 0, or always');
});
