/**
 * The report for the eye: each variant's verdict with what was measured, then the scenario's signals with the variants
 * side by side. Of several seeds it gives the range of what was measured, and the mean of each signal's figures with its
 * confidence interval.
 */
import {
  type ExpectationResult,
  grouped,
  heldText,
  type ClaimsVerdict,
  verdictOfClaims,
  quantity,
  type Scenario,
} from '../../../sim-core/index.ts';
import { curveTables } from './curves.ts';
import { healthLines } from './health.ts';
import { FIGURES, intervalOf } from './replications.ts';
import { byVariant, chartedIn, reportVerdict, type RunFailure, type RunReport, type RunResult } from './report.ts';
import { columns, type Style } from './style.ts';

const SEVERAL_SEEDS = 'Figures of signals are means over the seeds with their 95 % confidence intervals (Student’s t).';

/** A variant with its runs. */
type Group = readonly [string, readonly RunResult[]];

export function table(report: RunReport, style: Style): string {
  const { scenario, runs, failures } = report;
  const groups: readonly Group[] = [...byVariant(runs)];
  return [
    `${style.strong(scenario.title)}  ${style.faint(`${scenario.id}, section ${scenario.section}`)}`,
    scenario.question,
    '',
    ...verdicts(scenario, groups, style),
    ...failures.flatMap((failure) => [...failed(failure, style), '']),
    ...curveTables(scenario, groups, style),
    ...(groups.length === 1
      ? [...signalLines(scenario, groups[0][1]), '']
      : chartedIn(scenario, runs).flatMap((signal) => signalTable(signal, groups, style))),
    ...(runs.length > groups.length ? [style.faint(SEVERAL_SEEDS), ''] : []),
    ...summary(report, style),
    '',
  ].join('\n');
}

/** All variants' expectations in one set of columns. */
function verdicts(scenario: Scenario, groups: readonly Group[], style: Style): string[] {
  const cells = groups.map(([, runs]) => runs[0].expectations.map((_, i) => expectationCells(runs, i)));
  const aligned = columns(cells.flat());
  return groups.flatMap(([variant, runs], i) => {
    const lines = aligned.splice(0, cells[i].length);
    return [...verdict(scenario, variant, runs, lines, style), ''];
  });
}

function verdict(
  scenario: Scenario,
  variant: string,
  runs: readonly RunResult[],
  lines: readonly string[],
  style: Style,
): string[] {
  const [first] = runs;
  const outcome = verdictOfClaims(runs.flatMap(({ expectations }) => expectations));
  const heading = `${MARKS[outcome](style)} ${style.strong(variant)} ${style.faint(`(${scenario.roles[variant]})`)}`;
  const marked = lines.map((line, i) => {
    const results = runs.map(({ expectations }) => expectations[i]);
    return `    ${MARKS[verdictOfClaims(results)](style)} ${line}`;
  });
  if (runs.length > 1) {
    const failing = runs
      .filter(({ expectations }) => verdictOfClaims(expectations) === 'failed')
      .map(({ seed }) => seed);
    const which = { held: 'all hold', failed: `not with ${failing.join(', ')}`, unclaimed: 'nothing is claimed' };
    const seeds = `${runs.length} seeds, ${first.seed} to ${runs[runs.length - 1].seed}: ${which[outcome]}`;
    return [`${heading}  ${seeds}`, ...marked, ...healthLines(runs, style)];
  }
  const { seed, simulatedSeconds, events, wallSeconds, digest } = first;
  const size = `${quantity(simulatedSeconds, 's')} simulated, ${grouped(events)} events in ${wallSeconds.toFixed(2)} s`;
  const about = [`      ${style.faint(size)}`, `      ${style.faint(digest)}`];
  return [`${heading}  seed ${seed}`, ...marked, ...about, ...healthLines(runs, style)];
}

function expectationCells(runs: readonly RunResult[], place: number): string[] {
  const results = runs.map(({ expectations }) => expectations[place]);
  const [{ text, actual, unit, notClaimed }] = results;
  if (notClaimed !== undefined) return [text, `not claimed: ${notClaimed}`];
  if (results.length === 1) return [text, `measured ${quantity(actual, unit)}`];
  return [text, `${results.filter(({ pass }) => pass).length} of ${results.length} seeds`, measuredRange(results)];
}

function measuredRange(results: readonly ExpectationResult[]): string {
  const told = results.map(({ actual }) => actual).filter((actual) => !Number.isNaN(actual));
  const untold = told.length < results.length ? `, nothing ${results.length - told.length} times` : '';
  if (told.length === 0) return 'measured nothing';
  const [{ unit }] = results;
  return `measured ${quantity(Math.min(...told), unit)} to ${quantity(Math.max(...told), unit)}${untold}`;
}

function failed({ variant, seed, error }: RunFailure, style: Style): string[] {
  return [
    `${style.bad('✗')} ${style.strong(variant)}  seed ${seed}: ${style.bad('did not reach its end')}`,
    `      ${error}`,
  ];
}

/** The signals of one variant, a line each. */
function signalLines(scenario: Scenario, runs: readonly RunResult[]): string[] {
  const known = chartedIn(scenario, runs).filter((name) => runs[0].signals[name] !== undefined);
  return columns(known.map((name) => [name, ...figures(name, runs).map(([label, value]) => `${label} ${value}`)]));
}

/** One signal of several variants: a heading with its figures' names, and a line a variant. */
function signalTable(name: string, groups: readonly Group[], style: Style): string[] {
  const rows = groups.map(([variant, runs]) => ({ variant, figures: figures(name, runs) }));
  const known = rows.find((row) => row.figures.length > 0);
  if (known === undefined) return [];
  const heading = [name, ...known.figures.map(([label]) => label)];
  const cells = rows.map(({ variant, figures }) => [`  ${variant}`, ...figures.map(([, value]) => value)]);
  const [first, ...rest] = columns([heading, ...cells], [1, 2, 3]);
  return [style.strong(first.slice(0, name.length)) + style.faint(first.slice(name.length)), ...rest, ''];
}

/** A signal's figures with their labels, over several runs their means ± half the interval; none if there is no such signal. */
function figures(name: string, runs: readonly RunResult[]): [label: string, value: string][] {
  const signal = runs[0].signals[name];
  if (signal === undefined) return [];
  return Object.entries(FIGURES[signal.kind]).map(([field, label]) => {
    const { mean, halfWidth } = intervalOf(runs, name, field) ?? { mean: NaN, halfWidth: NaN };
    const value = quantity(mean, signal.unit);
    return [label, runs.length === 1 ? value : `${value} ± ${quantity(halfWidth, signal.unit)}`];
  });
}

function summary(report: RunReport, style: Style): string[] {
  const { runs, planned } = report;
  const verdict = reportVerdict(report);
  const expectations = runs.flatMap((run) => run.expectations);
  const unfinished = runs.length < planned ? `; ${runs.length} of ${planned} runs reached their end` : '';
  const text = `${heldText(expectations)}${unfinished}`;
  return [MARKS[verdict](style, ` ${text}`)];
}

const MARKS: Readonly<Record<ClaimsVerdict, (style: Style, text?: string) => string>> = {
  held: (style, text = '') => style.good(`✓${text}`),
  failed: (style, text = '') => style.bad(`✗${text}`),
  unclaimed: (style, text = '') => style.faint(`·${text}`),
};
