/**
 * A participant says that it has undone its step, and has not; and somebody dies, at every event of a run. The auditor finds what
 * was confirmed and not made, that and nothing else, and has it made. What was not made is told by the facts of who makes it:
 * at the time of the entry no compensation had been carried out, and no action had been refused.
 */
import { describe, expect, it } from 'vitest';
import { MILLISECOND } from '../../../../sim-core/kernel/time.ts';
import { commandCarriedOut, compensationFound } from '../../../../sim-core/services/saga/facts.ts';
import { ORDER_SAGA, problemOf } from './order-saga.ts';
import { smallShop, type Shop, type ShopOptions } from './small-shop.ts';

/** The saga's end, a death, the looks of watchdog and auditor that come behind them, and one at what the auditor had made. */
const END = 300 * MILLISECOND;
const COMPENSATABLE = [0, 1, 2];
/** Too short for ShipOrder, so that a step in doubt is undone as well. */
const SHORT = 5 * MILLISECOND;
const WATCHED: ShopOptions = { coordination: 'orchestrated', refused: 3, isWatched: true };

interface Audit {
  readonly shop: Shop;
  /** Steps whose effect cannot stand any more, and since when. */
  readonly borneOut: ReadonlyMap<number, number>;
  readonly found: readonly number[];
}

function audit(options: ShopOptions): Audit {
  const shop = smallShop(options);
  const borneOut = new Map<number, number>();
  const found: number[] = [];
  shop.sim.facts.channel(commandCarriedOut).listen(({ participant, command, answer }) => {
    const step = ORDER_SAGA.findIndex((one) => one.participant === participant);
    const isGone = command === ORDER_SAGA[step].compensation || answer === 'refused';
    if (isGone && !borneOut.has(step)) borneOut.set(step, shop.sim.now);
  });
  shop.sim.facts.channel(compensationFound).listen(({ step }) => void found.push(step));
  return { shop, borneOut, found };
}

const falselyConfirmed = ({ shop, borneOut }: Audit): number[] =>
  shop.auditLog
    .from(0)
    .filter(({ command, answer }) => command === 'compensate' && answer === 'ok')
    .filter(({ step, at }) => !((borneOut.get(step) ?? Infinity) <= at))
    .map(({ step }) => step);

const sorted = (steps: readonly number[]): number[] => steps.toSorted((a, b) => a - b);

/** Every moment at which a part can die; what was found in all of them together. */
function atEveryDeath(options: ShopOptions, judge: (audited: Audit, moment: string) => void): number {
  let found = 0;
  for (const victim of Object.keys(smallShop(options).mortals)) {
    for (let isOver = false, events = 1; !isOver; events++) {
      const audited = audit(options);
      const { sim, mortals } = audited.shop;
      isOver = sim.runUntil(END / 2, events);
      if (!isOver) sim.inject(mortals[victim], 0);
      sim.runUntil(END);
      judge(audited, `${victim} dies behind event ${events}`);
      found += audited.found.length;
    }
  }
  return found;
}

describe.each<[string, Partial<ShopOptions>]>([
  ['patient', {}],
  ['impatient, and gives up undoing', { timeout: SHORT, compensationAttempts: 1 }],
])('an orchestrator that is %s', (_name, options) => {
  it.each(COMPENSATABLE)('is told what was not made of step %i, whoever dies when', (losing) => {
    const found = atEveryDeath({ ...WATCHED, ...options, losing }, (audited, moment) => {
      const { shop } = audited;
      expect([moment, sorted(audited.found)]).toEqual([moment, sorted(falselyConfirmed(audited))]);
      expect([moment, problemOf(shop.standing(), true, ORDER_SAGA)]).toEqual([moment, undefined]);
      expect(shop.violations()).toEqual([]);
    });
    expect(found).toBeGreaterThan(0);
  });
});

it('nothing is found where nothing was lost', () => {
  expect(atEveryDeath(WATCHED, () => {})).toBe(0);
});

it('an auditor that trusts answers finds nothing, and what was not made stands', () => {
  const standing = new Set<string>();
  const found = atEveryDeath({ ...WATCHED, losing: 2, trusts: true }, ({ shop }) => {
    standing.add(String(problemOf(shop.standing(), true, ORDER_SAGA)));
  });
  expect(found).toBe(0);
  expect(standing).toContain('at the end there stand ProcessPayment');
});

it('has an entry for every answer, with its key, in the order of time', () => {
  const { shop } = audit({ ...WATCHED, losing: 2 });
  shop.sim.runUntil(END);
  const entries = shop.auditLog.from(0);
  expect(entries.map(({ step, command, answer }) => `${command} ${step}: ${answer}`)).toEqual([
    'act 0: ok',
    'act 1: ok',
    'act 2: ok',
    'act 3: refused',
    'compensate 2: ok',
    'compensate 1: ok',
    'compensate 0: ok',
    'compensate 2: ok',
  ]);
  expect(entries.map(({ at }) => at)).toEqual(entries.map(({ at }) => at).toSorted((a, b) => a - b));
  expect(entries.every(({ saga, key }) => key === saga.id)).toBe(true);
});
