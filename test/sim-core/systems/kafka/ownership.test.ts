/** Partitions without an owner, as consumers come to own and give up. */
import { expect, it } from 'vitest';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { Ownership, partitionOwned } from '../../../../sim-core/systems/kafka/ownership.ts';

it('counts those that had an owner and have none', () => {
  const sim = new Simulation();
  const unowned = new Map<string, number>();
  sim.facts.channel(partitionOwned).listen((fact) => void unowned.set(fact.partition, Number(fact.owners === 0)));
  const count = (): number => [...unowned.values()].reduce((sum, value) => sum + value, 0);
  const ownership = new Ownership(sim);
  ownership.tell('a', ['t-0', 't-1']);
  expect(count()).toBe(0);
  ownership.tell('a', ['t-1']);
  expect(count()).toBe(1);
  // Two take a partition to be their own: one of them may go.
  ownership.tell('b', ['t-0', 't-1']);
  ownership.tell('a', []);
  expect(count()).toBe(0);
  ownership.tell('b', []);
  expect(count()).toBe(2);
});
