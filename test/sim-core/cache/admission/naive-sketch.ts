/** The frequency sketches as their definitions read: one number a counter, 64-bit hashes as big integers. */
const ROWS = [0xc3a5c85c97cb3127n, 0xb492b66fbe98f273n, 0x9ae16a3b2f90404fn, 0xcbf29ce484222325n];

/** What the two have in common: counters by number, four a key, and their aging. */
abstract class NaiveCounters {
  private readonly counters = new Map<number, number>();
  private increments = 0;
  protected abstract readonly sample: number;
  private readonly onAging: () => void;

  constructor(onAging: () => void) {
    this.onAging = onAging;
  }

  increment(key: number): void {
    const counters = this.countersOf(key).filter((counter) => this.at(counter) < 15);
    for (const counter of counters) this.counters.set(counter, this.at(counter) + 1);
    if (counters.length > 0 && ++this.increments === this.sample) this.age();
  }

  frequency(key: number): number {
    return Math.min(...this.countersOf(key).map((counter) => this.at(counter)));
  }

  /** Four numbers of counters. */
  protected abstract countersOf(key: number): number[];

  private at(counter: number): number {
    return this.counters.get(counter) ?? 0;
  }

  private age(): void {
    let odd = 0;
    for (const [counter, count] of this.counters) {
      odd += count % 2;
      this.counters.set(counter, Math.floor(count / 2));
    }
    this.increments = Math.floor((this.increments - Math.floor(odd / 4)) / 2);
    this.onAging();
  }
}

export class NaiveSketch extends NaiveCounters {
  private readonly slots: number;
  protected readonly sample: number;

  constructor(entries: number, onAging: () => void = () => {}) {
    super(onAging);
    this.slots = 2 ** Math.ceil(Math.log2(entries));
    this.sample = 10 * this.slots;
  }

  /** Of each row one counter: sixteen a slot, four of each slot to choose from by the hash's two lowest bits. */
  protected countersOf(key: number): number[] {
    const hash = spread(key);
    return ROWS.map((row, index) => {
      const product = BigInt.asUintN(64, (BigInt(hash) + row) * row);
      const slot = Number(BigInt.asUintN(32, product + (product >> 32n))) % this.slots;
      return slot * 16 + (hash & 3) * 4 + index;
    });
  }
}

function spread(key: number): number {
  let hash = key;
  for (let round = 0; round < 2; round++) hash = Math.imul((hash >>> 16) ^ hash, 0x45d9f3b);
  return (hash >>> 16) ^ hash;
}

/** The library's: a 64-bit slot is addressed as (block << 3) + (row << 1) + a bit, and a counter in it by four more bits. */
export class NaiveBlockSketch extends NaiveCounters {
  private readonly blocks: bigint;
  protected readonly sample: number;

  constructor(entries: number, onAging: () => void = () => {}) {
    super(onAging);
    this.blocks = BigInt(Math.max(8, 2 ** Math.ceil(Math.log2(entries)))) / 8n;
    this.sample = 10 * entries;
  }

  protected countersOf(key: number): number[] {
    const first = times(shifted(times(shifted(BigInt(key), 17n), 0xed5ad4bbn), 11n), 0xac4c1b51n);
    const blockHash = shifted(first, 15n);
    const counterHash = shifted(times(blockHash, 0x31848babn), 14n);
    return [0n, 1n, 2n, 3n].map((row) => {
      const byte = (counterHash >> (8n * row)) & 0xffn;
      const slot = (blockHash % this.blocks) * 8n + 2n * row + (byte & 1n);
      return Number(slot * 16n + ((byte >> 1n) & 15n));
    });
  }
}

const shifted = (hash: bigint, by: bigint): bigint => BigInt.asUintN(32, hash) ^ (BigInt.asUintN(32, hash) >> by);
const times = (hash: bigint, factor: bigint): bigint => BigInt.asUintN(32, hash * factor);
