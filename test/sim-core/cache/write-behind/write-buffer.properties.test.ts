/**
 * What holds of a write-behind buffer whatever is done to it: its bound, conservation (acknowledged = stored + lost + held
 * by somebody), the book's word against the database's; and the printed scheduler to the letter.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeLost } from '../../../../sim-core/cache/write-behind/write-book.ts';
import { writesBuffered } from '../../../../sim-core/cache/write-behind/write-buffer.ts';
import { MILLISECOND } from '../../../../sim-core/kernel/time.ts';
import { missing, smallInstance } from './small-instance.ts';

const END = 400 * MILLISECOND;

const moment = fc.integer({ min: 0, max: 600 }).map((tenths) => tenths / 10);

const histories = fc.record({
  acknowledge: fc.constantFrom(
    'at-once' as const,
    'with-room' as const,
    'when-stored' as const,
    'when-journaled' as const,
  ),
  writes: fc.array(moment, { minLength: 1, maxLength: 40 }),
  capacity: fc.integer({ min: 1, max: 8 }),
  batch: fc.integer({ min: 1, max: 6 }),
  onError: fc.constantFrom('stop' as const, 'retry' as const),
  fullBatchesAtOnce: fc.boolean(),
  syncEvery: fc.constantFrom(0, MILLISECOND, 7 * MILLISECOND),
  crash: fc.constantFrom('host' as const, 'process' as const),
  failing: fc.option(
    fc.tuple(moment, moment).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
    { nil: undefined },
  ),
  crashes: fc.array(fc.record({ at: moment, down: fc.integer({ min: 1, max: 20 }) }), { maxLength: 3 }),
});

describe('whatever is done to it', () => {
  it('the bound is kept, every acknowledged write is somewhere, and the book says what the database says', () => {
    fc.assert(
      fc.property(histories, ({ crashes, failing, ...options }) => {
        const instance = smallInstance({ ...options, ...(failing && { failing }) });
        const { sim, app, book } = instance;
        let most = 0;
        sim.facts.channel(writesBuffered).listen(({ writes }) => (most = Math.max(most, writes)));
        for (const { at, down } of crashes) {
          sim.scheduleAt(Math.round(at * MILLISECOND), () => app.crash(down * MILLISECOND), undefined);
        }
        while (!sim.runUntil(END, 7)) expect(app.violations()).toEqual([]);
        expect(app.violations()).toEqual([]);
        expect(most).toBeLessThanOrEqual(options.capacity);
        const { acknowledged, stored, lost } = book.totals;
        // A sender may have gone before its acknowledgement came.
        expect(acknowledged).toBeGreaterThanOrEqual(instance.acknowledged.size);
        expect(stored + lost).toBeLessThanOrEqual(acknowledged);
        if (options.onError === 'retry') expect(stored + lost).toBe(acknowledged);
        const isDurable =
          options.acknowledge === 'when-stored' ||
          (options.acknowledge === 'when-journaled' && (options.syncEvery === 0 || options.crash === 'process'));
        if (isDurable && options.onError === 'retry') expect(missing(instance)).toEqual([]);
        expect(missing(instance).length).toBeLessThanOrEqual(acknowledged - stored);
      }),
      { numRuns: 400 },
    );
  });
});

it('refuses a batch or a buffer of nothing, by name', () => {
  expect(() => smallInstance({ acknowledge: 'at-once', writes: [], batch: 0 })).toThrow('app: batch is 0');
  expect(() => smallInstance({ acknowledge: 'at-once', writes: [], capacity: 0 })).toThrow('capacity is 0');
});

describe('as printed', () => {
  const printed = { acknowledge: 'at-once', onError: 'stop', fullBatchesAtOnce: false } as const;

  it('stores one batch a delay, whatever comes', () => {
    const writes = Array.from({ length: 45 }, (_, i) => i);
    const { sim, book } = smallInstance({ ...printed, writes, capacity: 100 });
    sim.runUntil(45 * MILLISECOND);
    // A flush takes 1.3 ms at the database and 0.2 ms on the way, and the next begins 4 ms later: eight have ended.
    expect(book.totals).toEqual({ acknowledged: 45, stored: 16, lost: 0 });
  });

  it('acknowledges what a full buffer has refused, and loses it without any crash', () => {
    const causes: string[] = [];
    const instance = smallInstance({ ...printed, writes: [0, 0.1, 0.2, 0.3, 0.4], capacity: 3 });
    instance.sim.facts.channel(writeLost).listen(({ key, cause }) => causes.push(`${key} ${cause}`));
    instance.sim.runUntil(END);
    expect(causes).toEqual(['3 refused', '4 refused']);
    expect([...instance.acknowledged]).toEqual([0, 1, 2, 3, 4]);
    expect(missing(instance)).toEqual([3, 4]);
  });

  it('loses the batch of one failing write of the store, and never flushes again', () => {
    const causes: string[] = [];
    const writes = [0, 0.1, 0.2, 20, 30];
    const instance = smallInstance({ ...printed, writes, capacity: 100, failing: [2, 8] });
    instance.sim.facts.channel(writeLost).listen(({ key, cause }) => causes.push(`${key} ${cause}`));
    instance.sim.runUntil(END);
    expect(causes).toEqual(['0 batch', '1 batch']);
    expect(missing(instance)).toEqual([0, 1, 2, 3, 4]);
    expect(instance.app.state()).toMatchObject({ 'buffered writes': 3, flushing: 'stopped' });
  });

  it('is scheduled anew by a restart', () => {
    const { sim, app, database } = smallInstance({ ...printed, writes: [0, 0.1, 30], capacity: 100, failing: [2, 8] });
    sim.scheduleAt(20 * MILLISECOND, () => app.crash(MILLISECOND), undefined);
    sim.runUntil(END);
    expect(database.version(2)).toBe(1);
  });
});
