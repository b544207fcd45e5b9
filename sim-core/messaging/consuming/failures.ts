/**
 * Which messages fail, how often, and which take long. All of it belongs to the message and not to who handles it: it is
 * drawn once by the message's id, so that however many consumers there are and however they retry, they meet the same
 * messages.
 *
 * - Transient: a message fails so many times and then succeeds (`failsTimes`, `failsWithProbability`).
 * - Poison: a message fails for ever, as one does that the consumers' code has no answer to; known by its key, until the
 *   code is mended.
 * - Slow: a message takes so many times as long as another.
 */
import { ln } from '../../kernel/maths.ts';
import type { KeyedStream, RandomStream } from '../../kernel/random-stream.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Received } from './received.ts';

/** How often a message fails before it succeeds, from its own draws: an integer of at least 0. */
export type TransientFailures = (draws: RandomStream) => number;

/** So many times, of a share of the messages. */
export const failsTimes =
  (times: number, share: number): TransientFailures =>
  (draws) =>
    draws.next() < share ? times : 0;

/** Each attempt fails with a probability p < 1, whatever came of those before it: k failures have the chance p^k (1 - p). */
export function failsWithProbability(p: number): TransientFailures {
  if (!(p >= 0 && p < 1)) throw new RangeError(`the probability of a failure is ${p}; it must be from 0 to below 1`);
  return (draws) => (p === 0 ? 0 : Math.floor(ln(1 - draws.next()) / ln(p)));
}

export interface FailureOptions {
  readonly transient?: TransientFailures;
  /** Keys that are poison from the start. */
  readonly isPoison?: (key: number) => boolean;
  /** A share of the messages takes `factor` times as long. */
  readonly slow?: { readonly share: number; readonly factor: number };
}

export class Failures {
  private readonly options: FailureOptions;
  private readonly transientDraws: KeyedStream;
  private readonly slowDraws: KeyedStream;
  /** Of messages that have failed and not succeeded: how often. */
  private readonly failed = new Map<number, number>();
  private readonly poisoned = new Set<number>();
  private isMended = false;

  constructor(sim: Simulation, name: string, options: FailureOptions) {
    this.options = options;
    this.transientDraws = sim.keyedRandom(`${name}/transient failures`);
    this.slowDraws = sim.keyedRandom(`${name}/slow messages`);
  }

  /** How many times as long as another this message takes. */
  slowness({ id }: Received): number {
    const { slow } = this.options;
    return slow !== undefined && this.slowDraws.of(id).next() < slow.share ? slow.factor : 1;
  }

  /** Whether this attempt at the message fails. Each asking is an attempt. */
  attempt({ id, key }: Received): 'transient' | 'poison' | undefined {
    if (this.isPoison(key)) return 'poison';
    const { transient } = this.options;
    if (transient === undefined) return undefined;
    const before = this.failed.get(id) ?? 0;
    if (before < transient(this.transientDraws.of(id))) {
      this.failed.set(id, before + 1);
      return 'transient';
    }
    return undefined;
  }

  /** From now on messages of this key fail. */
  poison(key: number): void {
    this.poisoned.add(key);
  }

  /** The code is mended: no message that there is now is poison any more. */
  mend(): void {
    this.isMended = true;
    this.poisoned.clear();
  }

  private isPoison(key: number): boolean {
    return this.poisoned.has(key) || (!this.isMended && this.options.isPoison?.(key) === true);
  }
}
