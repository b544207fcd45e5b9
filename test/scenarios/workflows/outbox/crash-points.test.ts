/**
 * Every event of a small run as the moment at which the service, the relay, the database or the broker dies; then several
 * deaths at moments that chance picks. The oracle is two sets: what is in the table, and what is in the topic.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Values } from '../../../../scenarios/workflows/outbox/params.ts';
import { ms } from '../../../sim-core/systems/kafka/small-cluster.ts';
import { smallOrders, type Outcome, type Victim } from './small-orders.ts';

const ORDERS = [
  { at: 30, customer: 0 },
  { at: 30.5, customer: 0 },
  { at: 31, customer: 1 },
];
/** Before the first order; all that an order brings about is over by then, which is tried as well; and so it is after any death. */
const FROM = ms(29.9);
const OVER = ms(42);
const END = ms(300);

const NOTHING_WRONG: Outcome = { missing: [], invented: [], doubled: [], late: [] };

const VICTIMS: readonly Victim[] = ['service', 'relay', 'database', 'broker'];

type Found = { moments: number } & Record<keyof Outcome, number>;

/** Kills each of them at each event, and counts the moments at whose end something is wrong. */
function enumerate(name: string, p: Partial<Values>, victims = VICTIMS): Found {
  const found: Found = { moments: 0, missing: 0, invented: 0, doubled: 0, late: 0 };
  for (const victim of victims) {
    for (let events = 0, isOver = false; !isOver; events++, found.moments++) {
      const small = smallOrders({ p, orders: ORDERS });
      small.sim.runUntil(FROM);
      isOver = small.sim.runUntil(OVER, events);
      if (isOver) expect(small.outcome(), 'undisturbed').toEqual(NOTHING_WRONG);
      small.sim.inject(() => small.kill(victim, 5), 0);
      small.sim.runUntil(END);
      expect(small.violations()).toEqual([]);
      const outcome = small.outcome();
      // Whoever dies then has written down where it is: nothing is published again.
      if (isOver) expect(outcome, `${victim} dies when all is over`).toEqual(NOTHING_WRONG);
      for (const what of ['missing', 'invented', 'doubled', 'late'] as const)
        if (outcome[what].length > 0) found[what]++;
    }
  }
  const { moments, ...wrong } = found;
  process.stdout.write(`${name}: ${moments} moments of a death, at whose end something is ${JSON.stringify(wrong)}\n`);
  return found;
}

const RELAYS: readonly [string, Partial<Values>][] = [
  ['a polling relay that deletes', { publishing: 'polling', polling: 'delete' }],
  ['one that marks', { publishing: 'polling', polling: 'mark' }],
  ['one that goes by settled positions', { publishing: 'polling', polling: 'settled-position' }],
  ['one that tails the log', { publishing: 'log-tailing' }],
];

describe('an outbox publishes what is committed, and nothing else, at least once and in order', () => {
  it.each(RELAYS)('%s', (name, p) => {
    const found = enumerate(name, p);
    expect(found).toMatchObject({ missing: 0, invented: 0, late: 0 });
    expect(found.doubled).toBeGreaterThan(0);
  });

  const time = fc.integer({ min: 28_000, max: 90_000 });
  const death = fc.record({ victim: fc.constantFrom(...VICTIMS), at: time, downtime: fc.integer({ min: 1, max: 40 }) });
  const order = fc.record({ at: fc.integer({ min: 30_000, max: 60_000 }), customer: fc.nat(1) });
  it('whoever dies however often, with three brokers', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RELAYS.map(([, p]) => p)),
        fc.array(order, { minLength: 1, maxLength: 8, size: 'max' }),
        fc.array(death, { maxLength: 6, size: 'max' }),
        fc.constantFrom(0, 0.3),
        (p, orders, deaths, abortShare) => {
          const inMs = orders.map(({ at, customer }) => ({ at: at / 1000, customer }));
          const small = smallOrders({ p: { ...p, abortShare }, orders: inMs, brokers: 3 });
          for (const { victim, at, downtime } of deaths) {
            small.sim.scheduleAt(ms(at / 1000), () => small.kill(victim, downtime), undefined);
          }
          small.sim.runUntil(ms(1500));
          expect(small.violations()).toEqual([]);
          expect(small.outcome()).toMatchObject({ missing: [], invented: [], late: [] });
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the same search finds what others lose or make up', () => {
  it.each<[string, Partial<Values>, Partial<Record<keyof Outcome, boolean>>]>([
    ['published behind the commit', { publishing: 'after-commit' }, { missing: true, invented: false }],
    ['published before the commit', { publishing: 'before-commit' }, { missing: false, invented: true }],
    [
      'a transaction of Kafka that commits first',
      { publishing: 'kafka-transaction' },
      { missing: false, invented: true },
    ],
    [
      'a transaction of Kafka that commits last',
      { publishing: 'kafka-transaction', kafkaCommit: 'last' },
      { missing: true, invented: false },
    ],
  ])('%s', (name, p, wrong) => {
    const found = enumerate(name, p, ['service', 'database']);
    for (const [what, isFound] of Object.entries(wrong)) {
      if (isFound) expect(found[what as keyof Outcome], what).toBeGreaterThan(0);
      else expect(found[what as keyof Outcome], what).toBe(0);
    }
  });

  it.each<[string, Partial<Values>]>([
    ['a relay that deletes before the acknowledgement', { publishing: 'polling', marksFirst: true }],
    ['a relay that stores its place before it publishes', { publishing: 'log-tailing', marksFirst: true }],
  ])('%s', (name, p) => {
    expect(enumerate(name, p, ['relay']).missing).toBeGreaterThan(0);
  });
});
