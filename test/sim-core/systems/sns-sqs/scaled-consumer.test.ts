/** A consumer of SQS that is given more or fewer workers while it runs. */
import { expect, it } from 'vitest';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import { SmallService } from './small-service.ts';

it('asks for more at once with more workers, and for nothing with none', () => {
  const service = new SmallService({ name: 'q', visibility: s(30) });
  const one = service.consumer('a', () => s(1));
  for (let id = 0; id < 9; id++) service.send(id);
  service.elapse(ms(500));
  expect(service.begun).toHaveLength(1);
  one.interventions['scale'].apply([4]);
  service.elapse(ms(100));
  expect(one.state()).toMatchObject({ working: 4, waiting: 0 });
  one.interventions['scale'].apply([0]);
  service.elapse(s(20));
  expect([service.begun.length, service.handled.length]).toEqual([4, 4]);
  one.interventions['scale'].apply([2]);
  service.elapse(s(20));
  expect(service.handled).toHaveLength(9);
  expect(one.violations()).toEqual([]);
});

it('scaled down, is found out with one message more than it has hands for', () => {
  const service = new SmallService({ name: 'q', visibility: s(30) });
  const one = service.consumer('a', () => s(1));
  one.interventions['scale'].apply([4]);
  for (let id = 0; id < 4; id++) service.send(id);
  service.elapse(ms(500));
  one.interventions['scale'].apply([1]);
  service.elapse(ms(100));
  expect(one.state()).toMatchObject({ working: 4 });
  expect(one.violations()).toEqual([]);
  service.elapse(s(3));
  expect(one.violations()).toEqual([]);
  // The fault: it takes twice what it is handed.
  const faulty = one as unknown as { take(handed: unknown): void };
  const take = faulty.take.bind(one);
  faulty.take = (handed) => [handed, handed].forEach(take);
  service.send(4);
  expect(() => service.elapse(ms(300))).toThrow('a: has 2 messages in hand, of 1 at most');
});
