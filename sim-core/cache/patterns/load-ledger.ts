/** Counts the loads of each key under way over all instances. The experimenter knows; the instances do not. */
export class LoadLedger {
  private readonly underWay = new Map<number, number>();

  /** Notes that a load begins and returns how many of the key were under way before. */
  begin(key: number): number {
    const before = this.underWay.get(key) ?? 0;
    this.underWay.set(key, before + 1);
    return before;
  }

  end(key: number): void {
    const left = this.underWay.get(key)! - 1;
    if (left === 0) this.underWay.delete(key);
    else this.underWay.set(key, left);
  }
}
