/**
 * Every state of a choreographed saga: whoever dies, and in whatever order events are taken, it ends with every step done or
 * none; and what breaks it. Then more crashes and other sagas, along ways that chance picks.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exploreChoreography, walkChoreography, type Choreography } from './choreography-world.ts';
import { definitions, ORDER_SAGA } from './order-saga.ts';

const SOUND: Choreography = {
  definition: ORDER_SAGA,
  refused: -1,
  rules: { remembers: true, bars: true },
  compensates: true,
  acknowledgesLast: true,
  crashes: 3,
};

const cases: [string, number, number][] = [
  ['no step', -1, 648],
  ['CreateOrder', 0, 11],
  ['ReserveInventory', 1, 92],
  ['ProcessPayment', 2, 377],
  ['ShipOrder', 3, 1019],
];

describe('a choreographed saga with three crashes', () => {
  it.each(cases)('ends with all or nothing when %s is refused', (_name, refused, states) => {
    expect(exploreChoreography({ ...SOUND, refused })).toMatchObject({ states, broken: undefined });
  });

  it.each(cases)('needs no mark against late actions when %s is refused, for nobody gives up', (_name, refused) => {
    expect(exploreChoreography({ ...SOUND, refused, rules: { remembers: true, bars: false } }).broken).toBeUndefined();
  });
});

describe('without', () => {
  it('compensations, what was done before the refused step stands', () => {
    expect(exploreChoreography({ ...SOUND, refused: 3, crashes: 0, compensates: false }).broken?.what).toBe(
      'at the end there stand CreateOrder, ReserveInventory, ProcessPayment',
    );
  });

  it('an idempotency key, an event that comes again has its effect again', () => {
    const rules = { remembers: false, bars: true };
    expect(exploreChoreography({ ...SOUND, rules }).broken).toEqual({
      way: ['dies behind CreateOrder', 'CreateOrder is ok'],
      what: 'the effect of CreateOrder stands 2 times',
    });
  });

  it('acknowledging last, an event is lost with whoever died over it', () => {
    expect(exploreChoreography({ ...SOUND, acknowledgesLast: false }).broken).toEqual({
      way: ['dies behind CreateOrder'],
      what: 'at the end there stand CreateOrder',
    });
  });
});

const drawn = fc.record({ definition: definitions, refused: fc.integer({ min: -1, max: 5 }), crashes: fc.nat(20) });
const choices = fc.infiniteStream(fc.nat(1_000_000));

it('any saga ends with all or nothing, however many crashes there are and whatever is taken first', () => {
  fc.assert(
    fc.property(drawn, fc.boolean(), choices, (saga, bars, ways) => {
      const given = { ...SOUND, ...saga, rules: { remembers: true, bars } };
      expect(walkChoreography(given, () => ways.next().value as number)).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});

it('a walk comes upon what is broken: who dies over an event that was acknowledged first', () => {
  const given = { ...SOUND, crashes: 1, acknowledgesLast: false };
  // The third of its first four moves is a death behind the commit.
  expect(walkChoreography(given, () => 2)).toBe('at the end there stand CreateOrder');
});
