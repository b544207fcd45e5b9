/** The states of a chart that are worth seeing: each form, and where data is missing, scarce, extreme or long. */
import type { Recording } from '../../sim-core/index.ts';
import { buildCharts, type Chart } from '../models/chart.ts';
import { fixtureRecording, SIGNALS } from './fixture-recording.ts';
import { recordingOf } from './one-signal.ts';

export interface ChartCase {
  readonly name: string;
  readonly chart: Chart;
}

const ROWS = 40;
const series = (of: (row: number) => number): number[] => Array.from({ length: ROWS }, (_, row) => of(row));
/** Up and down again, with no sine: engines differ in its last digits. */
const wave = (row: number): number => 1 - Math.abs((row % 20) - 10) / 10;

const LIMIT = { signal: 'db.client.connection.count', value: 30, label: 'at most' };

/** An instrument that shows everything two rows late, and no more than half of the peaks. */
function saidAndTrue(): Recording {
  const told = recordingOf(
    'gauge',
    series((row) => Math.min(0.5, wave(Math.max(0, row - 2)))),
    undefined,
    'thing.told',
  );
  const measured = recordingOf('gauge', series(wave));
  const [instrument] = told.signals;
  return { ...told, signals: [{ ...instrument, truth: { signal: 'thing.measured' } }, ...measured.signals] };
}

export const chartCases: readonly ChartCase[] = [
  ...buildCharts(
    fixtureRecording(),
    SIGNALS.map(({ name }) => name),
  ).map((chart) => ({ name: `${chart.signal.kind}, ${chart.signal.name}`, chart })),
  of('A limit that the run is held to', buildCharts(fixtureRecording(), [LIMIT.signal], new Map(), [LIMIT])),
  of('What an instrument says, and what is true', buildCharts(saidAndTrue(), ['thing.told'])),
  of(
    'What falls below nothing, and is held to stay above',
    buildCharts(
      recordingOf(
        'gauge',
        series((row) => (row < 20 ? 1 - row / 80 : 1.55 - row / 25)),
      ),
      ['thing.measured'],
      new Map(),
      [{ signal: 'thing.measured', value: 0, label: 'nothing left' }],
    ),
  ),
  of('No rows', buildCharts(recordingOf('gauge', []), ['thing.measured'])),
  of('One row', buildCharts(recordingOf('gauge', [3]), ['thing.measured'])),
  of(
    'Nothing but zeros',
    buildCharts(
      recordingOf(
        'rate',
        series(() => 0),
      ),
      ['thing.measured'],
    ),
  ),
  of(
    'A counter that never counted',
    buildCharts(
      recordingOf(
        'counter',
        series(() => 0),
      ),
      ['thing.measured'],
    ),
  ),
  of(
    'Gaps: rows with too few samples',
    buildCharts(
      recordingOf(
        'ratio',
        series(wave),
        series((row) => (row % 10 < 4 ? 19 : 20)),
      ),
      ['thing.measured'],
    ),
  ),
  of(
    'No sample at all',
    buildCharts(
      recordingOf(
        'ratio',
        series(wave),
        series(() => 0),
      ),
      ['thing.measured'],
    ),
  ),
  of(
    'Below zero',
    buildCharts(
      recordingOf(
        'gauge',
        series((row) => wave(row) - 0.5),
      ),
      ['thing.measured'],
    ),
  ),
  of(
    'Very large',
    buildCharts(
      recordingOf(
        'gauge',
        series((row) => 3e12 * wave(row)),
      ),
      ['thing.measured'],
    ),
  ),
  of(
    'Very small',
    buildCharts(
      recordingOf(
        'gauge',
        series((row) => 4e-7 * wave(row)),
      ),
      ['thing.measured'],
    ),
  ),
  of(
    'A percentile without a heat map',
    buildCharts(
      recordingOf(
        'histogram',
        series((row) => 0.002 + 0.05 * wave(row)),
      ),
      ['thing.measured'],
    ),
  ),
  of('Part by part: one is hot', buildCharts(ofParts(6), ['thing.measured'])),
  of('Part by part: too many for labels', buildCharts(ofParts(30), ['thing.measured'])),
  of('A height that somebody is alerted at', buildCharts(watched(), ['thing.measured'])),
  of('A very long name', [
    {
      ...buildCharts(recordingOf('gauge', series(wave)), ['thing.measured'])[0],
      title: 'The share of connections of the pool that were held by requests whose user had long given up',
      unit: 'connections held in vain',
    },
  ]),
];

/** All wave alike, but for one that has ten times as much. */
function ofParts(parts: number): Recording {
  const names = Array.from({ length: parts }, (_, part) => `orders-${part}`);
  const mean = Float64Array.from(
    names.flatMap((_, part) => series((row) => (part === 3 ? 100 : 10) * wave(row + part))),
  );
  const sum = series((row) => names.reduce((all, _, part) => all + mean[part * ROWS + row], 0));
  const recording = recordingOf('gauge', sum);
  return {
    ...recording,
    signals: recording.signals.map((one) => ({ ...one, parts: { of: 'partition', names, mean } })),
  };
}

function watched(): Recording {
  const recording = recordingOf('gauge', series(wave));
  const thresholds = [{ value: 0.8, label: 'Page at' }];
  return { ...recording, signals: recording.signals.map((one) => ({ ...one, thresholds })) };
}

function of(name: string, [chart]: readonly Chart[]): ChartCase {
  return { name, chart };
}
