/**
 * Who moves in a consistent-hash exchange when a destination goes, beside the mathematics of its row of buckets, and beside
 * the jump hash as Lamping & Veach define it: as buckets are added one by one, a key jumps to the n-th with the chance 1 / n.
 *
 * With n destinations of w buckets each, N = n w. The first one goes: buckets are numbered anew, so that bucket b of those
 * left is what b + w was, and there are N - w. A key below N - w keeps its number, and so has the destination behind: it moves. A
 * key in one of the last w buckets, a share of 1 / n, has its last jump below N - w, which is uniform there; it is where it was
 * if that is among the last destination's w, a share of 1 / (n - 1). So 1 - 1 / (n (n - 1)) of the keys move: 11 in 12 of four.
 */
import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../sim-core/kernel/random-streams.ts';
import { consistentHash } from '../../sim-core/messaging/channels/exchanges/consistent-hash.ts';
import type { Destination } from '../../sim-core/messaging/channels/exchanges/exchange-type.ts';

const KEYS = 20_000;
/** A binomial number is so many deviations from its mean once in 1.7 million. */
const DEVIATIONS = 4.9;

type Change = 'first goes' | 'last goes' | 'one comes';

const SHARES: Readonly<Record<Change, (n: number) => number>> = {
  'first goes': (n) => 1 - 1 / (n * (n - 1)),
  'last goes': (n) => 1 / n,
  'one comes': (n) => 1 / (n + 1),
};

/** The share of keys that the exchange sends elsewhere after a change. */
function movedByExchange(n: number, weight: number, change: Change): number {
  const destinations = Array.from({ length: n + 1 }, (_, i): Destination => ({ kind: 'queue', name: `q${i}` }));
  const router = consistentHash.create();
  const binding = (i: number) => ({ key: String(weight), destination: destinations[i], arguments: {} });
  const owners = (): string[] =>
    Array.from({ length: KEYS }, (_, key) => {
      const found = new Set<Destination>();
      router.route({} as never, `key ${key}`, found);
      return [...found][0].name;
    });
  for (let i = 0; i < n; i++) router.bind(binding(i));
  const before = owners();
  if (change === 'one comes') router.bind(binding(n));
  else router.unbind(binding(change === 'first goes' ? 0 : n - 1));
  const after = owners();
  return before.filter((owner, key) => owner !== after[key]).length / KEYS;
}

/** The same by the definition: the bucket of each key after every number of buckets, by a draw for each. */
function movedByDefinition(n: number, weight: number, change: Change): number {
  const random = new RandomStreams(7).stream(`jumps of ${n} x ${weight}`);
  const [buckets, most] = [n * weight, (n + 1) * weight];
  const left = change === 'one comes' ? most : buckets - weight;
  let moved = 0;
  for (let key = 0; key < KEYS; key++) {
    let bucket = 0;
    const after: number[] = [0, 0];
    for (let count = 2; count <= most; count++) {
      if (random.next() < 1 / count) bucket = count - 1;
      after.push(bucket);
    }
    const owner = Math.floor(after[buckets] / weight);
    const numberOfFirst = change === 'first goes' ? 1 : 0;
    moved += Number(Math.floor(after[left] / weight) + numberOfFirst !== owner);
  }
  return moved / KEYS;
}

describe.each([2, 3, 4, 6])('of %d destinations', (n) => {
  it.each<[Change, number]>([
    ['first goes', 1],
    ['first goes', 10],
    ['last goes', 10],
    ['one comes', 10],
  ])('when the %s, with %d buckets each, as many keys move as the mathematics says', (change, weight) => {
    const share = SHARES[change](n);
    const room = DEVIATIONS * Math.sqrt((share * (1 - share)) / KEYS);
    expect(Math.abs(movedByDefinition(n, weight, change) - share)).toBeLessThanOrEqual(room);
    expect(Math.abs(movedByExchange(n, weight, change) - share)).toBeLessThanOrEqual(room);
  });
});

it('is 11 in 12 for the first of four', () => {
  expect(SHARES['first goes'](4)).toBeCloseTo(11 / 12, 12);
});
