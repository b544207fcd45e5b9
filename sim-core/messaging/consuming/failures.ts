/**
 * Which messages fail, how often, and which take too long. All of it belongs to the message and not to who handles it: it is drawn once by the
 * message's id, so that however many consumers there are and however they retry, they meet the same messages.
 *
 * - Transient: a message fails so many times and then succeeds.
 * - Poison: a message fails for ever, as one does that the consumers' code has no answer to; known by its key, until the
 *   code is mended.
 * - Slow: a message takes so many times as long as it would, at every attempt.
 */
import type { KeyedStream } from '../../kernel/random-stream.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Received } from './received.ts';

export interface FailureOptions {
  /** A share of the messages fails so many times. */
  readonly transient?: { readonly share: number; readonly times: number };
  /** A share of the messages takes so many times as long. */
  readonly slow?: { readonly share: number; readonly factor: number };
  /** Keys that are poison from the start. */
  readonly isPoison?: (key: number) => boolean;
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

  /** Whether this attempt at the message fails. Each asking is an attempt. */
  attempt({ id, key }: Received): 'transient' | 'poison' | undefined {
    if (this.isPoison(key)) return 'poison';
    const { transient } = this.options;
    if (transient === undefined) return undefined;
    const before = this.failed.get(id) ?? 0;
    if (before >= transient.times || this.transientDraws.of(id).next() >= transient.share) return undefined;
    this.failed.set(id, before + 1);
    return 'transient';
  }

  /** How many times as long the message takes as its time says. */
  slownessOf({ id }: Pick<Received, 'id'>): number {
    const { slow } = this.options;
    return slow !== undefined && this.slowDraws.of(id).next() < slow.share ? slow.factor : 1;
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
