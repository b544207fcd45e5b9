/** Reading who is where: in slices, and no further than it is wanted. */
import { describe, expect, it } from 'vitest';
import scenario from '../../../scenarios/caching/stampede.ts';
import { run, s } from '../../../sim-core/index.ts';
import { layOut } from '../../../ui/models/topology.ts';
import { readTraffic, trafficOf, trafficSource, type Traffic } from '../../../ui/models/traffic.ts';
import { TrafficReader } from '../../../ui/worker/traffic-reader.ts';

const recording = run(scenario, { variant: 'none', params: { length: s(20) } });
const topology = layOut(recording.components);
const source = trafficSource(recording);

/** By the last columns that are written. */
const last = (traffic: Traffic | undefined): unknown => traffic && [traffic.hops.index.reaching, traffic.stays.turns];

describe('a reading', () => {
  it('pauses after every few thousand events, each time that it goes through them', () => {
    expect([...readTraffic(source, topology)].length).toBeGreaterThan((2 * recording.events.kept) / 16_384);
  });

  it('that is cancelled ends without a result, and another one goes on to what is read in one go', async () => {
    const reader = new TrafficReader();
    const [dropped, kept] = [reader.read(source, topology, 1), reader.read(source, topology, 2)];
    reader.cancel(1);
    expect(await dropped).toBeUndefined();
    expect(last(await kept)).toEqual(last(trafficOf(source, topology)));
    reader.cancel(2);
  });
});
