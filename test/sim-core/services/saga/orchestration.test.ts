/**
 * Every state of an orchestrated saga, crash by crash and message by message: whatever happens, it ends with every step done or
 * none. Taking away any one of its means makes the search find a way to break it, and the shortest one is told. Then more
 * crashes and other sagas, along ways that chance picks.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exploreOrchestration, walkOrchestration, type Orchestration } from './orchestration-world.ts';
import { definitions, ORDER_SAGA } from './order-saga.ts';

const SOUND: Orchestration = {
  definition: ORDER_SAGA,
  refused: -1,
  policy: { compensates: true, undoesDoubtful: true },
  rules: { remembers: true, bars: true },
  isDurable: true,
  crashes: 2,
  hurries: 1,
};

describe('an orchestrated saga with two crashes and an attempt in a hurry', () => {
  // How many states there are is told, so that a search that has become smaller is seen.
  it.each([
    ['no step', -1, 23_787],
    ['CreateOrder', 0, 446],
    ['ReserveInventory', 1, 2947],
    ['ProcessPayment', 2, 10_346],
    ['ShipOrder', 3, 26_718],
  ])('ends with all or nothing when %s is refused', (_name, refused, states) => {
    expect(exploreOrchestration({ ...SOUND, refused })).toMatchObject({ states, broken: undefined });
  });
});

const brokenWithout = (missing: Partial<Orchestration>) =>
  exploreOrchestration({ ...SOUND, crashes: 1, ...missing }).broken;

describe('without', () => {
  it('compensations, what was done before the refused step stands', () => {
    const broken = brokenWithout({
      refused: 3,
      hurries: 0,
      crashes: 0,
      policy: { ...SOUND.policy, compensates: false },
    });
    expect(broken?.what).toBe('at the end there stand CreateOrder, ReserveInventory, ProcessPayment');
  });

  it('a durable log, an orchestrator that dies forgets what is half done', () => {
    expect(brokenWithout({ isDurable: false })).toEqual({
      way: ['asks for CreateOrder', 'CreateOrder is ok', 'dies as it hears of CreateOrder'],
      what: 'at the end there stand CreateOrder',
    });
  });

  it('an idempotency key, what is asked for again is done again', () => {
    expect(brokenWithout({ rules: { remembers: false, bars: true } })?.what).toBe(
      'the effect of CreateOrder stands 2 times',
    );
  });

  it('compensating the step that is in doubt, one that was done and not answered stands', () => {
    const policy = { compensates: true, undoesDoubtful: false };
    expect(brokenWithout({ policy })).toEqual({
      way: ['asks for CreateOrder', 'the participant dies behind CreateOrder', 'gives up CreateOrder'],
      what: 'at the end there stand CreateOrder',
    });
  });

  it('a mark against late actions, one that comes behind its compensation stands', () => {
    const broken = brokenWithout({ crashes: 0, rules: { remembers: true, bars: false } });
    expect(broken?.what).toBe('at the end there stand CreateOrder');
    expect(broken?.way.slice(0, 3)).toEqual(['asks for CreateOrder', 'gives up CreateOrder', 'asks for CancelOrder']);
  });
});

it('any saga ends with all or nothing, however many crashes there are and whatever comes first', () => {
  fc.assert(
    fc.property(
      definitions,
      fc.integer({ min: -1, max: 5 }),
      fc.nat(12),
      fc.nat(12),
      fc.infiniteStream(fc.nat(1_000_000)),
      (definition, refused, crashes, hurries, choices) => {
        const saga = { ...SOUND, definition, refused, crashes, hurries };
        expect(walkOrchestration(saga, () => choices.next().value as number)).toBeUndefined();
      },
    ),
    { numRuns: 300 },
  );
});
