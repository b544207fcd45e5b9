/**
 * What a policy is asked, as one list of whole numbers, so that it can be handed to another thread or process as it is: a
 * request for an object is its id; an object's removal and another capacity stand below zero. And what the policy did at
 * each step, as another such list.
 */

/** Ids and capacities are below it. */
export const STEP_BOUND = 1 << 24;

export const removalOf = (id: number): number => -1 - id;
export const resizeTo = (capacity: number): number => -STEP_BOUND - capacity;

export type Step =
  | { readonly kind: 'request' | 'remove'; readonly id: number }
  | { readonly kind: 'resize'; readonly capacity: number };

export function stepOf(code: number): Step {
  if (code >= 0) return { kind: 'request', id: code };
  return code < -STEP_BOUND ? { kind: 'resize', capacity: -STEP_BOUND - code } : { kind: 'remove', id: -1 - code };
}

/** A step in words: `request 7`, `remove 7`, `resize to 20`. */
export function stepInWords(code: number): string {
  const step = stepOf(code);
  return step.kind === 'resize' ? `resize to ${step.capacity}` : `${step.kind} ${step.id}`;
}

/**
 * What a policy says that it did: for each step a number, and after it the ids that it evicted. The number is twice their
 * count, and one more where the answer was true.
 */
export class ClaimLog {
  private words = new Int32Array(1024);
  private length = 0;

  add(answer: boolean, evicted: readonly number[]): void {
    this.reserve(evicted.length + 1);
    this.words[this.length++] = 2 * evicted.length + (answer ? 1 : 0);
    for (const id of evicted) this.words[this.length++] = id;
  }

  get claims(): Int32Array {
    return this.words.slice(0, this.length);
  }

  private reserve(more: number): void {
    if (this.length + more <= this.words.length) return;
    const grown = new Int32Array(2 * (this.length + more));
    grown.set(this.words.subarray(0, this.length));
    this.words = grown;
  }
}
