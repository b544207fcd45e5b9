/** The shard maps by name: the values that a scenario's parameter may take. */
import { hashRing } from './hash-ring.ts';
import { modulo } from './modulo.ts';
import type { ShardMap } from './shard-map.ts';
import { slotMap } from './slot-map.ts';

export interface ShardMapEntry {
  readonly help: string;
  readonly create: (shards: readonly string[]) => ShardMap;
}

export const shardMaps = {
  modulo: { help: 'hash of the key modulo the number of shards', create: modulo },
  'consistent-hash': { help: 'a ring on which each shard stands at 160 points', create: hashRing },
  'slot-map': { help: 'Redis Cluster’s 16,384 slots, by CRC16 of the key', create: slotMap },
} as const satisfies Readonly<Record<string, ShardMapEntry>>;

export type ShardMapName = keyof typeof shardMaps;
