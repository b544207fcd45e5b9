/** How long a store keeps its telemetry, as it says in its state: what a reader of a run tells by whether that has an end. */
import { toSeconds, type Duration } from '../../kernel/time.ts';

export const KEEPS_FOR = 'keeps for';
/** What is deleted by nothing. */
export const ANY_TIME = 'any time';

/** Where the model has no such setting, or nobody made it: no policy of the system's. */
export const NOT_SET = 'nobody set how long';

/** What a store puts into its state; `Infinity` is said aloud, and so is that nobody set it. */
export const keepsFor = (longest: Duration | undefined): Readonly<Record<string, string>> => ({
  [KEEPS_FOR]: longest === undefined ? NOT_SET : longest === Infinity ? ANY_TIME : `${toSeconds(longest)} s`,
});
