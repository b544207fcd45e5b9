/** First in, first out over a ring that grows: O(1) at both ends. It has no bound: whoever needs one looks at `size`. */
export class Fifo<Item> {
  private items: (Item | undefined)[] = Array.from({ length: 8 });
  private head = 0;
  size = 0;

  add(item: Item): void {
    this.makeRoom();
    this.items[(this.head + this.size++) & (this.items.length - 1)] = item;
  }

  addFirst(item: Item): void {
    this.makeRoom();
    this.head = (this.head - 1) & (this.items.length - 1);
    this.items[this.head] = item;
    this.size++;
  }

  /** The one that `take` would take; undefined if there is none. */
  get first(): Item | undefined {
    return this.items[this.head];
  }

  take(): Item {
    const item = this.items[this.head] as Item;
    this.items[this.head] = undefined;
    this.head = (this.head + 1) & (this.items.length - 1);
    this.size--;
    return item;
  }

  private makeRoom(): void {
    const { items, head } = this;
    if (this.size < items.length) return;
    this.items = [...items.slice(head), ...items.slice(0, head), ...Array.from<undefined>({ length: items.length })];
    this.head = 0;
  }
}
