/** What befalls a cluster: brokers that die and come back, are cut off, or slow; controllers that die. */
import fc from 'fast-check';
import { ms, type SmallCluster } from './small-cluster.ts';

const time = fc.integer({ min: 0, max: 300 });
const broker = fc.nat(2);
export const fault = fc.oneof(
  fc.record({ do: fc.constant('kill' as const), at: time, broker, length: fc.integer({ min: 1, max: 120 }) }),
  fc.record({ do: fc.constant('isolate' as const), at: time, broker, length: fc.integer({ min: 1, max: 120 }) }),
  fc.record({
    do: fc.constant('cut off from the cluster' as const),
    at: time,
    broker,
    length: fc.integer({ min: 1, max: 120 }),
  }),
  fc.record({ do: fc.constant('slow' as const), at: time, broker, length: fc.integer({ min: 1, max: 200 }) }),
  fc.record({ do: fc.constant('controllers' as const), at: time, broker, length: fc.integer({ min: 1, max: 120 }) }),
);
export type Fault = typeof fault extends fc.Arbitrary<infer F> ? F : never;

export const faults = fc.array(fault, { maxLength: 6 });
/** When records are sent, in milliseconds. */
export const sends = fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { minLength: 1, maxLength: 40 });

export function befall(
  { sim, cluster }: Pick<SmallCluster, 'sim' | 'cluster'>,
  { at, broker: index, length, ...fault }: Fault,
): void {
  const hit = cluster.brokers[index];
  const later = (delay: number, act: () => void): void => void sim.scheduleAt(ms(delay), act, undefined);
  if (fault.do === 'kill') later(at, () => hit.kill(ms(length)));
  else if (fault.do === 'isolate') later(at, () => hit.isolate(ms(length), true));
  else if (fault.do === 'cut off from the cluster') later(at, () => hit.isolate(ms(length), false));
  else if (fault.do === 'slow') {
    later(at, () => hit.interventions.slow.apply([50]));
    later(at + length, () => hit.interventions.slow.apply([1]));
  } else {
    later(at, () => cluster.controllers.kill(2));
    later(at + length, () => cluster.controllers.restart());
  }
}
