/**
 * Redis Cluster's map: a key's slot is CRC16 of its name modulo 16,384, and shards own ranges of slots, dealt out evenly as
 * by `redis-cli --cluster create`. When a shard is lost for good its slots are given to the others in turn; keys of other
 * slots stay where they are. (Redis Cluster specification, "Key distribution model"; the CRC is XMODEM's.)
 *
 * Names of keys are their numbers in decimal. Does not model hash tags, replicas that take a master's place, or `MOVED`
 * and `ASK`: clients know the map.
 */
import { checkShards, shardsWithout, type ShardMap } from './shard-map.ts';

export const SLOTS = 16_384;

export function slotMap(shards: readonly string[]): ShardMap {
  checkShards(shards);
  const owners = Uint16Array.from({ length: SLOTS }, (_, slot) => Math.floor((slot * shards.length) / SLOTS));
  return new SlotMap(shards, owners);
}

class SlotMap implements ShardMap {
  readonly shards: readonly string[];
  private readonly owners: Uint16Array;

  constructor(shards: readonly string[], owners: Uint16Array) {
    this.shards = shards;
    this.owners = owners;
  }

  shardOf(key: number): number {
    return this.owners[slotOf(String(key))];
  }

  without(lost: string): ShardMap {
    const left = shardsWithout(this.shards, lost);
    let turn = 0;
    const owners = this.owners.map((owner) => {
      const name = this.shards[owner];
      return name === lost ? turn++ % left.length : left.indexOf(name);
    });
    return new SlotMap(left, owners);
  }
}

/** The slot of a key's name, of which only the characters' lower bytes count: 0 to 16,383. */
export function slotOf(name: string): number {
  return crc16(name) % SLOTS;
}

/** CRC-16/XMODEM: polynomial 0x1021, from 0. Of "123456789" it is 0x31c3. */
export function crc16(text: string): number {
  let crc = 0;
  for (let i = 0; i < text.length; i++) {
    crc ^= (text.charCodeAt(i) & 0xff) << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021) & 0xffff;
  }
  return crc;
}
