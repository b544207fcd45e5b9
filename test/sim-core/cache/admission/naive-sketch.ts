/** The frequency sketch as its definition reads: one number a counter, 64-bit hashes as big integers. */
const ROWS = [0xc3a5c85c97cb3127n, 0xb492b66fbe98f273n, 0x9ae16a3b2f90404fn, 0xcbf29ce484222325n];

export class NaiveSketch {
  private readonly slots: number;
  private readonly counters = new Map<number, number>();
  private increments = 0;
  private readonly onAging: () => void;

  constructor(entries: number, onAging: () => void = () => {}) {
    this.onAging = onAging;
    this.slots = 2 ** Math.ceil(Math.log2(entries));
  }

  increment(key: number): void {
    const counters = this.countersOf(key).filter((counter) => this.at(counter) < 15);
    for (const counter of counters) this.counters.set(counter, this.at(counter) + 1);
    if (counters.length > 0 && ++this.increments === 10 * this.slots) this.age();
  }

  frequency(key: number): number {
    return Math.min(...this.countersOf(key).map((counter) => this.at(counter)));
  }

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

  /** Of each row one counter: sixteen a slot, four of each slot to choose from by the hash's two lowest bits. */
  private countersOf(key: number): number[] {
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
