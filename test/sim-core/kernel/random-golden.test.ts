/**
 * First values of streams and distributions, frozen. They say nothing about quality: a change here means that every
 * recording ever made replays differently, which is a decision, not a detail.
 */
import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../../sim-core/kernel/random-streams.ts';
import { examples } from './distributions/examples.ts';

describe('no regression', () => {
  it.each([1, 'brownout'])('streams of seed %s', (seed) => {
    const streams = new RandomStreams(seed);
    const stream = streams.stream('users/arrivals');
    const keyed = streams.keyed('users/arrivals');
    expect(Array.from({ length: 5 }, () => stream.next())).toMatchSnapshot('sequential');
    expect(Array.from({ length: 5 }, () => stream.integer(1000))).toMatchSnapshot('integers');
    expect(
      [0, 1, 2 ** 32, Number.MAX_SAFE_INTEGER].map((key) => {
        const random = keyed.of(key);
        return [random.next(), random.next()];
      }),
    ).toMatchSnapshot('keyed');
  });

  it.each(examples.map((distribution) => ({ name: distribution.describe(), distribution })))(
    '$name',
    ({ distribution }) => {
      const stream = new RandomStreams(1).stream('golden');
      expect(Array.from({ length: 5 }, () => distribution.sample(stream))).toMatchSnapshot('first five');
    },
  );
});
