/** Who waits in a line, by what a real run counted, whoever is next in it. */
import { describe, expect, it } from 'vitest';
import doomedWork from '../../../scenarios/overload/doomed-work.ts';
import { defineSignal, resourceChanged, run, s } from '../../../sim-core/index.ts';
import { Particles } from '../../../ui/models/particles.ts';
import { layOut } from '../../../ui/models/topology.ts';
import { trafficOf } from '../../../ui/models/traffic.ts';

describe('the traffic before a line', () => {
  const inLine = defineSignal({
    name: 'stock.waiting',
    kind: 'gauge',
    unit: '{call}',
    help: 'Calls in line before the stock',
    fact: resourceChanged,
    where: ({ resource }) => resource === 'stock slots',
    value: ({ waiting }) => waiting,
    of: ({ resource }) => resource,
  });
  const scenarioOf = { ...doomedWork, signals: [...doomedWork.signals!, inLine] };

  // The run ends in the midst of the trouble, with a line that is served no more.
  it.each(['retry-at-one-tier', 'lifo', 'deadline-propagation', 'codel'])(
    'has at every interval’s end as many waiting as the line counted, whoever is next: %s',
    (variant) => {
      const queued = run(scenarioOf, { variant, params: { length: s(9.05) } });
      const { nodes, edges } = layOut(queued.components);
      const stock = nodes.findIndex(({ name }) => name === 'stock');
      const seen = new Particles(trafficOf(queued, layOut(queued.components)), nodes.length, edges.length);
      const counted = queued.signals.find(({ name }) => name === inLine.name)!.columns.last;
      const { interval, duration } = queued.header;
      const rows = [...counted.keys()];
      const waiting = rows.map((row) => {
        seen.look(Math.min(duration, (row + 1) * interval) - 1);
        return seen.waiting[stock];
      });
      expect(waiting).toEqual(rows.map((row) => counted[row] || 0));
      expect(Math.max(...waiting)).toBeGreaterThan(10);
      expect(waiting.at(-1)).toBeGreaterThan(0);
    },
  );
});
