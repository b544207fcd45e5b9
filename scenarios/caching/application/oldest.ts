/** The age of the oldest value that was read after it had been replaced; 0 where nothing was. */
import { summary, type Measure } from '../../../sim-core/index.ts';

const STALENESS = 'read.staleness';

export const oldest: Measure = { text: `max of ${STALENESS}`, of: (run) => summary(STALENESS, 'max').of(run) || 0 };
