/** What each role is called where its shape needs a word: the legend of the stage. */
import type { Role } from './signal-style.ts';

export const ROLE_WORDS: Readonly<Record<Role, string>> = {
  ok: 'hit, ok',
  miss: 'miss',
  stale: 'stale',
  failed: 'failed',
  retry: 'retried',
  waiting: 'waiting',
};
