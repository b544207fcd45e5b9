/** What processors can do, in the mean. */
import { toSeconds, type Duration } from '../../sim-core/index.ts';

/** Processors, and the mean processor time of what they do. */
export interface Processors {
  readonly cores: number;
  readonly loadTime: Duration;
}

/** Requests a second that they can do. */
export const capacityOf = ({ cores, loadTime }: Processors): number => cores / toSeconds(loadTime);
