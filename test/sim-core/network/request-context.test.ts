/** A request's deadline on its way through calls, and its draws, which are the same however it is handed on. */
import { expect, it } from 'vitest';
import { RequestContext } from '../../../sim-core/network/request-context.ts';

it('takes the earliest deadline on its way, and none where it is begun anew', () => {
  const request = new RequestContext(7, 10);
  const earlier = request.within(100).within(60);
  expect([request.deadline, earlier.deadline, earlier.within(80).deadline]).toEqual([Infinity, 60, 60]);
  expect(earlier.within(80)).toBe(earlier);
  const anew = earlier.withoutDeadline();
  expect([anew.deadline, anew.id, anew.started]).toEqual([Infinity, 7, 10]);
  expect(anew.within(500).deadline).toBe(500);
});

it('draws one key after the other for all that is made of it', () => {
  const request = new RequestContext(7, 10);
  const within = request.within(60);
  const all = [request, within, within.withoutDeadline(), request.within(50)];
  for (const next of ['nextMessageKey', 'nextWorkKey', 'nextSpanKey'] as const) {
    const keys = all.map((each) => each[next]());
    expect(keys).toEqual([0, 1, 2, 3].map((number) => 7 * 65_536 + number));
  }
});
