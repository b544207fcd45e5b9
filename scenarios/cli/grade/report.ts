/** What `grade` prints: a table for the eye, one JSON document, or CSV; a row an attempt. */
import { gradeCsv, type GradeRow } from '../../../sim-core/index.ts';
import { columns, type Style } from '../reporters/style.ts';

export type GradeFormat = (rows: readonly GradeRow[], style: Style) => string;

export const gradeFormats: Readonly<Record<string, GradeFormat>> = { table, json, csv: gradeCsv };

function table(rows: readonly GradeRow[], style: Style): string {
  const mark = (holds: boolean): string => (holds ? '✓' : '✗');
  const [heading, ...lines] = columns(
    [
      [
        'file',
        'scenario',
        'exercise',
        'code word',
        'solved',
        'verified',
        'seeds',
        'foretold',
        'predicted',
        'tries',
        'hints',
        '',
      ],
      ...rows.map((row) => [
        row.file,
        row.scenario,
        row.exercise,
        row.codeWord,
        mark(row.solved),
        mark(row.verified),
        `${row.seedsHeld}/${row.seeds}`,
        `${row.foretoldRight}/${row.foretold}`,
        row.predicted === 0 ? '' : `${row.predicted}: ${row.predictionScore}`,
        String(row.tries),
        String(row.hints),
        row.notes.join('; '),
      ]),
    ],
    [6, 7, 8, 9, 10],
  );
  const passed = rows.filter(({ pass }) => pass).length;
  return [
    style.faint(heading),
    ...lines.map((line, i) => (rows[i].pass ? line : style.bad(line))),
    `${passed} of ${rows.length} solved and verified`,
    '',
  ].join('\n');
}

function json(rows: readonly GradeRow[]): string {
  return `${JSON.stringify({ pass: rows.every(({ pass }) => pass), attempts: rows }, null, 2)}\n`;
}
