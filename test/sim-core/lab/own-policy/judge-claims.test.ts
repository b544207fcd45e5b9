/** Claims of every policy of the project stand up to the oracle; no claims at all can say more hits than there can be. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chosenPolicy, evictionChoices } from '../../../../sim-core/cache/eviction/policies.ts';
import { KnownFuture } from '../../../../sim-core/cache/eviction/known-future.ts';
import { judgeClaims } from '../../../../sim-core/lab/own-policy/judge-claims.ts';
import { play } from '../../../../sim-core/lab/own-policy/play.ts';
import { removalOf, resizeTo, stepInWords, stepOf } from '../../../../sim-core/lab/own-policy/steps.ts';
import { testStream } from '../../cache/eviction/traces.ts';

const CAPACITY = 6;
const anySteps = fc.array(
  fc.oneof(
    { weight: 20, arbitrary: fc.nat(20) },
    { weight: 2, arbitrary: fc.nat(20).map(removalOf) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: CAPACITY }).map(resizeTo) },
  ),
  { maxLength: 200 },
);

it('reads what it writes of a step', () => {
  expect([7, removalOf(7), removalOf(0), resizeTo(20)].map(stepInWords)).toEqual([
    'request 7',
    'remove 7',
    'remove 0',
    'resize to 20',
  ]);
  expect(stepOf(resizeTo(1))).toEqual({ kind: 'resize', capacity: 1 });
});

// OPT is told of no removals here.
describe.each(evictionChoices.filter((name) => !name.startsWith('opt')))('what %s claims', (name) => {
  it('is all true', () => {
    fc.assert(
      fc.property(anySteps, (list) => {
        const steps = Int32Array.from(list);
        const random = testStream(5);
        const { claims, contradiction, thrown } = play(
          (options) => chosenPolicy(name).create({ ...options, random }),
          CAPACITY,
          steps,
        );
        expect({ contradiction, thrown }).toEqual({});
        expect(judgeClaims(CAPACITY, steps, claims).breach).toBeUndefined();
      }),
      { numRuns: 15 },
    );
  });
});

it('counts no more hits than OPT has, whatever is claimed', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(9), { minLength: 1, maxLength: 60 }),
      fc.array(fc.oneof(fc.constantFrom(0, 0, 1, 1, 2), fc.nat(9)), { maxLength: 120 }),
      (list, words) => {
        const steps = Int32Array.from(list);
        const { hits } = judgeClaims(3, steps, Int32Array.from(words));
        const future = new KnownFuture(steps);
        const opt = chosenPolicy('opt-bypass').create({ capacity: 3, future });
        let most = 0;
        steps.forEach((id, place) => {
          future.position = place;
          if (opt.request(id)) most++;
        });
        expect(hits).toBeLessThanOrEqual(most);
      },
    ),
    { numRuns: 300 },
  );
});

it('tells the first step that is wrong, and what was held before it', () => {
  // 3 and 4 enter, 3 hits, 5 evicts 9.
  const { hits, breach } = judgeClaims(2, Int32Array.of(3, 4, 3, 5), Int32Array.of(0, 0, 1, 2, 9));
  expect(hits).toBe(1);
  expect(breach).toEqual({
    place: 3,
    step: 'request 5',
    what: 'it evicts 9, which it does not hold',
    entries: 2,
    held: [3, 4],
  });
});
