/** The handbook's table (3.5): what each row promises. Its triggers are parameters, and rules in `alerting.ts`. */
import { days, ms, s, type Objective } from '../../../sim-core/index.ts';
import type { Values } from './params.ts';

export const AVAILABILITY: Objective = { target: 0.999, period: days(30) };
export const LATENCY_MOST = ms(400);
/** The same as an indicator with a budget: of the requests that are answered so many within that time. */
export const LATENCY: Objective = { target: 0.99, period: days(30) };
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

/** The row that each fault is for, if it is for one. */
export const ROW_OF_FAULT: Readonly<Partial<Record<Values['fault'], RowName>>> = {
  'instance-down': 'availability',
  'database-slow': 'latency',
  'consumer-stopped': 'lag',
  crawler: 'hitRatio',
  'replica-slow': 'replica',
};
