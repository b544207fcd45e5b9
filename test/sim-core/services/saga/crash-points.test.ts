/**
 * Every event of a run as the moment at which somebody dies, with the orchestrator, the services and the broker as they are
 * built: the rules are explored elsewhere, this is whether the components keep to them. Then two crashes at moments that chance
 * picks.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MILLISECOND } from '../../../../sim-core/kernel/time.ts';
import { ORDER_SAGA, problemOf } from './order-saga.ts';
import { smallShop, type Shop, type ShopOptions } from './small-shop.ts';

/** A saga that nothing disturbs takes 40 ms at most, and a death puts it off by the time until who died is up and asked again. */
const END = 250 * MILLISECOND;
const REFUSED = [-1, 0, 1, 2, 3];
/** Too short for ShipOrder alone: it is asked for again, given up and compensated, and then it is done. */
const SHORT = 5 * MILLISECOND;

function problemAtEnd(shop: Shop): string | undefined {
  shop.sim.runUntil(END);
  expect(shop.violations()).toEqual([]);
  expect(shop.held()).toEqual(shop.standing());
  return problemOf(shop.standing(), true, ORDER_SAGA);
}

/** How many moments there are for anybody's death, and what is wrong at the end of some of them. */
function enumerate(options: ShopOptions): { moments: number; problems: string[] } {
  let moments = 0;
  const problems: string[] = [];
  for (const victim of Object.keys(smallShop(options).mortals)) {
    for (let isOver = false, events = 1; !isOver; events++, moments++) {
      const shop = smallShop(options);
      isOver = shop.sim.runUntil(END, events);
      if (!isOver) shop.sim.inject(shop.mortals[victim], 0);
      const problem = problemAtEnd(shop);
      // A request that was never written down is the customer's to repeat: nothing is done, which is right.
      if (problem !== undefined) problems.push(`${victim} dies behind event ${events}: ${problem}`);
    }
  }
  return { moments, problems };
}

describe.each<[string, Omit<ShopOptions, 'refused'>]>([
  ['orchestrated', { coordination: 'orchestrated' }],
  ['orchestrated by somebody impatient', { coordination: 'orchestrated', timeout: SHORT }],
  [
    'orchestrated by somebody who gives up undoing, and watched',
    { coordination: 'orchestrated', timeout: SHORT, compensationAttempts: 1, isWatched: true },
  ],
  ['choreographed', { coordination: 'choreographed' }],
])('%s', (name, options) => {
  it('ends with all or nothing, whoever dies at any event', () => {
    let moments = 0;
    for (const refused of REFUSED) {
      const enumerated = enumerate({ ...options, refused });
      moments += enumerated.moments;
      expect(enumerated.problems).toEqual([]);
    }
    process.stdout.write(`${name}: ${moments} moments of a death\n`);
  });

  it('ends with all or nothing, whoever dies at any two of them', () => {
    const crash = fc.tuple(fc.nat(400), fc.nat(10));
    fc.assert(
      fc.property(fc.constantFrom(...REFUSED), crash, crash, (refused, ...crashes) => {
        const shop = smallShop({ ...options, refused });
        const victims = Object.values(shop.mortals);
        for (const [events, victim] of crashes) {
          if (!shop.sim.runUntil(END / 2, events)) shop.sim.inject(victims[victim % victims.length], 0);
        }
        expect(problemAtEnd(shop)).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });
});

describe('the components are what makes it so: at some moment it breaks without', () => {
  it.each<[string, Partial<ShopOptions>]>([
    ['a durable log', { isDurable: false }],
    ['compensations', { refused: 3, policy: { compensates: false } }],
    ['idempotency keys', { rules: { remembers: false } }],
    ['a mark against late actions', { timeout: SHORT, rules: { bars: false } }],
    ['patience with compensations, or a watchdog', { refused: 3, compensationAttempts: 1 }],
    ['compensating what is in doubt', { timeout: SHORT, policy: { undoesDoubtful: false } }],
  ])('%s', (_name, missing) => {
    expect(enumerate({ coordination: 'orchestrated', refused: -1, ...missing }).problems).not.toEqual([]);
  });
});
