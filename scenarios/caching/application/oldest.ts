/** The age of what was read after it had been replaced: of the oldest such value, and of all but one in twenty; 0 where there was none. */
import { quantile, summary, type Measure } from '../../../sim-core/index.ts';

const STALENESS = 'read.staleness';

const orNothing = (measure: Measure): Measure => ({ ...measure, of: (run) => measure.of(run) || 0 });

export const oldest = orNothing(summary(STALENESS, 'max', `max of ${STALENESS}`));
export const mostlyNoOlder = orNothing(quantile(STALENESS, 'p95'));
