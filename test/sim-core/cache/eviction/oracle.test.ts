/** Every policy against its naive twin, request by request. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KnownFuture } from '../../../../sim-core/cache/eviction/known-future.ts';
import { chosenPolicy, evictionChoices } from '../../../../sim-core/cache/eviction/policies.ts';
import { oracles } from './oracles.ts';
import { anyCapacity, anySteps, requestsOf, shapedTrace, testStream } from './traces.ts';
import type { Shape, Step } from './traces.ts';

/**
 * Takes the steps with policy and oracle side by side. As far as an optimal policy knows, every object is requested
 * once more after them, so that it never has to choose between two that are not, where definitions leave the choice.
 */
function compare(name: string, steps: readonly Step[], capacity: number, sizeOf?: (id: number) => number): void {
  const requests = requestsOf(steps);
  const future = new KnownFuture(Int32Array.of(...requests, ...new Set(requests)));
  const policy = chosenPolicy(name).create({ capacity, future, random: testStream(9), ...(sizeOf && { sizeOf }) });
  const oracle = oracles[name]({ capacity, future, random: testStream(9), ...(sizeOf && { sizeOf }) });
  let made = 0;
  for (const [index, [kind, id]] of steps.entries()) {
    if (kind === 'request') future.position = made++;
    const fail = (what: string): never => expect.unreachable(`step ${index}, ${kind} ${id}: ${what}`);
    const answer = policy[kind](id);
    if (answer !== oracle[kind](id)) fail(`answers ${answer}`);
    const held = oracle.held();
    if (policy.size !== held.length) fail(`holds ${policy.size} entries, not ${held.length}`);
    for (const other of held) if (!policy.has(other)) fail(`does not hold ${other}`);
    const used = held.reduce((sum, other) => sum + (sizeOf?.(other) ?? 1), 0);
    if (policy.used !== used) fail(`uses ${policy.used}, not ${used}`);
    if (used > capacity) fail(`uses ${used} of ${capacity}`);
  }
}

it('has an oracle for every policy, and no other', () => {
  expect(Object.keys(oracles).sort()).toEqual([...evictionChoices].sort());
});

describe.each(evictionChoices)('eviction policy %s', (name) => {
  it('does what its definition says, on any trace, with objects taken out', () => {
    fc.assert(
      fc.property(anySteps, anyCapacity, (steps, capacity) => {
        compare(name, steps, capacity);
      }),
      { numRuns: 150 },
    );
  });

  it.each<[Shape, number, number]>([
    ['zipf', 400, 1],
    ['zipf', 400, 2],
    ['zipf', 400, 120],
    ['mixed', 300, 30],
    ['loop', 20, 19],
    ['scan', 10, 5],
  ])('does what its definition says on a longer %s trace of %d objects at capacity %d', (shape, objects, capacity) => {
    const trace = shapedTrace(shape, objects, 4000, 77);
    compare(
      name,
      trace.map((id): Step => ['request', id]),
      capacity,
    );
  });
});

it.each(evictionChoices)('eviction policy %s does what its definition says where objects have sizes', (name) => {
  const anySize = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 1000 }));
  fc.assert(
    fc.property(anySteps, fc.integer({ min: 1, max: 400 }), anySize, (steps, capacity, [largest, factor]) => {
      compare(name, steps, capacity, (id) => 1 + ((id * factor) % largest));
    }),
    { numRuns: 150 },
  );
});
