/** Which requests are exported: as few as fit, the same ones in every variant, and the slowest of each stretch. */
import { expect, it } from 'vitest';
import stampede from '../../../../scenarios/caching/stampede.ts';
import { eventsAbout, ms, requestsOf, run, s } from '../../../../sim-core/index.ts';
import { chosenRequests } from '../../../../sim-core/lab/export/chosen-requests.ts';
import { tracedRun } from '../../../traced-runs.ts';

const busy = ['none', 'mutex'].map((variant) => run(stampede, { variant, params: { length: s(7), ttl: ms(1500) } }));

it('are all of a small run, in order of their start', () => {
  const recording = tracedRun('none');
  const { requests, sampled, oneIn, of } = chosenRequests(recording);
  expect(requests).toEqual(requestsOf(recording).lives.map(({ request }) => request));
  expect([sampled.size, oneIn, of]).toEqual([requests.length, 1, requests.length]);
});

it('are a sample of a larger one that fits, whose requests are in that of every other variant', () => {
  const [one, other] = busy.map(chosenRequests);
  for (const [chosen, recording] of [
    [one, busy[0]],
    [other, busy[1]],
  ] as const) {
    expect(chosen.oneIn).toBeGreaterThan(1);
    for (const kind of [chosen.sampled, chosen.slowest]) {
      const events = [...kind].reduce((sum, request) => sum + eventsAbout(recording.events, request).length, 0);
      expect(events).toBeLessThanOrEqual(12_000);
    }
    // Half as many as fit at the least, but for chance: the sample is halved no further than it has to be.
    expect(chosen.sampled.size).toBeGreaterThan(300);
    expect(chosen.sampled.size).toBeLessThanOrEqual(1000);
  }
  const [fewer, more] = one.oneIn < other.oneIn ? [other, one] : [one, other];
  expect([...fewer.sampled].filter((request) => !more.sampled.has(request))).toEqual([]);
});

it('are the slowest of their stretches as well', () => {
  const [recording] = busy;
  const { slowest } = chosenRequests(recording);
  const { lives } = requestsOf(recording);
  const ended = lives.filter(({ end }) => !Number.isNaN(end));
  const longest = Math.max(...ended.map(({ start, end }) => end - start));
  const lengths = ended.filter(({ request }) => slowest.has(request)).map(({ start, end }) => end - start);
  expect(Math.max(...lengths)).toBe(longest);
  expect(slowest.size).toBeGreaterThan(50);
});
