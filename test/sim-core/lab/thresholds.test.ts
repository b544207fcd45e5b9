/** What a run is held to, as lines in charts: upper limits of peaks, for the parameters of the run. */
import { expect, it } from 'vitest';
import { atLeast, atMost, mean, peak, type Scenario, thresholdsOf, total } from '../../../sim-core/index.ts';
import { buildCharts } from '../../../ui/models/chart.ts';
import { recordingOf } from '../../../ui/specimens/one-signal.ts';

const NAME = 'thing.measured';
const scenario = {
  expect: {
    held: [
      atMost(peak(NAME), ({ rate }) => Number(rate) / 2),
      atLeast(peak(NAME), 1),
      atMost(mean(NAME), 3),
      atMost(total(NAME), 9),
    ],
    free: [],
  },
} as unknown as Scenario;

it('are the upper limits of peaks and nothing else', () => {
  expect(thresholdsOf(scenario, 'held', { rate: 8 })).toEqual([{ signal: NAME, value: 4, label: 'at most' }]);
  expect(thresholdsOf(scenario, 'free', { rate: 8 })).toEqual([]);
});

it('stand in the chart and within its axis, unless they are far above all that was measured', () => {
  const chart = (value: number) => {
    return buildCharts(recordingOf('gauge', [1, 2]), [NAME], new Map(), [{ signal: NAME, value, label: 'at most' }])[0];
  };
  expect(chart(4).limits).toEqual([{ value: 4, label: 'at most', kind: 'threshold' }]);
  expect(chart(4).domain[1]).toBeGreaterThan(4);
  expect(chart(40).limits).toEqual([]);
  expect(chart(40).domain[1]).toBeLessThan(4);
});

it('of a signal itself, what it is watched for, stand there too', () => {
  const recording = recordingOf('gauge', [1, 2]);
  const thresholds = [
    { value: 1.5, label: 'SlowBurn' },
    { value: 100, label: 'FastBurn' },
  ];
  const signals = recording.signals.map((signal) => ({ ...signal, thresholds }));
  const [chart] = buildCharts({ ...recording, signals }, [NAME]);
  expect(chart.limits).toEqual([{ value: 1.5, label: 'SlowBurn', kind: 'threshold' }]);
});
