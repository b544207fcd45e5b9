/** Recordings of one signal with the columns that a test gives, for models of charts. */
import type { RecordedSignal, Recording } from '../../sim-core/index.ts';
import { fixtureRecording } from './fixture-recording.ts';

const UNITS: Readonly<Record<RecordedSignal['kind'], string>> = {
  ratio: '1',
  gauge: '{thing}',
  rate: '1/s',
  counter: '{thing}',
  histogram: 's',
};

/** `main` stands in every column that holds values; `samples` in those that hold how many there were. */
export function recordingOf(
  kind: RecordedSignal['kind'],
  main: readonly number[],
  samples: readonly number[] = main.map(() => 100),
  name = 'thing.measured',
): Recording {
  const values = Float64Array.from(main);
  const counts = Float64Array.from(samples);
  const columns: Readonly<Record<RecordedSignal['kind'], RecordedSignal['columns']>> = {
    ratio: { mean: values, samples: counts },
    gauge: { mean: values, max: values, last: values },
    rate: { mean: values },
    counter: { count: values },
    histogram: { count: counts, mean: values, p50: values, p95: values, p99: values, max: values },
  };
  const signal: RecordedSignal = {
    name,
    kind,
    unit: UNITS[kind],
    help: 'A thing',
    columns: columns[kind],
    summary: {},
  };
  const recording = fixtureRecording();
  const { interval } = recording.header;
  return {
    ...recording,
    header: { ...recording.header, duration: Math.max(1, main.length) * interval, warmUp: 0 },
    signals: [signal],
  };
}
