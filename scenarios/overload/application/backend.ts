/** A database that a gateway or an api asks, and its parameters. */
import {
  Database,
  duration,
  gamma,
  integer,
  ms,
  s,
  type Duration,
  type Simulation,
  type ValuesOf,
} from '../../../sim-core/index.ts';
import { SHAPE } from '../../application/distances.ts';

export const backendParams = ({ loadTime }: { readonly loadTime: Duration }) => ({
  loadTime: duration({
    help: 'Mean processor time of one request in the backend',
    default: loadTime,
    min: ms(1),
    max: s(1),
    logarithmic: true,
  }),
  cores: integer({ help: 'Processors of the backend', default: 8, min: 1, max: 128 }),
  connections: integer({
    help: 'Requests that the backend works at at once; the others wait in the order in which they came',
    default: 64,
    min: 1,
    max: 2000,
    logarithmic: true,
  }),
});

/** As many wait there as come: what keeps them out stands before it, or nothing does. */
const PENDING_MAX = 1_000_000;

export function backendOf(
  sim: Simulation,
  { loadTime, cores, connections }: ValuesOf<ReturnType<typeof backendParams>>,
): Database {
  return new Database(sim, {
    name: 'backend',
    connections,
    queueMax: PENDING_MAX,
    cores,
    demand: gamma(SHAPE, loadTime / SHAPE),
  });
}
