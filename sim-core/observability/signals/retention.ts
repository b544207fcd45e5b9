/** How long a store keeps its telemetry, as it says in its state: what a reader of a run tells by whether that has an end. */
import { toSeconds, type Duration } from '../../kernel/time.ts';

export const KEEPS_FOR = 'keeps for';
/** What is deleted by nothing. */
export const ANY_TIME = 'any time';

/** What a store puts into its state; `Infinity` is said aloud. */
export const keepsFor = (longest: Duration): Readonly<Record<string, string>> => ({
  [KEEPS_FOR]: longest === Infinity ? ANY_TIME : `${toSeconds(longest)} s`,
});
