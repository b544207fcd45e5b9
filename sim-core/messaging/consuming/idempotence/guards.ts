/** The guards against effects that happen twice, by name. */
import { checkThenAct } from './check-then-act.ts';
import type { IdempotenceGuard } from './guard.ts';
import { noIdempotence } from './none.ts';
import { uniqueKey } from './unique-key.ts';

export const idempotenceGuards = {
  none: noIdempotence,
  'check-then-act': checkThenAct,
  'unique-key': uniqueKey,
} satisfies Readonly<Record<string, IdempotenceGuard>>;

export type IdempotenceGuardName = keyof typeof idempotenceGuards;
