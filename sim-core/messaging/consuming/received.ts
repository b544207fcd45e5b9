/**
 * A message in a consumer's hands, whatever broker gave it. The object is of one delivery: who gets the message again gets
 * another one with the same id.
 *
 * A handler is what a consumer does with it, as a process that may wait. It has done what it should when it ends, and has
 * failed when it throws `HandlingFailed` or the `CallFailed` of somebody it asked. What comes of a failure (again, later,
 * a dead letter) is not the handler's affair.
 */
import { OutcomeError } from '../../kernel/outcome-error.ts';
import type { Behaviour } from '../../kernel/process.ts';
import { CallFailed, type CallFailure } from '../../network/call.ts';
import type { RequestContext } from '../../network/request-context.ts';

export interface Received {
  /** Names the message, not its copy: the sender gave it, and it is the same at every delivery. */
  readonly id: number;
  /** What it is about: an order, an account. */
  readonly key: number;
  readonly request: RequestContext;
}

export type Handler = (message: Received) => Behaviour;

/** Who follows deliveries for the experimenter, and has no part in what becomes of them. */
export interface DeliveryObserver {
  /** The broker has handed the message out. */
  begun(message: Received): void;
  /** Nobody has it from this delivery any more: it was handled, or is gone with its connection or its process. */
  ended(message: Received): void;
  /** A handler was at it, and the broker hands it out again: it was told to, or it never hears of this delivery. */
  unsettled(message: Received): void;
}

/** Why a handler failed: a fault that passes, one that does not, or the failure of somebody whom it asked. */
export type HandlingFailure = 'transient' | 'poison' | CallFailure;

export class HandlingFailed extends OutcomeError {
  readonly name = 'HandlingFailed';
  readonly failure: HandlingFailure;
  constructor(failure: HandlingFailure) {
    super(`a message could not be handled: ${failure}`);
    this.failure = failure;
  }
}

/** Has a message handled: gives nothing if that was done, else why not. */
export function* outcomeOf(handler: Handler, message: Received): Behaviour<HandlingFailure | undefined> {
  try {
    yield* handler(message);
    return undefined;
  } catch (error) {
    if (error instanceof HandlingFailed || error instanceof CallFailed) return error.failure;
    throw error;
  }
}
