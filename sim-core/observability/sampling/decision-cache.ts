/** Ids of traces that were decided alike, as many as there is room for: the one not asked for the longest goes first (LRU). */
export class DecisionCache {
  private readonly size: number;
  /** In order of their last use. */
  private readonly ids = new Set<string>();

  /** A size of 0 remembers nothing. */
  constructor(size: number) {
    this.size = size;
  }

  has(id: string): boolean {
    if (!this.ids.delete(id)) return false;
    this.ids.add(id);
    return true;
  }

  /** Says whether it is remembered. */
  add(id: string): boolean {
    if (this.size === 0) return false;
    this.ids.delete(id);
    if (this.ids.size === this.size) this.ids.delete(this.ids.values().next().value!);
    this.ids.add(id);
    return true;
  }

  clear(): void {
    this.ids.clear();
  }
}
