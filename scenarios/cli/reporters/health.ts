/**
 * `run --health` for the eye: a line a check of whether the run is to be trusted, then the handbook's checklists with a
 * line a row, then a line a component by RED and USE; of several seeds, how often each came out how. A checklist of which
 * the run tells nothing is one line.
 */
import {
  methodsText,
  NO_USE,
  type Checklist,
  type ChecklistVerdict,
  type HealthStatus,
  type MethodsRow,
} from '../../../sim-core/index.ts';
import type { RunResult } from './report.ts';
import { columns, type Style } from './style.ts';

type Verdict = HealthStatus | ChecklistVerdict;

const MARKS: Readonly<Record<Verdict, (style: Style) => string>> = {
  good: (style) => style.good('✓'),
  doubt: () => '?',
  bad: (style) => style.bad('✗'),
  untold: (style) => style.faint('–'),
  attested: (style) => style.faint('✎'),
};

/** A line to be: of one run, or of one that stands for several. */
interface Line {
  readonly verdict: Verdict;
  readonly cells: readonly string[];
}

/** The lines of a variant's runs; none if nothing was asked for. */
export function healthLines(runs: readonly RunResult[], style: Style): string[] {
  const [first] = runs;
  if (first?.health === undefined) return [];
  const checks = merged(runs, ({ health = [] }) =>
    health.map(({ name, status, text }) => ({ verdict: status, cells: [name], text })),
  );
  return [
    ...section('is the run to be trusted?', checks, style),
    ...(first.checklists ?? []).flatMap(({ title }, place) =>
      section(
        `${title} (the handbook’s checklist)`,
        merged(runs, (run) => rowsOf(run.checklists![place])),
        style,
      ),
    ),
    ...section(
      'RED and USE of every component and link (the golden signals are RED’s three and how full the fullest is)',
      merged(runs, ({ methods = [] }) => methods.map(methodsLine)),
      style,
    ),
  ];
}

/** Beyond the thresholds that teams begin with is a reason to look, and no verdict. */
function methodsLine(row: MethodsRow): Told {
  const { rate, errors, cancelled, duration, use } = methodsText(row);
  const verdict: Verdict = row.beyond.length > 0 ? 'doubt' : row.red === undefined ? 'untold' : 'good';
  const figures = [rate, errors === '' ? '' : `${errors} failed${cancelled === '' ? '' : `, ${cancelled}`}`, duration];
  return { verdict, cells: [row.name], figures, text: use.length === 0 ? NO_USE : use.join('; ') };
}

function rowsOf({ rows }: Checklist): Told[] {
  const isSilent = rows.every(({ verdict }) => verdict === 'untold');
  if (isSilent) return [{ verdict: 'untold', cells: ['nothing of it can be told of this run'], text: '' }];
  return rows.map(({ item, threshold, verdict, found }) => ({ verdict, cells: [item, threshold], text: found }));
}

interface Told extends Line {
  /** Cells that are one run's own. */
  readonly figures?: readonly string[];
  readonly text: string;
}

/** What one run says as it says it; of several, how each of its lines came out. */
function merged(runs: readonly RunResult[], told: (run: RunResult) => Told[]): Line[] {
  const all = runs.map((run) => ({ seed: run.seed, lines: told(run) }));
  const longest = all.map(({ lines }) => lines).reduce((a, b) => (b.length > a.length ? b : a));
  if (runs.length === 1) {
    return longest.map(({ verdict, cells, figures = [], text }) => ({ verdict, cells: [...cells, ...figures, text] }));
  }
  return longest.map(({ cells }, place) => {
    const verdicts = all.map(({ seed, lines }) => ({ seed, verdict: lines[place]?.verdict ?? 'untold' }));
    const worst = ORDER.find((verdict) => verdicts.some((one) => one.verdict === verdict)) ?? 'untold';
    return { verdict: worst, cells: [...cells, outcomes(verdicts)] };
  });
}

/** Worst first. */
const ORDER: readonly Verdict[] = ['bad', 'doubt', 'untold', 'attested', 'good'];

function outcomes(runs: readonly { readonly seed: number | string; readonly verdict: Verdict }[]): string {
  const found = ORDER.flatMap((verdict) => {
    const seeds = runs.filter((run) => run.verdict === verdict).map(({ seed }) => seed);
    if (seeds.length === 0) return [];
    return verdict === 'good' || seeds.length === runs.length
      ? [`${verdict} with ${seeds.length} of ${runs.length} seeds`]
      : [`${verdict} with ${seeds.join(', ')}`];
  });
  return found.join('; ');
}

function section(heading: string, lines: readonly Line[], style: Style): string[] {
  const aligned = columns(lines.map(({ cells }) => cells));
  return [
    style.faint(`    ${heading}`),
    ...lines.map(({ verdict }, i) => `    ${MARKS[verdict](style)} ${aligned[i]}`),
  ];
}
