/**
 * Work that pauses between its pieces, for whoever does it on a thread that has to answer meanwhile: a generator that
 * gives nothing but its result. Who has no reason to pause does it as a `whole`.
 */
export type Pieces<Result> = Generator<undefined, Result>;

/** Rows of a recording that are gone through in one piece: about a millisecond, some where much is done with each. */
const PIECE = 16_384;

export function whole<Result>(work: Pieces<Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** Goes through `count` rows in their order, those of a piece at a time, and pauses after each. */
export function* inPieces(count: number, go: (from: number, to: number) => void): Pieces<void> {
  for (let from = 0; from < count; from += PIECE) {
    go(from, Math.min(count, from + PIECE));
    yield;
  }
}
