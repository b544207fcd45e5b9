/**
 * What several seeds say together: the mean of each figure that the report has room for, with its confidence interval
 * (Student's t over the replications). A figure that only some seeds have is of those.
 */
import { confidenceInterval, type Scenario, type SignalKind } from '../../../sim-core/index.ts';
import { byVariant, chartedIn, type RunResult } from './report.ts';

/** Figures of a summary that a report has room for, with their headings. */
export const FIGURES: Readonly<Record<SignalKind, Readonly<Record<string, string>>>> = {
  counter: { total: 'total' },
  rate: { mean: 'mean', max: 'peak' },
  gauge: { mean: 'mean', max: 'peak' },
  ratio: { mean: 'mean', min: 'least', max: 'peak' },
  histogram: { p50: 'p50', p99: 'p99', max: 'max' },
};

export type ConfidenceInterval = ReturnType<typeof confidenceInterval>;

export interface Replications {
  readonly variant: string;
  readonly seeds: readonly (number | string)[];
  /** By signal, then by figure of its summary; the signals are those that the scenario charts. */
  readonly signals: Readonly<Record<string, { readonly unit: string; readonly figures: Figures }>>;
}

type Figures = Readonly<Record<string, ConfidenceInterval>>;

/** A variant's runs together, for each that ran with more than one seed. */
export function replicationsOf(scenario: Scenario, runs: readonly RunResult[]): Replications[] {
  return [...byVariant(runs)]
    .filter(([, replications]) => replications.length > 1)
    .map(([variant, replications]) => {
      const known = chartedIn(scenario, replications).filter((name) => replications[0].signals[name] !== undefined);
      const signals = known.map((name) => {
        const { unit, kind } = replications[0].signals[name];
        const figures = Object.keys(FIGURES[kind]).flatMap((field) => {
          const interval = intervalOf(replications, name, field);
          return interval === undefined ? [] : [[field, interval] as const];
        });
        return [name, { unit, figures: Object.fromEntries(figures) }] as const;
      });
      return { variant, seeds: replications.map(({ seed }) => seed), signals: Object.fromEntries(signals) };
    });
}

/** Of the seeds in which there is such a number; undefined if there is none. */
export function intervalOf(runs: readonly RunResult[], signal: string, field: string): ConfidenceInterval | undefined {
  const told = runs.map(({ signals }) => signals[signal].summary[field]).filter(Number.isFinite);
  return told.length === 0 ? undefined : confidenceInterval(told);
}
