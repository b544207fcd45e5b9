/**
 * `brownout grade` of policies that learners have written: each source is run again in a process of its own (`policy-process.ts` says
 * what that protects from), on the attempt's seed and those that follow it. They are another kind of work than attempts at a
 * pitfall, and a table of their own.
 */
import { AttemptError, csvCell } from '../../../sim-core/index.ts';
import { catalogue } from '../../index.ts';
import {
  endedOutside,
  judgePolicyAttempt,
  policyNotes,
  policySeeds,
  readPolicyAttempt,
  sameSources,
  type JudgedPolicy,
  type PolicyAttempt,
} from '../../own-policy/attempt.ts';
import { examOf, verdictOf, type PolicyVerdict } from '../../own-policy/verdict.ts';
import { ProgressLine } from '../cachesim/progress-line.ts';
import { UsageError, type CommandLine, type ExitCode } from '../command.ts';
import { columns, styleFor, type Style } from '../reporters/style.ts';
import { readText } from './attempt-files.ts';
import { runInProcess } from './policy-process.ts';

interface GradedPolicy extends JudgedPolicy {
  readonly file: string;
  readonly seed: number;
  readonly explanation: string;
  readonly notes: readonly string[];
}

/** Does the file hold a policy? One that cannot be read is left to whoever says so. */
export function isPolicy(file: string): boolean {
  try {
    return readPolicyAttempt(readText(file)) !== undefined;
  } catch (error) {
    return error instanceof AttemptError;
  }
}

const FORMATS: Readonly<Record<string, (graded: readonly GradedPolicy[], style: Style) => string>> = {
  table,
  json,
  csv,
};

/** As `grade`, whose formats it has. */
export async function gradePolicies(files: readonly string[], format: string, cli: CommandLine): Promise<ExitCode> {
  if (!Object.hasOwn(FORMATS, format)) throw new UsageError(`--format: there is no format '${format}' for policies`);
  const line = new ProgressLine(cli.isTerminal ? cli.err : () => {});
  const judged: Judged[] = [];
  let refused = 0;
  for (const [place, file] of files.entries()) {
    try {
      const attempt = readPolicyAttempt(readText(file))!;
      const verdicts: PolicyVerdict[] = [];
      for (const seed of policySeeds(attempt.seed)) {
        if (cli.interrupted.aborted) break;
        line.show(() => `${file}, ${place + 1} of ${files.length}: seed ${seed}`);
        const exam = examOf(seed);
        verdicts.push(verdictOf(exam, await runInProcess(attempt.source, exam, { interrupted: cli.interrupted })));
        // Others could not save it.
        if (!verdicts[0].solved) break;
      }
      if (cli.interrupted.aborted) break;
      const why = endedOutside(verdicts);
      if (why !== undefined) throw new Error(`not judged: ${why}`);
      judged.push({ file, attempt, verdicts });
    } catch (error) {
      if (cli.interrupted.aborted) break;
      refused++;
      line.wipe();
      cli.err(`brownout: ${file}: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  line.wipe();
  const graded = rowsOf(judged);
  if (graded.length > 0) cli.out(FORMATS[format](graded, styleFor(cli.showsColours)));
  if (cli.interrupted.aborted) {
    cli.err(`brownout: interrupted; ${graded.length} of ${files.length} policies are graded\n`);
    return 130;
  }
  if (refused > 0) return 2;
  return graded.every(passes) ? 0 : 1;
}

const passes = ({ solved, verified }: GradedPolicy): boolean => solved && verified;

interface Judged {
  readonly file: string;
  readonly attempt: PolicyAttempt;
  readonly verdicts: readonly PolicyVerdict[];
}

function rowsOf(all: readonly Judged[]): GradedPolicy[] {
  const { definition } = catalogue.find(({ scenario }) => scenario.id === 'eviction')!;
  const same = sameSources(all.map(({ file, attempt }) => ({ file, source: attempt.source })));
  return all.map(({ file, attempt, verdicts }, i) => {
    const { seeds, seedsHeld, solved, verified } = judgePolicyAttempt(attempt, verdicts);
    const notes = policyNotes(attempt, verdicts, definition);
    if (same[i].length > 0) notes.push(`the same source as ${same[i].join(', ')}`);
    const { seed, explanation } = attempt;
    return { file, seed, seeds, seedsHeld, solved, verified, explanation, notes };
  });
}

function table(graded: readonly GradedPolicy[], style: Style): string {
  const mark = (holds: boolean): string => (holds ? '✓' : '✗');
  const [heading, ...lines] = columns(
    [
      ['policy', 'seed', 'solved', 'verified', 'seeds', ''],
      ...graded.map(({ file, seed, solved, verified, seeds, seedsHeld, notes }) => [
        file,
        String(seed),
        mark(solved),
        mark(verified),
        `${seedsHeld}/${seeds}`,
        notes.join('; '),
      ]),
    ],
    [1, 4],
  );
  return [
    style.faint(heading),
    ...lines.map((line, i) => (passes(graded[i]) ? line : style.bad(line))),
    `${graded.filter(passes).length} of ${graded.length} policies solved and verified`,
    '',
  ].join('\n');
}

function json(graded: readonly GradedPolicy[]): string {
  return `${JSON.stringify({ pass: graded.every(passes), policies: graded }, null, 2)}\n`;
}

function csv(graded: readonly GradedPolicy[]): string {
  const rows = graded.map(({ notes, ...row }) => ({ ...row, notes: notes.join('; ') }));
  const line = (cells: readonly unknown[]): string => `${cells.map(csvCell).join(',')}\n`;
  return [Object.keys(rows[0]), ...rows.map((row) => Object.values(row))].map(line).join('');
}
