/** How long SQS hides a message at most, however often that is renewed. */
import { expect, it } from 'vitest';
import { hours, ms, s } from '../../../../sim-core/kernel/time.ts';
import { SmallService } from './small-service.ts';

it('hides nothing for more than 12 hours from its receive, and leaves it as it is where that is asked for', () => {
  const service = new SmallService({ name: 'q' });
  service.send(0);
  service.elapse(s(1));
  const receive = { action: 'ReceiveMessage', queue: 'q', max: 1, wait: 0 } as const;
  const [{ receipt }] = service.ask(receive).messages;
  const change = { action: 'ChangeMessageVisibility', queue: 'q', receipt } as const;
  service.elapse(ms(500));
  expect(service.ask({ ...change, visibility: hours(12) }).error).toBe('InvalidParameterValue');
  expect(service.ask({ ...change, visibility: hours(12) - s(1) }).isDone).toBe(true);
  service.elapse(hours(11));
  expect(service.ask({ ...change, visibility: hours(1) }).error).toBe('InvalidParameterValue');
  expect(service.ask(receive).messages).toEqual([]);
  service.elapse(hours(1));
  expect(service.ask(receive).messages).toHaveLength(1);
});
