/**
 * An operation of the twin's scripts: what a step of it is called in the table of words, and what it does on either side. The
 * two stand beside each other, so that nobody adds to one and forgets the other.
 */
import type { ModelSide, ServerSide } from '../sides.ts';
import type { RabbitStep } from '../steps.ts';

export interface Operation<Step> {
  /** What a step that was done has to be counted for: the operation and its arguments. */
  words(step: Step): readonly string[];
  /** Says to the model what the step says; what it answers. An error of a client's closes the channel. */
  model(step: Step, side: ModelSide, index: number): unknown;
  /** Says the same to the server, and answers the same if the model is right. */
  server(step: Step, side: ServerSide, index: number): unknown;
}

/** The steps of some operations. */
export type StepOf<Op extends RabbitStep['op']> = Extract<RabbitStep, { readonly op: Op }>;

/** A table of the operations of some names. */
export type OperationsOf<Op extends RabbitStep['op']> = { readonly [Name in Op]: Operation<StepOf<Name>> };

/** An operation's name, and the words for what is set. */
export const wordsIf = (name: string, flags: Readonly<Record<string, boolean>>): string[] => [
  name,
  ...Object.keys(flags).filter((word) => flags[word]),
];
