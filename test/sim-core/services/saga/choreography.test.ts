/**
 * Every state of a choreographed saga: whoever dies, and in whatever order events are taken, it ends with every step done or
 * none; and what breaks it.
 */
import { describe, expect, it } from 'vitest';
import { exploreChoreography, type Choreography } from './choreography-world.ts';
import { ORDER_SAGA } from './order-saga.ts';

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
