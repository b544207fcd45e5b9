/**
 * Ids of the traces and spans of a run. They follow from the run's digest and the request's number: the same run has the
 * same ids wherever it is computed, and two runs that stand in one backend never share a trace. The first half of a trace's
 * id is the run's; the second is spread evenly, since samplers go by it
 * (https://www.w3.org/TR/trace-context-2/#randomness-of-trace-id).
 *
 * Words are spread by the finaliser of MurmurHash3 (Austin Appleby), a bijection of 32 bits: no two requests share an id, and no
 * two spans of a request.
 */
const WORD_DIGITS = 8;
/** 2^-32, exactly. */
const HIGH_WORD = 1 / 4_294_967_296;

export class TraceIds {
  private readonly words: readonly number[];

  /** `digest`: `sha256:` and hexadecimal digits. */
  constructor(digest: string) {
    const digits = digest.slice(digest.indexOf(':') + 1);
    this.words = [0, 1, 2, 3].map((word) =>
      Number.parseInt(digits.slice(word * WORD_DIGITS, (word + 1) * WORD_DIGITS), 16),
    );
  }

  /** 32 hexadecimal digits. */
  trace(request: number): string {
    const [first, second] = this.words;
    const [third, fourth] = this.spread(request);
    return hex(first) + hex(second) + hex(third) + hex(fourth);
  }

  /** 16 hexadecimal digits; `place`: which span of the request it is, from 0, the root, on. */
  span(request: number, place: number): string {
    const [third, fourth] = this.spread(request);
    return hex(spread(third ^ (place + 1))) + hex(spread(fourth ^ Math.imul(place + 1, 0x9e3779b1)));
  }

  private spread(request: number): readonly [number, number] {
    const [, , third, fourth] = this.words;
    const low = spread(third ^ (request | 0));
    return [low, spread(fourth ^ low ^ ((request * HIGH_WORD) | 0))];
  }
}

function spread(word: number): number {
  let hash = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const hex = (word: number): string => (word >>> 0).toString(16).padStart(WORD_DIGITS, '0');
