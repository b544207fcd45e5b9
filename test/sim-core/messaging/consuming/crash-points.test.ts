/**
 * Every event of a run as the moment of a fault: a consumer dies, or loses its connection and works on. What each way of
 * consuming promises holds at all of them; what it does not promise must be seen to break at some, or the enumeration
 * proves nothing.
 */
import { expect, it } from 'vitest';
import { MILLISECOND, SECOND } from '../../../../sim-core/kernel/time.ts';
import { smallGroup, type SmallGroup, type SmallOptions } from './small-group.ts';

/** A burst that keeps both consumers busy, and messages that find one idle. */
const SENT = [0, 0.1, 0.2, 3, 40, 60, 60.1, 80];

type Fault = 'dies' | 'is disconnected' | 'is disconnected and later dies';
const faults: Readonly<Record<Fault, (group: SmallGroup) => void>> = {
  dies: ({ consumers: [one] }) => one.kill(4 * MILLISECOND),
  'is disconnected': ({ consumers: [one] }) => one.disconnect(),
  'is disconnected and later dies': ({ sim, consumers: [one] }) => {
    one.disconnect();
    sim.schedule(5.5 * MILLISECOND, () => one.kill(4 * MILLISECOND), undefined, 0);
  },
};

interface Sums {
  readonly points: number;
  readonly lost: number;
  readonly doubled: number;
}

/** The numbers of moments of the fault at which some message is lost, or has its effect twice. */
function enumerate(options: Omit<SmallOptions, 'sent'>, fault: Fault): Sums {
  let [points, lost, doubled] = [0, 0, 0];
  for (let isOver = false; !isOver; points++) {
    const group = smallGroup({ ...options, sent: SENT });
    isOver = group.sim.runUntil(SECOND, points);
    group.sim.inject(() => faults[fault](group), 0);
    expect(group.violations()).toEqual([]);
    while (!group.sim.runUntil(SECOND, 25)) expect(group.violations()).toEqual([]);
    const { totals } = group.ledger;
    const effects = SENT.map((_, id) => group.ledger.effectsOf(id));
    expect(totals.lost, `fault after ${points} events`).toBe(effects.filter((times) => times === 0).length);
    expect(totals.doubled).toBe(effects.reduce((sum, times) => sum + Math.max(0, times - 1), 0));
    // Whatever has its effect and is not acknowledged comes again: unguarded, each of these is a double.
    if (options.guard === 'none' && options.noAck !== true) expect(totals.doubled).toBe(totals.unacknowledged);
    if (totals.lost > 0) lost++;
    if (totals.doubled > 0) doubled++;
  }
  return { points, lost, doubled };
}

const some = (count: number): boolean => count > 0;

it.each<[string, Omit<SmallOptions, 'sent'>, Fault, { lost: boolean; doubled: boolean }]>([
  ['at most once', { guard: 'none', noAck: true }, 'dies', { lost: true, doubled: false }],
  ['at most once', { guard: 'none', noAck: true }, 'is disconnected', { lost: true, doubled: false }],
  ['at least once', { guard: 'none' }, 'dies', { lost: false, doubled: true }],
  ['at least once', { guard: 'none' }, 'is disconnected', { lost: false, doubled: true }],
  ['check, then act', { guard: 'check-then-act' }, 'dies', { lost: false, doubled: true }],
  ['check, then act', { guard: 'check-then-act' }, 'is disconnected', { lost: false, doubled: true }],
  ['unique key', { guard: 'unique-key' }, 'dies', { lost: false, doubled: false }],
  ['unique key', { guard: 'unique-key' }, 'is disconnected', { lost: false, doubled: false }],
  ['unique key', { guard: 'unique-key' }, 'is disconnected and later dies', { lost: false, doubled: false }],
])('%s: %o, and a consumer %s', (name, options, fault, breaks) => {
  const { points, lost, doubled } = enumerate(options, fault);
  process.stdout.write(`${name}, a consumer ${fault}: ${points} moments, ${lost} lose, ${doubled} double\n`);
  expect({ lost: some(lost), doubled: some(doubled) }).toEqual(breaks);
  const undisturbed = smallGroup({ ...options, sent: SENT });
  undisturbed.sim.runUntil(SECOND);
  expect(points).toBeGreaterThan(undisturbed.sim.eventsRun);
});

it('undisturbed, every way of consuming has each effect once', () => {
  for (const guard of ['none', 'check-then-act', 'unique-key'] as const) {
    const group = smallGroup({ guard, sent: SENT });
    group.sim.runUntil(SECOND);
    expect(group.ledger.totals).toMatchObject({
      expected: SENT.length,
      applied: SENT.length,
      doubled: 0,
      lost: 0,
      unacknowledged: 0,
    });
  }
});

it('a guard forgets: what comes again after the ids were deleted has its effect again', () => {
  const late = (retention: number): number => {
    const group = smallGroup({ guard: 'unique-key', sent: [0], retention });
    // The only acknowledgement is lost with the node, which is up again after 50 ms.
    group.sim.runUntil(9.6 * MILLISECOND);
    expect(group.ledger.effectsOf(0)).toBe(1);
    group.node.interventions['kill'].apply([0.05]);
    group.sim.runUntil(SECOND);
    return group.ledger.totals.doubled;
  };
  expect([late(Infinity), late(100 * MILLISECOND), late(40 * MILLISECOND)]).toEqual([0, 0, 1]);
});
