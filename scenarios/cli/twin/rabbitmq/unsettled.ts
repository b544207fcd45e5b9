/**
 * What one client has been handed and has not settled, and which of it a step means. Two queues that hand something to one
 * channel in the same step do so in either order, so nothing here depends on it: deliveries of a step stand by consumer,
 * and who settles several at once settles all that came until the end of a step.
 */
interface Delivered {
  readonly tag: number;
  /** The step in which it came. */
  readonly step: number;
  readonly consumer: string;
}

export class UnsettledDeliveries {
  private list: Delivered[] = [];

  get isEmpty(): boolean {
    return this.list.length === 0;
  }

  add(tag: number, step: number, consumer = ''): void {
    this.list.push({ tag, step, consumer });
    this.list.sort(
      (a, b) => a.step - b.step || (a.consumer === b.consumer ? a.tag - b.tag : a.consumer < b.consumer ? -1 : 1),
    );
  }

  /** Takes out one by a number that is counted round, or it and all that came until then; the tag to settle. */
  take(pick: number, isMultiple: boolean): number | undefined {
    if (this.list.length === 0) return undefined;
    const chosen = this.list[pick % this.list.length];
    if (!isMultiple) {
      this.list = this.list.filter((each) => each !== chosen);
      return chosen.tag;
    }
    const tag = Math.max(...this.list.filter(({ step }) => step <= chosen.step).map((each) => each.tag));
    this.list = this.list.filter(({ step }) => step > chosen.step);
    return tag;
  }

  clear(): void {
    this.list = [];
  }
}
