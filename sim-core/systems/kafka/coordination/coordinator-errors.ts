/** What a broker answers that does not coordinate what it is asked for, or not yet: it passes by itself. */
export type CoordinatorError = 'not-coordinator' | 'coordinator-not-available' | 'coordinator-load-in-progress';

/** After these a client looks for the coordinator, and asks again. */
export const COORDINATOR_ERRORS: ReadonlySet<unknown> = new Set<CoordinatorError>([
  'not-coordinator',
  'coordinator-not-available',
  'coordinator-load-in-progress',
]);
