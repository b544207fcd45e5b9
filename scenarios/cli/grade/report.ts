/** What `grade` prints: a table for the eye, one JSON document, or CSV; a row an attempt. */
import type { Attempt, Judgement } from '../../../sim-core/index.ts';
import { columns, type Style } from '../reporters/style.ts';

export interface Graded {
  readonly file: string;
  readonly attempt: Attempt;
  readonly judgement: Judgement;
  /** What has changed since it was made: the scenario's definition, the engine. */
  readonly changes: readonly string[];
}

export type GradeFormat = (graded: readonly Graded[], style: Style) => string;

export const gradeFormats: Readonly<Record<string, GradeFormat>> = { table, json, csv };

/** Solved by what was computed now, and nothing in the file says otherwise. */
export const passes = ({ judgement: { solved, verified } }: Graded): boolean => solved && verified;

function rowOf({ file, attempt, judgement, changes }: Graded) {
  const asked = judgement.tries.filter(({ foretold }) => foretold !== undefined);
  return {
    file,
    scenario: attempt.scenario,
    exercise: attempt.exercise,
    solved: judgement.solved,
    by: judgement.by,
    verified: judgement.verified,
    seedsHeld: judgement.seedsHeld,
    seeds: judgement.seeds.length,
    foretoldRight: asked.filter(({ foretold, cameTo }) => foretold === cameTo).length,
    foretold: asked.length,
    tries: judgement.tries.length,
    hints: attempt.hints,
    explanation: attempt.explanation,
    notes: [...notes(attempt, judgement), ...changes],
  };
}

/** What the file says and the runs do not. */
function notes({ solved }: Attempt, judgement: Judgement): string[] {
  const others = judgement.tries.flatMap(({ identical }, i) => (identical ? [] : [i + 1]));
  return [
    ...(others.length > 0 ? [`another digest in try ${others.join(', ')}`] : []),
    ...(solved === judgement.solved ? [] : [`the file says ${solved ? 'solved' : 'not solved'}`]),
  ];
}

function table(graded: readonly Graded[], style: Style): string {
  const rows = graded.map(rowOf);
  const mark = (holds: boolean): string => (holds ? '✓' : '✗');
  const [heading, ...lines] = columns(
    [
      ['file', 'scenario', 'exercise', 'solved', 'verified', 'seeds', 'foretold', 'tries', 'hints', ''],
      ...rows.map((row) => [
        row.file,
        row.scenario,
        row.exercise,
        mark(row.solved),
        mark(row.verified),
        `${row.seedsHeld}/${row.seeds}`,
        `${row.foretoldRight}/${row.foretold}`,
        String(row.tries),
        String(row.hints),
        row.notes.join('; '),
      ]),
    ],
    [5, 6, 7, 8],
  );
  const passed = graded.filter(passes).length;
  return [
    style.faint(heading),
    ...lines.map((line, i) => (passes(graded[i]) ? line : style.bad(line))),
    `${passed} of ${graded.length} solved and verified`,
    '',
  ].join('\n');
}

function json(graded: readonly Graded[]): string {
  return `${JSON.stringify({ pass: graded.every(passes), attempts: graded.map(rowOf) }, null, 2)}\n`;
}

function csv(graded: readonly Graded[]): string {
  const rows = graded.map(rowOf).map(({ by, notes: remarks, ...row }) => ({
    ...row,
    by: by.join(' '),
    notes: remarks.join('; '),
  }));
  return [Object.keys(rows[0]), ...rows.map(Object.values)].map((cells) => cells.map(quoted).join(',') + '\n').join('');
}

/**
 * A cell of CSV (RFC 4180). A text that a spreadsheet would take for a formula, as one may stand in a learner's explanation,
 * has an apostrophe before it.
 */
function quoted(value: unknown): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
