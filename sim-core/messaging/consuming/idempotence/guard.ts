/**
 * What stands between a message that comes twice and an effect that happens twice. A guard makes a handler of what is to be
 * done: it decides whether that is done at all, and in which transaction the effect is written.
 */
import type { Behaviour } from '../../../kernel/process.ts';
import type { Link } from '../../../network/link.ts';
import type { EffectStatement } from '../effect-store.ts';
import type { Handler, Received } from '../received.ts';

export interface GuardContext {
  /** The consumer's way to the database that has its effects and its inbox. */
  readonly store: Link<EffectStatement, boolean>;
  /** What is done for a message: calls `apply` where the effect is to be written. */
  readonly process: (message: Received, apply: () => Behaviour) => Behaviour;
}

export type IdempotenceGuard = (context: GuardContext) => Handler;
