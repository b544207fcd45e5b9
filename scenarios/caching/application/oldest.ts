/**
 * How late, or how old, at most: where nothing was, it is 0. The age of what was read after it had been replaced is that of the
 * oldest such value, or of all but one in twenty.
 */
import { quantile, summary, type Measure } from '../../../sim-core/index.ts';

const STALENESS = 'read.staleness';

export const orNothing = (measure: Measure): Measure => ({ ...measure, of: (run) => measure.of(run) || 0 });

export const oldest = orNothing(summary(STALENESS, 'max', `max of ${STALENESS}`));
export const mostlyNoOlder = orNothing(quantile(STALENESS, 'p95'));
