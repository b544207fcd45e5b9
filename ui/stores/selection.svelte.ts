/**
 * What the reader is looking at, over the whole page: a request by its number, which means the same in every future, and
 * an event by its id, which means something in one recording only. Whoever shows requests or events sets it.
 */
class Selection {
  request = $state<number>();
  event = $state<number>();
  /** Lines of the log that somebody has pointed out: of a kind of fact, with these words. */
  log = $state.raw<{ readonly kind: string; readonly text: string }>();

  clear(): void {
    this.request = undefined;
    this.event = undefined;
    this.log = undefined;
  }
}

export const selection = new Selection();
