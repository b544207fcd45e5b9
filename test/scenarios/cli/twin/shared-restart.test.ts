/** One server that is killed for several plays: when it is, who waits for it, and what a failure leaves behind. */
import { expect, it } from 'vitest';
import { SharedRestart } from '../../../../scenarios/cli/twin/shared-restart.ts';

/** A restart that ends when the test says so. */
function held() {
  const ends: { up: () => void; fail: () => void }[] = [];
  const restarts = new SharedRestart(
    () => new Promise((resolve, reject) => void ends.push({ up: resolve, fail: () => reject(new Error('no server')) })),
  );
  return { restarts, ends };
}

it('kills the server once for all plays, when each of them wants that or is over', async () => {
  const { restarts, ends } = held();
  for (let i = 0; i < 3; i++) await restarts.begin();
  const both = Promise.all([restarts.restart(), restarts.restart()]);
  expect(ends).toHaveLength(0);
  restarts.end();
  expect(ends).toHaveLength(1);
  ends[0].up();
  await both;
});

it('has a play wait that begins meanwhile, which then is one of those that have to agree', async () => {
  const { restarts, ends } = held();
  await restarts.begin();
  const first = restarts.restart();
  const late = restarts.begin();
  ends[0].up();
  await Promise.all([first, late]);
  const second = restarts.restart();
  expect(ends).toHaveLength(1);
  restarts.end();
  expect(ends).toHaveLength(2);
  ends[1].up();
  await second;
});

it('does not wait for plays that could not begin, since the server did not come up', async () => {
  const { restarts, ends } = held();
  await restarts.begin();
  const all = Promise.allSettled([restarts.restart(), restarts.begin(), restarts.begin()]);
  ends[0].fail();
  expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  restarts.end();
  const second = restarts.restart();
  expect(ends).toHaveLength(2);
  ends[1].up();
  await second;
  await restarts.begin();
});
