/**
 * A value that follows another one after the frame that shows it has been painted: for what is further down the page and
 * takes as long to work out as all that is looked at first.
 */

/** So long after its frame's callbacks, in milliseconds, the frame has been painted: less than any run takes. */
const PAINTED_MS = 10;

export class Afterwards<Value> {
  #value = $state.raw() as Value;

  /** To be made while a component is: it follows for as long as that lives. The first value is taken at once. */
  constructor(source: () => Value) {
    this.#value = source();
    $effect(() => {
      const value = source();
      let timer: ReturnType<typeof setTimeout> | undefined;
      const frame = requestAnimationFrame(() => {
        timer = setTimeout(() => {
          this.#value = value;
        }, PAINTED_MS);
      });
      return () => {
        cancelAnimationFrame(frame);
        clearTimeout(timer);
      };
    });
  }

  get value(): Value {
    return this.#value;
  }
}
