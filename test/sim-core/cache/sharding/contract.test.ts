/** What every shard map keeps to, beside a naive rule of each, before and after losses; how evenly each spreads keys, and how many move when a shard is lost. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstHash, secondHash } from '../../../../sim-core/cache/admission/key-hashes.ts';
import { shardMaps, type ShardMapName } from '../../../../sim-core/cache/sharding/shard-maps.ts';
import { crc16, slotOf } from '../../../../sim-core/cache/sharding/slot-map.ts';
import { sharedVectors } from '../../../shared-vectors.ts';

const KEYS = 20_000;
const slotsOfRedis = sharedVectors<{
  rows: { key: string; crc16: number; slot_observed: number }[];
}>('redis_hash_slots.json');
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `cache-${i + 1}`);

describe.each(Object.entries(shardMaps))('%s', (name, { create }) => {
  // 160 points a shard: a shard's part of the ring deviates by about 1 / sqrt(160) of itself, here by four of them.
  const unevenness = name === 'consistent-hash' ? 4 / Math.sqrt(160) : 0.1;

  it.each([1, 2, 5, 8])('gives every key to one of %d shards, always the same, and none of them too many', (count) => {
    const map = create(names(count));
    const again = create(names(count));
    const keys = Array.from({ length: count }, () => 0);
    for (let key = 0; key < KEYS; key++) {
      const shard = map.shardOf(key);
      if (again.shardOf(key) !== shard) expect.unreachable(`${key} is given to ${shard} and to another`);
      keys[shard]++;
    }
    for (const held of keys) expect(Math.abs((held * count) / KEYS - 1)).toBeLessThan(unevenness);
  });

  it('after a loss every key has a shard, and not the one that is gone', () => {
    const map = create(names(5)).without('cache-3');
    expect(map.shards).toEqual(['cache-1', 'cache-2', 'cache-4', 'cache-5']);
    for (let key = 0; key < KEYS; key++) {
      if (map.shards[map.shardOf(key)] === undefined) expect.unreachable(`${key} is given to nobody`);
    }
  });

  it('when one of five shards is lost, as many keys move as the rule says', () => {
    const before = create(names(5));
    const after = before.without('cache-3');
    let moved = 0;
    let lost = 0;
    for (let key = 0; key < KEYS; key++) {
      const shard = before.shards[before.shardOf(key)];
      if (shard === 'cache-3') lost++;
      else if (after.shards[after.shardOf(key)] !== shard) moved++;
    }
    expect(Math.abs((lost * 5) / KEYS - 1)).toBeLessThan(unevenness);
    // Modulo 5 and modulo 4 agree for the remainders 0 to 3 of 20; shard 3 is gone, and 4 and 5 have the names of 3 and 4.
    if (name === 'modulo') expect(moved / KEYS).toBeGreaterThan(0.55);
    else expect(moved).toBe(0);
  });

  it('cannot do without its last shard, or without one that it does not have', () => {
    expect(() => create(['one']).without('one')).toThrow('one is the last shard');
    expect(() => create(['one', 'two']).without('three')).toThrow('there is no shard three; there are one, two');
    expect(() => create([])).toThrow('shards: there are none');
    expect(() => create(['one', 'one'])).toThrow('shards: one, one has a name twice');
  });
});

/** The same rules as plainly as can be: whose name has a key, once shards are lost one after the other. */
const naive: Record<ShardMapName, (shards: readonly string[], lost: readonly string[]) => (key: number) => string> = {
  modulo: (shards, lost) => {
    const left = shards.filter((shard) => !lost.includes(shard));
    return (key) => left[Number(BigInt(firstHash(key) >>> 0) % BigInt(left.length))];
  },
  // All points that are left, looked through for the nearest one ahead; around the ring, once there is none.
  'consistent-hash': (shards, lost) => {
    const points = shards
      .filter((shard) => !lost.includes(shard))
      .flatMap((shard) => Array.from({ length: 160 }, (_, i) => ({ shard, at: pointOf(shard, i) })));
    return (key) => {
      const place = secondHash(key) >>> 0;
      let nearest = { shard: '', ahead: Infinity };
      for (const { shard, at } of points) {
        const ahead = at >= place ? at - place : at - place + 2 ** 32;
        if (ahead < nearest.ahead) nearest = { shard, ahead };
      }
      return nearest.shard;
    };
  },
  // Ranges of 16,384 slots, of which a lost shard's are dealt out to those that are left.
  'slot-map': (shards, lost) => {
    let names = [...shards];
    const owners = Array.from({ length: 16_384 }, (_, slot) =>
      names.findLast((_, i) => slot * names.length >= i * 16_384)!,
    );
    for (const one of lost) {
      names = names.filter((name) => name !== one);
      const itsSlots = owners.flatMap((name, slot) => (name === one ? [slot] : []));
      itsSlots.forEach((slot, turn) => (owners[slot] = names[turn % names.length]));
    }
    return (key) => owners[remainderOf(String(key)) % 16_384];
  },
};

/** Of a shard's points on the ring the one of this number; its name is hashed by FNV-1a, in whole numbers of any size. */
function pointOf(shard: string, i: number): number {
  const name = [...shard].reduce(
    (hash, one) => ((hash ^ BigInt(one.charCodeAt(0))) * 16_777_619n) % 2n ** 32n,
    2_166_136_261n,
  );
  return firstHash(Number(name) ^ secondHash(i)) >>> 0;
}

/** CRC-16/XMODEM as long division: what is left of the bits, 16 zeros after them, by x^16 + x^12 + x^5 + 1. */
function remainderOf(text: string): number {
  const bits = [...text].map((one) => one.charCodeAt(0).toString(2).padStart(8, '0')).join('') + '0'.repeat(16);
  let rest = 0;
  for (const bit of bits) {
    rest = rest * 2 + Number(bit);
    if (rest >= 2 ** 16) rest = (rest ^ 0x11021) >>> 0;
  }
  return rest;
}

it.each(Object.keys(naive) as ShardMapName[])(
  '%s has each key where the naive rule has it, and still after two losses',
  (name) => {
    // Of the ring's keys one in some hundreds lies behind the last point, and belongs to the first.
    const anyLoss = fc.record({
      count: fc.integer({ min: 3, max: 8 }),
      one: fc.nat(),
      other: fc.nat(),
      from: fc.nat(1e9),
    });
    fc.assert(
      fc.property(anyLoss, ({ count, one, other, from }) => {
        const keys = Array.from({ length: 400 }, (_, i) => from + 7919 * i);
        const shards = names(count);
        const first = shards[one % count];
        const second = shards.filter((shard) => shard !== first)[other % (count - 1)];
        let map = shardMaps[name].create(shards);
        for (const lost of [[], [first], [first, second]]) {
          if (lost.length > 0) map = map.without(lost.at(-1)!);
          const nameOf = naive[name](shards, lost);
          const { shards: left } = map;
          expect(keys.filter((key) => left[map.shardOf(key)] !== nameOf(key))).toEqual([]);
        }
      }),
      { numRuns: 25 },
    );
  },
);

describe('slots', () => {
  it('are by the CRC of the specification', () => {
    expect(crc16('123456789')).toBe(0x31c3);
  });

  // As `CLUSTER KEYSLOT` of Redis 7.0 answers.
  it.each([
    ['foo', 12_182],
    ['bar', 5061],
    ['hello', 866],
  ])('of %s is %d', (key, slot) => {
    expect(slotOf(key)).toBe(slot);
  });

  it.skipIf(slotsOfRedis.isLeftOut)('are those that a server gave, without a hash tag', () => {
    const { rows } = slotsOfRedis.read();
    const plain = rows.filter(({ key }) => /^[\x20-\x7a]*$/.test(key));
    expect(plain.length).toBeGreaterThan(5);
    for (const { key, crc16: crc, slot_observed: slot } of plain)
      expect([crc16(key), slotOf(key)]).toEqual([crc, slot]);
  });
});
