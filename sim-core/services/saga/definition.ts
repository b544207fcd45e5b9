/**
 * A saga: a transaction that spans services, as steps that each commit by themselves, and for each of them what undoes it
 * (H. Garcia-Molina, K. Salem, "Sagas", SIGMOD 1987). Names of the kinds of steps as in C. Richardson, Microservices
 * Patterns, chapter 4: a step is compensatable, the last one that can be refused is the pivot, what comes behind it is tried
 * until it is done.
 */
import type { RequestContext } from '../../network/request-context.ts';

export interface SagaStep {
  /** The service that does it. */
  readonly participant: string;
  readonly action: string;
  readonly compensation: string;
  /** What takes the semantic lock off its effect once no step can be refused any more; none if it has no lock. */
  readonly confirmation?: string;
}

/** The steps in order; at least one. */
export type SagaDefinition = readonly SagaStep[];

/** One saga. Its number is that of the request that it was begun for, and is its idempotency key at every participant. */
export interface Saga {
  readonly id: number;
  /** What it is about: an article. */
  readonly key: number;
  readonly request: RequestContext;
}

export type CommandKind = 'act' | 'compensate' | 'confirm';

/** What a participant is asked to do. */
export interface SagaCommand {
  readonly saga: Saga;
  /** The step's place in the definition, from 0. */
  readonly step: number;
  readonly kind: CommandKind;
}

/** What it says: done now or before, or refused for a reason that no repetition changes. */
export type Answer = 'ok' | 'refused';

/** A command in the words of its definition: `RefundPayment`. */
export function nameOf({ action, compensation, confirmation }: SagaStep, kind: CommandKind): string {
  return kind === 'act' ? action : kind === 'compensate' ? compensation : (confirmation ?? `confirm ${action}`);
}
