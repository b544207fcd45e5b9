/**
 * A saga without an orchestrator: each participant hears what became of its neighbours' steps and does its own part, the
 * rules without a clock or a network. What is done goes forward, what is refused or undone goes back:
 *
 *     CreateOrder.done -> ReserveInventory.done -> ProcessPayment.done -> ShipOrder.refused
 *     CreateOrder.undone <- ReserveInventory.undone <- ProcessPayment.undone
 *
 * A participant does its part, publishes the event and acknowledges the one that it heard, in this order: if it dies in
 * between it hears the event again. What it has done it does not do twice, but it says so again.
 */
import type { Answer, CommandKind, SagaDefinition } from './definition.ts';

export interface StepEvent {
  readonly step: number;
  readonly what: 'requested' | 'done' | 'refused' | 'undone';
}

/** The event with which a saga begins: its first participant is asked for its step. */
export const REQUESTED: StepEvent = { step: 0, what: 'requested' };

/** What the participant of a step does when it hears an event; undefined if it is none of its business. */
export function reaction(step: number, event: StepEvent, definition: SagaDefinition): CommandKind | undefined {
  const { what } = event;
  if (what === 'requested') return event.step === step ? 'act' : undefined;
  if (what !== 'done') return event.step === step + 1 ? 'compensate' : undefined;
  if (event.step === step - 1) return 'act';
  const isLast = event.step === definition.length - 1;
  return isLast && definition[step].confirmation !== undefined ? 'confirm' : undefined;
}

/** What it publishes then; undefined where nobody waits to hear of it. */
export function eventOf(step: number, kind: CommandKind, answer: Answer): StepEvent | undefined {
  if (kind === 'confirm') return undefined;
  if (kind === 'compensate') return { step, what: 'undone' };
  return { step, what: answer === 'ok' ? 'done' : 'refused' };
}

/** The events that the participant of a step has to hear. */
export function heardBy(step: number, definition: SagaDefinition): StepEvent[] {
  const all: StepEvent[] = [
    REQUESTED,
    ...definition.flatMap((_, place) =>
      (['done', 'refused', 'undone'] as const).map((what) => ({ step: place, what })),
    ),
  ];
  return all.filter((event) => reaction(step, event, definition) !== undefined);
}
