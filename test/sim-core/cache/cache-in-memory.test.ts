/** A cache in an instance's memory: what is done to the instance's cache, and what the instance shows of it. */
import { expect, it } from 'vitest';
import { cacheInMemory } from '../../../sim-core/cache/cache-in-memory.ts';
import { Cache } from '../../../sim-core/cache/cache.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';
import { Service } from '../../../sim-core/services/service.ts';

it('is flushed and robbed of a key through the service that holds it, which still can be crashed', () => {
  const sim = new Simulation();
  const cache = new Cache<string>(sim, { name: 'app cache', capacity: 3, eviction: 'lru' });
  const service = new Service<number, string>(sim, {
    name: 'app',
    help: '',
    concurrency: 1,
    queueMax: 0,
    *handle() {
      return '';
    },
    inside: cacheInMemory(cache),
  });
  for (const key of [0, 1, 2]) {
    cache.set({ key, value: 'a', storedAt: 0, softExpiresAt: 9, expiresAt: 9, loadDuration: 0 }, 0);
  }
  expect(service.state()).toMatchObject({ 'cached entries': 3, 'room for entries': 3 });
  expect(Object.keys(service.interventions).sort()).toEqual(['crash', 'expire', 'flush', 'resize']);
  service.interventions['expire'].apply([1]);
  expect([0, 1, 2].map((key) => cache.peek(key)?.value)).toEqual(['a', undefined, 'a']);
  service.interventions['flush'].apply([]);
  expect(service.state()).toMatchObject({ 'cached entries': 0 });
  expect(service.violations()).toEqual([]);
});
