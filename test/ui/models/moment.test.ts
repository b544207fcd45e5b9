/** What a copy of a node shows. */
import { expect, it } from 'vitest';
import type { RecordedComponent } from '../../../sim-core/index.ts';
import { stageModel } from '../../../ui/models/moment.ts';
import { layOut } from '../../../ui/models/topology.ts';
import { COMPONENTS, fixtureRecording } from '../../../ui/specimens/fixture-recording.ts';

it('a copy’s rate is of what it is asked for, or of what it asks if nobody asks it or the others', () => {
  const fixture = fixtureRecording();
  const named = (name: string, calls: readonly string[]): RecordedComponent => ({ ...COMPONENTS[0], name, calls });
  const components = [named('consumer-1', ['broker']), named('consumer-2', ['broker']), named('broker', [])];
  const flow = (from: string, requests: number) => ({
    ...fixture.flows[0],
    from,
    to: 'broker',
    requests: Float64Array.of(requests),
  });
  const fetching = { ...fixture, components, flows: [flow('consumer-1', 3), flow('consumer-2', 5)] };
  const rates = (recording: typeof fetching): number[] => {
    const { copies } = stageModel(recording, layOut(recording.components), []);
    return ['consumer-1', 'consumer-2', 'broker'].map((name) =>
      copies.get(name)!.reduce((sum, { requests }) => sum + requests[0], 0),
    );
  };
  expect(rates(fetching)).toEqual([3, 5, 8]);
  const handed = fetching.flows.map((one) => ({ ...one, from: 'broker', to: one.from }));
  expect(rates({ ...fetching, flows: [handed[0], ...fetching.flows] })).toEqual([3, 0, 8]);
});
