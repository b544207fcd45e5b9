/**
 * Markdown for the comment of a pull request: the verdict first, then a table of the expectations, and of several seeds the
 * means of what was measured.
 */
import { heldText, type ClaimsVerdict, quantity } from '../../../sim-core/index.ts';
import { replicationsOf, type Replications } from './replications.ts';
import { reportVerdict, type RunReport } from './report.ts';

export function markdown(report: RunReport): string {
  const { scenario, runs, failures, planned } = report;
  const rows = runs.flatMap(({ variant, seed, expectations }) =>
    expectations.map(({ text, pass, actual, limit, unit, notClaimed }) => [
      MARKS[notClaimed !== undefined ? 'unclaimed' : pass ? 'held' : 'failed'],
      `\`${variant}\``,
      String(seed),
      notClaimed === undefined ? text : `${text} (not claimed: ${notClaimed})`,
      quantity(actual, unit),
      quantity(limit, unit),
    ]),
  );
  const failedRows = failures.map(({ variant, seed, error }) => ['💥', `\`${variant}\``, String(seed), error, '', '']);
  const unfinished = runs.length < planned ? `, ${runs.length} of ${planned} runs finished` : '';
  return [
    `### ${MARKS[reportVerdict(report)]} ${scenario.title} (\`${scenario.id}\`)`,
    '',
    `${heldText(runs.flatMap(({ expectations }) => expectations))}${unfinished}.`,
    '',
    row(['', 'Variant', 'Seed', 'Expectation', 'Measured', 'Limit']),
    row(['---', '---', '---:', '---', '---:', '---:']),
    ...[...rows, ...failedRows].map(row),
    '',
    ...means(replicationsOf(scenario, runs)),
    '<details><summary>Digests</summary>',
    '',
    ...runs.map(({ variant, seed, digest }) => `- \`${variant}\`, seed ${seed}: \`${digest}\``),
    '',
    '</details>',
    '',
  ].join('\n');
}

const MARKS: Readonly<Record<ClaimsVerdict, string>> = { held: '✅', failed: '❌', unclaimed: '➖' };

/** A table of the figures of those variants that ran with several seeds. */
function means(replications: readonly Replications[]): string[] {
  if (replications.length === 0) return [];
  const rows = replications.flatMap(({ variant, signals }) =>
    Object.entries(signals).flatMap(([name, { unit, figures }]) =>
      Object.entries(figures).map(([field, { mean, low, high, n }]) => {
        const interval = `${quantity(low, unit)} to ${quantity(high, unit)}`;
        return [`\`${variant}\``, `\`${name}\``, field, quantity(mean, unit), interval, String(n)];
      }),
    ),
  );
  return [
    row(['Variant', 'Signal', 'Figure', 'Mean over seeds', '95 % confidence', 'Seeds']),
    row(['---', '---', '---', '---:', '---:', '---:']),
    ...rows.map(row),
    '',
  ];
}

const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
