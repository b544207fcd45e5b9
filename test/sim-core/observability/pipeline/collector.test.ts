/** A collector under outages, crashes and overload: it loses sight of nothing, and grows and loses as fast as theory says. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ms, s, us } from '../../../../sim-core/kernel/time.ts';
import { RETRY_ON_FAILURE } from '../../../../sim-core/observability/pipeline/retry-on-failure.ts';
import { deedsOf } from '../../../deeds.ts';
import { CollectorLab, type LabOptions, type Mood } from './collector-lab.ts';

const deed = deedsOf<CollectorLab>();
const kinds = fc.constantFrom<'traces' | 'logs'>('traces', 'logs');
const moods = fc.constantFrom<Mood>('up', 'mute', 'half', 'unavailable', 'overloaded', 'error');
const sends = deed(fc.tuple(fc.integer({ min: 1, max: 3000 }), kinds), (lab, items, kind) => lab.send(items, kind));
const deeds = fc.oneof(
  { weight: 8, arbitrary: sends },
  { weight: 2, arbitrary: deed(fc.tuple(moods), (lab, mood) => void (lab.backend.mood = mood)) },
  {
    weight: 1,
    arbitrary: deed(fc.tuple(fc.integer({ min: 1, max: 20 })), (lab, seconds) => lab.collector.crash(s(seconds))),
  },
);
const script = fc.array(fc.tuple(fc.integer({ min: 0, max: 2000 }), deeds), { maxLength: 40 });
const small: fc.Arbitrary<LabOptions> = fc.record({
  numConsumers: fc.integer({ min: 1, max: 2 }),
  queue: fc.record({ queueSize: fc.integer({ min: 1, max: 3 }), isPersistent: fc.boolean() }),
  blocksWhenFull: fc.boolean(),
  retry: fc.constantFrom(RETRY_ON_FAILURE, { ...RETRY_ON_FAILURE, maxElapsedTime: s(8) }),
  memoryLimiter: fc.constant({ limit: 1_500_000, spikeLimit: 80_000, checkInterval: s(1) }),
  memoryMax: fc.constantFrom(1_600_000, 2e9),
  batching: fc.record({
    sendBatchSize: fc.constantFrom(1, 1500),
    sendBatchMaxSize: fc.constantFrom(0, 1500),
    timeout: fc.constantFrom(0, ms(200), s(3)),
  }),
});

function play(
  lab: CollectorLab,
  steps: readonly (readonly [number, (lab: CollectorLab) => void])[],
  look: () => void,
): void {
  for (const [after, act] of steps) {
    lab.wait(after / 1000);
    look();
    lab.now(() => act(lab));
    look();
  }
}

it('accounts for everything that it accepted at every instant, whatever fails or dies when', () => {
  fc.assert(
    fc.property(small, script, (options, steps) => {
      const lab = new CollectorLab(options);
      play(lab, steps, () => expect(lab.collector.violations()).toEqual([]));
      lab.now(() => void (lab.backend.mood = 'up'));
      lab.wait(400);
      expect(lab.collector.violations()).toEqual([]);
      for (const kind of ['traces', 'logs'] as const) expect(lab.collector.pipeline(kind)!.held).toBe(0);
      expect(lab.collector.memory).toBe(0);
      expect(lab.answers).not.toContain('waiting');
    }),
    { numRuns: 150 },
  );
});

it('loses nothing that it accepted with a queue on disk that never is full, by crashes and outages that pass', () => {
  const passing = fc.array(
    fc.tuple(
      fc.integer({ min: 0, max: 4000 }),
      fc.oneof(
        deed(fc.tuple(fc.integer({ min: 1, max: 3000 })), (lab, items) => lab.send(items)),
        deed(
          fc.tuple(fc.constantFrom<Mood>('up', 'unavailable', 'overloaded')),
          (lab, mood) => void (lab.backend.mood = mood),
        ),
        deed(fc.tuple(fc.integer({ min: 1, max: 20 })), (lab, seconds) => lab.collector.crash(s(seconds))),
      ),
    ),
    { maxLength: 30 },
  );
  // Nothing is gathered, so that what is accepted is on disk.
  const options = {
    queue: { queueSize: 1000, isPersistent: true },
    batching: { sendBatchSize: 1, sendBatchMaxSize: 0, timeout: 0 },
    retry: { ...RETRY_ON_FAILURE, maxElapsedTime: 0 },
  };
  fc.assert(
    fc.property(passing, (steps) => {
      const lab = new CollectorLab(options);
      play(lab, steps, () => {});
      lab.now(() => void (lab.backend.mood = 'up'));
      lab.wait(100);
      expect(lab.traces.ledger.dropped).toBe(0);
      expect(lab.traces.ledger.exported).toBe(lab.traces.ledger.accepted);
      // What a consumer had when the process died may have arrived: it is sent again, as at-least-once is.
      expect(lab.backend.stored).toBeGreaterThanOrEqual(lab.traces.ledger.accepted);
    }),
    { numRuns: 40 },
  );
});

describe('a backend that is down', () => {
  const every = (lab: CollectorLab, seconds: number, items: number, count: number): void => {
    for (let i = 0; i < count; i++) {
      lab.now(() => lab.send(items));
      lab.wait(seconds);
    }
  };

  it('has the queue grow as fast as batches come, once every consumer holds one; it retries at once and drops only later', () => {
    const lab = new CollectorLab({ numConsumers: 4 });
    lab.now(() => void (lab.backend.mood = 'unavailable'));
    every(lab, 1, 100, 200);
    expect(lab.traces.exporter.size).toBe(200 - 4);
    expect(lab.traces.ledger.dropped).toBe(0);
    every(lab, 1, 100, 110);
    // The first ones have been tried for 300 s; those that came next have only begun.
    expect(lab.traces.ledger.droppedFor('retries_exhausted')).toBe(4 * 100);
  });

  it('has dropped what finds no room, and no more', () => {
    const lab = new CollectorLab({ numConsumers: 2, queue: { queueSize: 5, isPersistent: false } });
    lab.now(() => void (lab.backend.mood = 'overloaded'));
    every(lab, 1, 100, 20);
    expect(lab.traces.ledger.droppedFor('queue_full')).toBe((20 - 5 - 2) * 100);
    lab.now(() => void (lab.backend.mood = 'up'));
    lab.wait(60);
    expect(lab.traces.ledger.exported).toBe(7 * 100);
  });

  it('has its senders wait where a full queue blocks, and then everything arrives', () => {
    const lab = new CollectorLab({
      numConsumers: 1,
      queue: { queueSize: 2, isPersistent: false },
      blocksWhenFull: true,
      batching: { sendBatchSize: 1, sendBatchMaxSize: 0, timeout: 0 },
    });
    lab.now(() => void (lab.backend.mood = 'unavailable'));
    every(lab, 1, 100, 10);
    // One is sent, two wait, and the next one stands before the queue; whoever comes later has no answer.
    expect(lab.answers.filter((answer) => answer === 'ok')).toHaveLength(4);
    lab.now(() => void (lab.backend.mood = 'up'));
    lab.wait(60);
    expect(lab.backend.stored).toBe(1000);
    expect(lab.answers).toEqual(Array.from({ length: 10 }, () => 'ok'));
  });

  it('has a process that dies lose what stands before its queue as well', () => {
    const lab = new CollectorLab({
      numConsumers: 1,
      queue: { queueSize: 2, isPersistent: false },
      blocksWhenFull: true,
      batching: { sendBatchSize: 1, sendBatchMaxSize: 0, timeout: 0 },
    });
    lab.now(() => void (lab.backend.mood = 'unavailable'));
    every(lab, 1, 100, 6);
    lab.now(() => lab.collector.crash(s(1)));
    expect(lab.traces.ledger.droppedFor('crash')).toBe(400);
    expect(lab.collector.violations()).toEqual([]);
    lab.wait(1);
    // Those who stood at the door are told, so that they can come again.
    expect(lab.answers).toEqual(['ok', 'ok', 'ok', 'ok', 'unavailable', 'unavailable']);
  });

  it('is asked no more where it says that it never will take it', () => {
    const lab = new CollectorLab();
    lab.now(() => void (lab.backend.mood = 'error'));
    every(lab, 1, 100, 3);
    expect(lab.traces.ledger.droppedFor('permanent_error')).toBe(300);
  });
});

it('a crash loses what is in memory, and of a queue on disk only the batch that is being gathered', () => {
  const lost = (isPersistent: boolean): number => {
    const lab = new CollectorLab({ queue: { queueSize: 1000, isPersistent } });
    lab.now(() => void (lab.backend.mood = 'unavailable'));
    for (let i = 0; i < 30; i++) {
      lab.now(() => lab.send(100));
      lab.wait(1);
    }
    lab.now(() => lab.send(7));
    lab.wait(0.01);
    lab.now(() => lab.collector.crash(s(1)));
    lab.now(() => void (lab.backend.mood = 'up'));
    lab.wait(60);
    expect(lab.traces.ledger.exported + lab.traces.ledger.dropped).toBe(3007);
    return lab.traces.ledger.droppedFor('crash');
  };
  expect(lost(false)).toBe(3007);
  expect(lost(true)).toBe(7);
});

it('its queue grows by what is received less what is sent, where consumers are the bottleneck', () => {
  // Two consumers, 10 ms there and back and 2 ms of encoding each: 166.7 batches a second of the 250 that come.
  const lab = new CollectorLab({
    cores: 8,
    numConsumers: 2,
    queue: { queueSize: 100_000, isPersistent: false },
    batching: { sendBatchSize: 1, sendBatchMaxSize: 0, timeout: 0 },
  });
  for (let i = 0; i < 1000; i++) {
    lab.now(() => lab.send(100));
    lab.wait(0.004);
  }
  const growth = (250 - 2 / 0.012) * 4;
  expect(lab.traces.exporter.size).toBeGreaterThan(growth - 3);
  expect(lab.traces.exporter.size).toBeLessThan(growth + 3);
});

it('its memory limiter has senders try again, and lets them in when there is room', () => {
  const lab = new CollectorLab({ memoryLimiter: { limit: 50_000, spikeLimit: 10_000, checkInterval: s(1) } });
  lab.now(() => void (lab.backend.mood = 'unavailable'));
  for (let i = 0; i < 6; i++) {
    lab.now(() => lab.send(200));
    lab.wait(1);
  }
  // 20 kB each: after the second one a look finds the 40 kB of the soft limit.
  expect(lab.answers).toEqual(['ok', 'ok', 'overloaded', 'overloaded', 'overloaded', 'overloaded']);
  lab.now(() => void (lab.backend.mood = 'up'));
  lab.wait(30);
  lab.now(() => lab.send(200));
  lab.wait(1);
  expect(lab.answers.at(-1)).toBe('ok');
  expect(lab.traces.ledger.dropped).toBe(0);
});

it('without that it is killed by what it holds, and all of that is lost', () => {
  const lab = new CollectorLab({ memoryMax: 50_000 });
  lab.now(() => void (lab.backend.mood = 'unavailable'));
  for (let i = 0; i < 3; i++) {
    lab.now(() => lab.send(200));
    lab.wait(1);
  }
  expect(lab.collector.isUp).toBe(false);
  expect(lab.traces.ledger.droppedFor('crash')).toBe(400);
  expect(lab.answers).toEqual(['ok', 'ok', 'unavailable']);
});

it('what it spends on receiving it cannot spend on sending: together they do what its processors can', () => {
  const lab = new CollectorLab({ sending: { item: us(40), byte: 0 } });
  // 50 us an item: 20,000 a second can be done of the 40,000 that come.
  for (let i = 0; i < 500; i++) {
    lab.now(() => lab.send(400));
    lab.wait(0.01);
  }
  expect(lab.traces.ledger.exported).toBeLessThanOrEqual(20_000 * 5);
  expect(lab.traces.held).toBeGreaterThan(0);
});

it('refuses for good what it has no exporter for, since asking again would not help', () => {
  const lab = new CollectorLab();
  lab.now(() => lab.send(5, 'metrics'));
  lab.wait(1);
  expect(lab.answers).toEqual(['error']);
});
