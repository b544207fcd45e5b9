/**
 * Every event of a run as the moment of a crash. What is acknowledged and durable survives all of them; with the journal
 * taken away, or synced too rarely for what the crash takes, some of them must find a loss, or the enumeration proves
 * nothing.
 */
import { describe, expect, it } from 'vitest';
import { MILLISECOND } from '../../../../sim-core/kernel/time.ts';
import { missing, smallInstance, type SmallInstance, type SmallOptions } from './small-instance.ts';

const END = 120 * MILLISECOND;
const DOWN = 7 * MILLISECOND;

/** More than the buffer takes in one delay, in two bursts and a straggler. */
const WRITES = [0, 0.2, 0.4, 0.5, 1.5, 3, 3.9, 6, 6.1, 6.2, 6.3, 11];

const settings: Readonly<Record<string, Omit<SmallOptions, 'writes'>>> = {
  'acknowledged once flushed': { acknowledge: 'when-stored' },
  'a journal that each write waits for, and a host that loses power': { acknowledge: 'when-journaled' },
  'a journal synced in intervals, and a process that dies': {
    acknowledge: 'when-journaled',
    syncEvery: 5 * MILLISECOND,
    crash: 'process',
  },
  'the journal taken away': { acknowledge: 'with-room' },
  'a journal synced in intervals, and a host that loses power': {
    acknowledge: 'when-journaled',
    syncEvery: 5 * MILLISECOND,
  },
};

const survives = (name: string): boolean => Object.keys(settings).indexOf(name) < 3;

/** Crashes after so many events (again after so many more), and runs to the end, looking at the invariants all along. */
function crashed(options: SmallOptions, ...after: readonly number[]): SmallInstance & { readonly isOver: boolean } {
  const instance = smallInstance(options);
  const { sim, app } = instance;
  let isOver = false;
  for (const events of after) {
    isOver = sim.runUntil(END, events);
    expect(app.violations()).toEqual([]);
    sim.inject(() => app.crash(DOWN), 0);
    expect(app.violations()).toEqual([]);
  }
  while (!sim.runUntil(END, 40)) expect(app.violations()).toEqual([]);
  return { ...instance, isOver };
}

/** The losses at each point of one crash: all points that a run has. */
function enumerate(options: SmallOptions): { points: number; lossy: number; repeated: number } {
  let [points, lossy, repeated] = [0, 0, 0];
  for (let isOver = false; !isOver; points++) {
    const instance = crashed(options, points);
    isOver = instance.isOver;
    const lost = missing(instance);
    expect(instance.book.totals.lost, `crash after ${points} events`).toBe(lost.length);
    if (lost.length > 0) lossy++;
    if ([...instance.acknowledged].some((key) => instance.database.version(key) > 1)) repeated++;
  }
  return { points, lossy, repeated };
}

describe.each(Object.keys(settings))('%s', (name) => {
  it.each([
    ['a store that works', undefined],
    ['a store that fails for a while', [3, 13]],
  ] as const)('over %s', (_store, failing) => {
    const options = { ...settings[name], writes: WRITES, ...(failing && { failing }) };
    const { points, lossy, repeated } = enumerate(options);
    process.stdout.write(
      `${name}: ${points} crash points${failing ? ' with a failing store' : ''}, ${lossy} of them lose a write, ` +
        `${repeated} repeat one\n`,
    );
    const undisturbed = smallInstance(options);
    undisturbed.sim.runUntil(END);
    expect(undisturbed.acknowledged.size).toBe(WRITES.length);
    expect(points).toBeGreaterThan(undisturbed.sim.eventsRun);
    if (survives(name)) expect(lossy).toBe(0);
    else expect(lossy).toBeGreaterThan(0);
  });
});

it('a second crash, at any moment of the recovery from the first, loses nothing that was journaled', () => {
  let pairs = 0;
  const options: SmallOptions = { acknowledge: 'when-journaled', writes: WRITES.slice(0, 7) };
  for (let first = 10; first < 110; first += 3) {
    for (let second = 0, isOver = false; !isOver; second++, pairs++) {
      const instance = crashed(options, first, second);
      isOver = instance.isOver;
      expect(missing(instance), `crashes after ${first} and ${second} more events`).toEqual([]);
    }
  }
  process.stdout.write(`${pairs} pairs of crash points\n`);
  expect(pairs).toBeGreaterThan(1000);
});

it('a batch that was on its way may be stored twice, and never by halves: all of it is there', () => {
  const { repeated } = enumerate({ acknowledge: 'when-journaled', writes: WRITES });
  expect(repeated).toBeGreaterThan(0);
});
