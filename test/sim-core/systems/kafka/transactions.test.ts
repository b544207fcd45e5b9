/** Consume-transform-produce in transactions: what readers of committed records see, whatever befalls anybody. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compactInternal, ms, withSmallSegments } from './small-cluster.ts';
import { CommittedReader, endings, numbersOf, OUT, SmallStreams, visible, type Way } from './small-streams.ts';

const SENDS = Array.from({ length: 24 }, (_, i) => 30 + i * 2);
const WAYS: Way[] = ['plain', 'idempotent', 'transactional', 'offsets outside'];
const all = (sends: readonly number[]): number[] => sends.map((_, number) => number);

const shown = (small: SmallStreams): number[] =>
  OUT.flatMap((id) => {
    const { replica } = small.leader(id)!;
    return numbersOf(visible(replica, replica.leading!.lastStable));
  }).sort((a, b) => a - b);

it.each(WAYS)('%s: each record once when nothing happens', (way) => {
  const small = new SmallStreams({ sends: SENDS, way });
  while (!small.sim.runUntil(ms(400), 50)) expect(small.violations()).toEqual([]);
  expect(shown(small)).toEqual(all(SENDS));
  for (const id of ['in-0', 'in-1']) {
    expect(small.group.committedOf(id)).toBe(small.leader(id)!.replica.log.endOffset);
  }
});

describe('every event as the moment at which somebody is killed', () => {
  const sends = [30, 30.5, 31, 33];
  const FROM = ms(29);
  const END = ms(380);
  type Victim = 'processor' | 'broker';

  /** Kills one of them after so many events, for a while, and looks at what became of the records in the end. */
  function crashed(way: Way, victim: Victim, index: number, events: number) {
    const small = new SmallStreams({ sends, way });
    small.sim.runUntil(FROM);
    const isOver = small.sim.runUntil(ms(50), events);
    small.sim.inject(() => {
      if (victim === 'processor') small.group.consumers[index].kill(ms(25));
      else small.cluster.brokers[index].kill(ms(60));
    }, 0);
    const reader = new CommittedReader();
    while (!small.sim.runUntil(END, 200)) {
      expect(small.violations()).toEqual([]);
      expect(reader.look(small)).toEqual([]);
    }
    return { small, isOver };
  }

  function enumerate(way: Way, victims: readonly (readonly [Victim, number])[]) {
    const found = { points: 0, missing: 0, doubled: 0, torn: 0 };
    for (const [victim, index] of victims) {
      for (let events = 0, isOver = false; !isOver; events++, found.points++) {
        const crash = crashed(way, victim, index, events);
        ({ isOver } = crash);
        const numbers = shown(crash.small);
        if (new Set(numbers).size < numbers.length) found.doubled++;
        if (sends.some((_, number) => !numbers.includes(number))) found.missing++;
        if ([...endings(crash.small).values()].some((ends) => ends.size !== 1 || ends.has('open'))) found.torn++;
      }
    }
    process.stdout.write(
      `${way}: ${found.points} crash points, ${found.missing} miss a record, ${found.doubled} double one, ` +
        `${found.torn} tear a transaction\n`,
    );
    return found;
  }

  const PROCESSORS = [
    ['processor', 0],
    ['processor', 1],
  ] as const;
  const BROKERS = [
    ['broker', 0],
    ['broker', 1],
    ['broker', 2],
  ] as const;

  it('in a transaction with the offsets: each record once, and every transaction whole', () => {
    const { points, ...found } = enumerate('transactional', [...PROCESSORS, ...BROKERS]);
    expect(found).toEqual({ missing: 0, doubled: 0, torn: 0 });
    expect(points).toBeGreaterThan(500);
  }, 120_000);

  it.each<Way>(['idempotent', 'offsets outside'])(
    '%s: a death before the offsets are committed has records written again',
    (way) => {
      const found = enumerate(way, PROCESSORS);
      expect(found.missing).toBe(0);
      expect(found.doubled).toBeGreaterThan(0);
    },
    60_000,
  );
});

const time = fc.integer({ min: 20, max: 300 });
const length = fc.integer({ min: 1, max: 120 });
const fault = fc.oneof(
  fc.record({ do: fc.constantFrom('kill' as const, 'pause' as const), at: time, which: fc.nat(1), length }),
  fc.record({
    do: fc.constantFrom(
      'kill broker' as const,
      'isolate' as const,
      'cut off from the cluster' as const,
      'slow' as const,
      'controllers' as const,
      'compact' as const,
    ),
    at: time,
    which: fc.nat(2),
    length,
  }),
);
type Fault = typeof fault extends fc.Arbitrary<infer F> ? F : never;

function befall({ sim, cluster, group }: SmallStreams, { do: what, at, which, length: lasts }: Fault): void {
  const later = (delay: number, act: () => void): void => void sim.scheduleAt(ms(delay), act, undefined);
  if (what === 'kill') later(at, () => group.consumers[which].kill(ms(lasts)));
  else if (what === 'pause') later(at, () => group.consumers[which].pause(ms(lasts)));
  else if (what === 'kill broker') later(at, () => cluster.brokers[which].kill(ms(lasts)));
  else if (what === 'isolate') later(at, () => cluster.brokers[which].isolate(ms(lasts), true));
  else if (what === 'cut off from the cluster') later(at, () => cluster.brokers[which].isolate(ms(lasts), false));
  else if (what === 'compact') later(at, () => compactInternal(cluster, sim.now));
  else if (what === 'controllers') {
    later(at, () => cluster.controllers.kill(2));
    later(at + lasts, () => cluster.controllers.restart());
  } else {
    later(at, () => cluster.brokers[which].slow(50));
    later(at + lasts, () => cluster.brokers[which].slow(1));
  }
}

it('exactly once, whole and in order of what was read before, whatever befalls processors, brokers and coordinators', () => {
  fc.assert(
    fc.property(fc.array(fault, { maxLength: 6 }), fc.constantFrom(20, 200), (faults, timeout) => {
      const small = new SmallStreams({ sends: SENDS, way: 'transactional', timeout });
      withSmallSegments(small.cluster);
      for (const each of faults) befall(small, each);
      const reader = new CommittedReader();
      while (!small.sim.runUntil(ms(4000), 100)) {
        expect(small.violations()).toEqual([]);
        expect(reader.look(small)).toEqual([]);
      }
      expect(shown(small)).toEqual(all(SENDS));
      expect(reader.numbers()).toEqual(all(SENDS));
      for (const [transaction, ends] of endings(small)) {
        expect([...ends], transaction).toHaveLength(1);
        expect([...ends], transaction).not.toContain('open');
      }
    }),
    { numRuns: 60 },
  );
}, 120_000);

/** Runs until a worker has something in the log that is not decided. */
function untilOpen(small: SmallStreams): void {
  const isOpen = (): boolean =>
    OUT.some((id) => {
      const { leading } = small.leader(id)!.replica;
      return leading!.lastStable < leading!.highWatermark;
    });
  while (!isOpen()) if (small.sim.runUntil(ms(90), 1)) throw new Error('no transaction was open');
}

it('a transaction that nobody ends hides what comes after it, until its time is over and somebody looks', () => {
  const timeout = 100;
  const small = new SmallStreams({ sends: SENDS, way: 'transactional', timeout });
  untilOpen(small);
  const { now } = small.sim;
  const stuck = OUT.filter(
    (id) => small.leader(id)!.replica.leading!.lastStable < small.leader(id)!.replica.highWatermark,
  );
  const stable = (): number[] => stuck.map((id) => small.leader(id)!.replica.leading!.lastStable);
  const before = stable();
  // Whoever has it open is gone for good, and so is the other: both, since it does not matter whose it is.
  for (const worker of small.group.consumers) worker.kill(Infinity);
  // It began a few milliseconds before; it is looked for every 10 ms.
  small.sim.runUntil(now + ms(timeout - 10));
  expect(stable()).toEqual(before);
  small.sim.runUntil(now + ms(timeout + 25));
  stable().forEach((offset, index) => expect(offset).toBeGreaterThan(before[index]));
  for (const ends of endings(small).values()) expect(ends.has('open')).toBe(false);
});

it('what a zombie writes after it was fenced is refused, and never shown', () => {
  const small = new SmallStreams({ sends: SENDS, way: 'transactional' });
  untilOpen(small);
  const { sim, cluster } = small;
  const [id] = OUT.filter(
    (out) => small.leader(out)!.replica.leading!.lastStable < small.leader(out)!.replica.highWatermark,
  );
  const open = [...small.leader(id)!.replica.log.batches()].at(-1)!;
  // Its next life begins, and ends what was open; the old one sends its next batch after that.
  const worker = small.group.consumers.findIndex(
    (_, index) => small.producers[index].transactional!.identity.id === open.producer!.id,
  );
  small.group.consumers[worker].kill(ms(1));
  sim.runUntil(sim.now + ms(30));
  const { leading } = small.leader(id)!.replica;
  const late = { ...open.producer!, sequence: open.producer!.sequence + open.records.length };
  expect(leading!.append({ records: open.records, bytes: 100, producer: late }, 'all', sim.now)).toEqual({
    error: 'invalid-producer-epoch',
  });
  while (!sim.runUntil(ms(900), 200)) expect(small.violations()).toEqual([]);
  expect(shown(small)).toEqual(all(SENDS));
  expect(cluster.book.totals.lost).toBe(0);
});
