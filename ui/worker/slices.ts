/**
 * Long work in slices, so that the thread that it is done on stays able to answer: between two of them messages are heard,
 * a cancellation among them. The same in a worker and, where there is none, on the page's own thread.
 */

/** Wall time of a slice, in milliseconds: less than a frame. */
const SLICE_MS = 12;

export class Slices {
  readonly #turns = new MessageChannel();

  /** Does a piece of work after another until a slice is over; true once `piece` has said that it was the last one. */
  work(piece: () => boolean): boolean {
    const until = performance.now() + SLICE_MS;
    while (performance.now() < until) if (piece()) return true;
    return false;
  }

  /** Waits until messages that have arrived meanwhile are handled; a timer would be clamped to 4 ms. */
  next(): Promise<void> {
    const { port1, port2 } = this.#turns;
    return new Promise((resolve) => {
      port1.addEventListener('message', () => resolve(), { once: true });
      port1.start();
      port2.postMessage(undefined);
    });
  }
}
