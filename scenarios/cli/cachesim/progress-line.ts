/** One line at the foot of a terminal that is written over as the work goes on, and wiped at the end. */
const INTERVAL_MS = 100;
const WIPE = '\r\u001B[K';

export class ProgressLine {
  readonly #write: (text: string) => void;
  #lastMs = -Infinity;
  #isShown = false;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** Shows what `text` gives, unless something was shown a moment ago. */
  show(text: () => string): void {
    const now = performance.now();
    if (now - this.#lastMs < INTERVAL_MS) return;
    this.#lastMs = now;
    this.#isShown = true;
    this.#write(WIPE + text());
  }

  wipe(): void {
    if (this.#isShown) this.#write(WIPE);
    this.#isShown = false;
  }
}
