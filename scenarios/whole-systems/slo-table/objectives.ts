/** The handbook's table (3.5): what each row promises. Its triggers are parameters, and rules in `alerting.ts`. */
import { days, ms, s, type Objective } from '../../../sim-core/index.ts';

export const AVAILABILITY: Objective = { target: 0.999, period: days(30) };
export const LATENCY_MOST = ms(400);
export const LAG_MOST = 5000;
export const HIT_RATIO_LEAST = 0.9;
export const REPLICA_LAG_MOST = s(2);

/** The rows, by the names of their alerts. */
export const ROWS = {
  availability: 'Availability',
  latency: 'Latency',
  lag: 'ConsumerLag',
  hitRatio: 'HitRate',
  replica: 'ReplicaLag',
} as const;
export type RowName = keyof typeof ROWS;
