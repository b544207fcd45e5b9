/** What every shard map keeps to; how evenly each spreads keys, and how many move when a shard is lost. */
import { describe, expect, it } from 'vitest';
import { shardMaps } from '../../../../sim-core/cache/sharding/shard-maps.ts';
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
      expect(again.shardOf(key)).toBe(shard);
      keys[shard]++;
    }
    for (const held of keys) expect(Math.abs((held * count) / KEYS - 1)).toBeLessThan(unevenness);
  });

  it('after a loss every key has a shard, and not the one that is gone', () => {
    const map = create(names(5)).without('cache-3');
    expect(map.shards).toEqual(['cache-1', 'cache-2', 'cache-4', 'cache-5']);
    for (let key = 0; key < KEYS; key++) expect(map.shards[map.shardOf(key)]).toBeDefined();
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
