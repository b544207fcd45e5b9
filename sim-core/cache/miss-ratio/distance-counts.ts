/**
 * The histogram of stack distances, from which the hits of a stack algorithm at every capacity are read off: a request hits if fewer
 * others stand above its object than the cache holds (Mattson, Gecsei, Slutz and Traiger, 1970).
 */
export class DistanceCounts {
  requests = 0;
  /** How many requests had each distance. */
  private counts = new Float64Array(64);

  /** `distance`: from 0; Infinity of an object's first request. */
  add(distance: number): void {
    this.requests++;
    if (distance === Infinity) return;
    if (distance >= this.counts.length) {
      const grown = new Float64Array(2 * distance);
      grown.set(this.counts);
      this.counts = grown;
    }
    this.counts[distance]++;
  }

  /** Of the requests so far, those that hit in a cache of each capacity; capacities may be fractions. */
  hits(capacities: readonly number[]): number[] {
    const upTo = new Float64Array(this.counts.length + 1);
    for (let distance = 0; distance < this.counts.length; distance++) {
      upTo[distance + 1] = upTo[distance] + this.counts[distance];
    }
    return capacities.map((capacity) => upTo[Math.min(Math.ceil(capacity), this.counts.length)]);
  }
}
