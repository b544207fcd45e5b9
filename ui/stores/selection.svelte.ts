/**
 * What the reader is looking at, over the whole page: a request by its number, which means the same in every future, and
 * an event by its id, which means something in one recording only. Whoever shows requests or events sets it.
 */
class Selection {
  request = $state<number>();
  event = $state<number>();

  clear(): void {
    this.request = undefined;
    this.event = undefined;
  }
}

export const selection = new Selection();
