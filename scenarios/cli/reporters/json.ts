/**
 * The document of `run --format json`. Kinds of signals are those that exporters know: a rate and a ratio are gauges.
 * Parameters are in their base unit, durations in seconds, which is how `--set` reads a bare number. A value that
 * cannot be told is null. `health`, `checklists` and `methods` stand in a run if they were asked for, `failures` only if a run ended by an error, and
 * `replications`, each figure's mean with its confidence interval, only if a variant ran with several seeds.
 */
import { ENGINE_VERSION, toSeconds, type Scenario, type SignalKind } from '../../../sim-core/index.ts';
import { replicationsOf } from './replications.ts';
import { reportPasses, type RunReport, type RunResult } from './report.ts';

const EXPORTED_KIND: Readonly<Record<SignalKind, 'counter' | 'gauge' | 'histogram'>> = {
  counter: 'counter',
  rate: 'gauge',
  gauge: 'gauge',
  ratio: 'gauge',
  histogram: 'histogram',
};

export function json(report: RunReport): string {
  const { scenario, runs, failures } = report;
  const replications = replicationsOf(scenario, runs);
  const document = {
    scenario: scenario.id,
    version: ENGINE_VERSION,
    pass: reportPasses(report),
    runs: runs.map((run) => runDocument(scenario, run)),
    ...(replications.length > 0 && { replications }),
    ...(failures.length > 0 && { failures }),
  };
  // JSON.stringify writes NaN and the infinities as null.
  return `${JSON.stringify(document, null, 2)}\n`;
}

function runDocument(scenario: Scenario, run: RunResult): object {
  return {
    ...run,
    params: mapValues(run.params, (value, name) =>
      scenario.params[name].type === 'duration' ? toSeconds(value as number) : value,
    ),
    signals: mapValues(run.signals, ({ unit, kind, summary }) => ({ unit, kind: EXPORTED_KIND[kind], ...summary })),
  };
}

function mapValues<Value>(
  record: Readonly<Record<string, Value>>,
  change: (value: Value, name: string) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]));
}
