/**
 * How far a saga has got, and what comes next: the rules of its orchestrator, without a clock or a network. What is to be
 * commanded follows from the progress alone, so an orchestrator that has written that down can die anywhere and go on.
 *
 *     forward:    CreateOrder -> ReserveInventory -> ProcessPayment -> ShipOrder -> (confirm what has a lock)
 *     backward:   CancelOrder <- ReleaseInventory <- RefundPayment
 *
 * A step that was refused has no effect, and what came before it is undone. A step that was not answered is in doubt: it may
 * have been done, or may be done yet by a message that is still on its way. So it is compensated as well, and first; the
 * participant has to make sense of that (`participation.ts`). Going back from the step before it instead, as code does that
 * notes a compensation only when its action has succeeded, is `undoesDoubtful: false`.
 */
import type { CommandKind, SagaDefinition } from './definition.ts';

export type SagaPhase =
  | 'forward'
  | 'backward'
  | 'confirming'
  /** Every step is done. */
  | 'completed'
  /** Every step that was done is undone. */
  | 'compensated'
  /** A step was refused, and nothing is undone: there are no compensations. */
  | 'abandoned'
  /** A compensation was given up, and nobody is at it. */
  | 'stuck';

export interface Progress {
  readonly phase: SagaPhase;
  /** The step that is next, or the last one that was. */
  readonly step: number;
}

/** What came of a command: its answer, or that there was none for so long that the orchestrator gives up asking. */
export type Outcome = 'ok' | 'refused' | 'unanswered';

export interface SagaPolicy {
  readonly compensates: boolean;
  readonly undoesDoubtful: boolean;
}

export interface NextCommand {
  readonly step: number;
  readonly kind: CommandKind;
}

export const BEGUN: Progress = { phase: 'forward', step: 0 };

/** What is to be commanded next; undefined when the saga has ended or is stuck. */
export function nextCommand({ phase, step }: Progress): NextCommand | undefined {
  if (phase === 'forward') return { step, kind: 'act' };
  if (phase === 'backward') return { step, kind: 'compensate' };
  return phase === 'confirming' ? { step, kind: 'confirm' } : undefined;
}

/** Whether no command will come of it any more. */
export const hasEnded = ({ phase }: Progress): boolean =>
  phase === 'completed' || phase === 'compensated' || phase === 'abandoned';

/** The progress after the next command had its outcome. */
export function after(progress: Progress, outcome: Outcome, definition: SagaDefinition, policy: SagaPolicy): Progress {
  const { phase, step } = progress;
  switch (phase) {
    case 'forward':
      if (outcome === 'ok') {
        if (step + 1 < definition.length) return { phase, step: step + 1 };
        return confirmingFrom(0, definition);
      }
      if (!policy.compensates) return { phase: 'abandoned', step };
      return backwardFrom(outcome === 'unanswered' && policy.undoesDoubtful ? step : step - 1);
    case 'backward':
      return outcome === 'ok' ? backwardFrom(step - 1) : { phase: 'stuck', step };
    case 'confirming':
      return outcome === 'ok' ? confirmingFrom(step + 1, definition) : progress;
    default:
      throw new Error(`a saga that is ${phase} was told of an outcome`);
  }
}

/** A stuck saga is taken up again where it was left. */
export const takenUp = ({ step }: Progress): Progress => ({ phase: 'backward', step });

const backwardFrom = (step: number): Progress =>
  step >= 0 ? { phase: 'backward', step } : { phase: 'compensated', step: 0 };

function confirmingFrom(step: number, definition: SagaDefinition): Progress {
  const next = definition.findIndex(({ confirmation }, place) => place >= step && confirmation !== undefined);
  return next >= 0 ? { phase: 'confirming', step: next } : { phase: 'completed', step: definition.length - 1 };
}
