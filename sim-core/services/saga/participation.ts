/**
 * What a participant remembers of one saga, and what it makes of a command, whenever, however often and in whatever order
 * commands come: rules without a clock or a network. It is a row that is written in the transaction of the effect, as
 * Seata's `tcc_fence_log` is, and answers the three questions that its authors found in production ("Resolves Idempotence,
 * Dangling, and Empty Rollback Issues in TCC Mode"):
 *
 * - An action or a compensation comes again: it has its answer and no effect.
 * - A compensation comes and there was no action: nothing is undone, and that is a success.
 * - The action comes after its compensation: it is refused. Without that mark its effect would stand for ever.
 */
import type { Answer, CommandKind } from './definition.ts';

export interface ParticipantRules {
  /** Whether it knows a saga's commands again, by the saga's number: an idempotency key. */
  readonly remembers: boolean;
  /** Whether a compensation bars an action that has not come yet. */
  readonly bars: boolean;
}

export type StepMemory = 'new' | 'done' | 'confirmed' | 'refused' | 'undone' | 'barred';

/** A participant is asked for its book: what it remembers of the sagas of these keys. */
export interface BookQuery {
  readonly keys: readonly number[];
}

/** Of each key, in the order of the query. */
export type BookStatement = readonly StepMemory[];

/**
 * Whether a book bears out that a compensation was made: its effect is gone, or cannot come any more. Of what is `new` there is
 * no trace of it, where the rules bar late actions.
 */
export const showsCompensation = (memory: StepMemory): boolean =>
  memory === 'undone' || memory === 'barred' || memory === 'refused';

export interface Performance {
  readonly memory: StepMemory;
  readonly answer: Answer;
  /** The effect is made (1), undone (-1), or nothing happens. */
  readonly change: 1 | 0 | -1;
  /** Whether the command had been carried out before. */
  readonly isRepeat: boolean;
}

/** What is done for a command; `isPossible` is asked only where the effect would be made. */
export function perform(
  memory: StepMemory,
  kind: CommandKind,
  rules: ParticipantRules,
  isPossible: () => boolean,
): Performance {
  const known = rules.remembers ? memory : 'new';
  if (kind === 'act') {
    if (known === 'done' || known === 'confirmed') return repeated(memory, 'ok');
    if (known !== 'new') return repeated(memory, 'refused');
    return isPossible() ? performed('done', 'ok', 1) : performed('refused', 'refused', 0);
  }
  if (kind === 'confirm') {
    return known === 'confirmed' ? repeated(memory, 'ok') : performed('confirmed', 'ok', 0);
  }
  // Who keeps no keys cannot tell whether there is anything to undo: it does what it is told.
  if (!rules.remembers) return performed('undone', 'ok', -1);
  if (known === 'done' || known === 'confirmed') return performed('undone', 'ok', -1);
  if (known === 'new') return performed(rules.bars ? 'barred' : 'new', 'ok', 0);
  return repeated(memory, 'ok');
}

const performed = (memory: StepMemory, answer: Answer, change: Performance['change']): Performance => ({
  memory,
  answer,
  change,
  isRepeat: false,
});

const repeated = (memory: StepMemory, answer: Answer): Performance => ({ memory, answer, change: 0, isRepeat: true });
