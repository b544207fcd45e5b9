/**
 * Instants worth a mark on the scrubber and in every chart: what was done to the run, where it broke a limit that it was
 * expected to keep, and where its story is.
 */
import type { ExpectationResult, Recording } from '../../sim-core/index.ts';
import { interventionText } from './experiment.ts';

export interface TimeMark {
  /** Nanoseconds. */
  readonly time: number;
  readonly label: string;
  readonly kind: 'intervention' | 'breach' | 'moment';
}

type Judged = Pick<Recording, 'header' | 'signals' | 'expectations'>;

/** In order of time. */
export function timeMarks(recording: Judged, openAt: number): TimeMark[] {
  const { interventions, duration } = recording.header;
  const done = interventions.map((data): TimeMark => {
    return { time: data.at, label: interventionText(data), kind: 'intervention' };
  });
  const broken = recording.expectations.flatMap((expectation): TimeMark[] => {
    const time = breachOf(recording, expectation);
    return time === undefined ? [] : [{ time, label: `no longer so: ${expectation.text}`, kind: 'breach' }];
  });
  const moment: TimeMark[] =
    openAt <= duration ? [{ time: openAt, label: 'the moment to look at', kind: 'moment' }] : [];
  return [...done, ...broken, ...moment].toSorted((a, b) => a.time - b.time);
}

/**
 * When a run broke an upper limit: the beginning of the first interval after the warm-up in which a peak is above it, or
 * by whose end a total is. What else can be expected (a mean, a quantile, a lower limit) is true or false of a whole run
 * and of no instant of it. Measures are told by the words in which `sim-core/lab/expectation.ts` puts them.
 */
function breachOf(recording: Judged, { text, pass, limit }: ExpectationResult): number | undefined {
  const [, measure, name] = /^(peak|total) of (\S+) is at most /.exec(text) ?? [];
  const columns = recording.signals.find((signal) => signal.name === name)?.columns;
  if (pass || !columns) return undefined;
  const { interval, warmUp } = recording.header;
  const values = measure === 'total' ? columns.count : (columns.max ?? columns.mean);
  let sum = 0;
  for (let row = Math.ceil(warmUp / interval); row < values.length; row++) {
    sum += values[row] || 0;
    if ((measure === 'total' ? sum : values[row]) > limit) return row * interval;
  }
  return undefined;
}
