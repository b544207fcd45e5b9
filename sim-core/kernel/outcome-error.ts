/**
 * The errors that are outcomes of a run and not mistakes in it: a full waiting line, a call that failed, an
 * interruption. In an overloaded system they are thrown for every other request, and what an engine takes to note
 * where (V8: 7 µs, 14 at a depth of ten frames, against 0.3 without) would be most of what such a request costs. So
 * these know their name and message, are instances of `Error`, and have no trace of the stack.
 */
export abstract class OutcomeError implements Error {
  abstract readonly name: string;
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }

  /** What a trace begins with, and no more. */
  get stack(): string {
    return this.toString();
  }

  toString(): string {
    return `${this.name}: ${this.message}`;
  }
}

// By inheritance alone: calling Error's constructor is what captures the stack.
Object.setPrototypeOf(OutcomeError.prototype, Error.prototype);
