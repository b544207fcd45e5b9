/**
 * `brownout grade` of policies that learners have written: each source is run again in a process of its own (`policy-process.ts` says
 * what that protects from), on the attempt's seed and those that follow it. They are another kind of work than attempts at a
 * pitfall, and a table of their own.
 */
import { AttemptError } from '../../../sim-core/index.ts';
import { catalogue } from '../../index.ts';
import { endedOutside, policySeeds, readPolicyAttempt } from '../../own-policy/attempt.ts';
import { policiesCsv, policyRows, type PolicyRow, type RunPolicy } from '../../own-policy/grade-sheet.ts';
import { examOf, verdictOf, type PolicyVerdict } from '../../own-policy/verdict.ts';
import { ProgressLine } from '../cachesim/progress-line.ts';
import { UsageError, type CommandLine, type ExitCode } from '../command.ts';
import { columns, styleFor, type Style } from '../reporters/style.ts';
import { readText } from './attempt-files.ts';
import { runInProcess } from './policy-process.ts';

/** Does the file hold a policy? One that cannot be read is left to whoever says so. */
export function isPolicy(file: string): boolean {
  try {
    return readPolicyAttempt(readText(file)) !== undefined;
  } catch (error) {
    return error instanceof AttemptError;
  }
}

const FORMATS: Readonly<Record<string, (graded: readonly PolicyRow[], style: Style) => string>> = {
  table,
  json,
  csv: policiesCsv,
};

/** As `grade`, whose formats it has; `words` are the code words that were given out. */
export async function gradePolicies(
  files: readonly string[],
  format: string,
  cli: CommandLine,
  words?: readonly string[],
): Promise<ExitCode> {
  if (!Object.hasOwn(FORMATS, format)) throw new UsageError(`--format: there is no format '${format}' for policies`);
  const line = new ProgressLine(cli.isTerminal ? cli.err : () => {});
  const { definition } = catalogue.find(({ scenario }) => scenario.id === 'eviction')!;
  const run: RunPolicy[] = [];
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
      run.push({ file, attempt, verdicts });
    } catch (error) {
      if (cli.interrupted.aborted) break;
      refused++;
      line.wipe();
      cli.err(`brownout: ${file}: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  line.wipe();
  const graded = policyRows(run, definition, words);
  if (graded.length > 0) cli.out(FORMATS[format](graded, styleFor(cli.showsColours)));
  if (cli.interrupted.aborted) {
    cli.err(`brownout: interrupted; ${graded.length} of ${files.length} policies are graded\n`);
    return 130;
  }
  if (refused > 0) return 2;
  return graded.every(({ pass }) => pass) ? 0 : 1;
}

function table(graded: readonly PolicyRow[], style: Style): string {
  const mark = (holds: boolean): string => (holds ? '✓' : '✗');
  const [heading, ...lines] = columns(
    [
      ['policy', 'code word', 'seed', 'solved', 'verified', 'seeds', ''],
      ...graded.map(({ file, codeWord, seed, solved, verified, seeds, seedsHeld, notes }) => [
        file,
        codeWord,
        String(seed),
        mark(solved),
        mark(verified),
        `${seedsHeld}/${seeds}`,
        notes.join('; '),
      ]),
    ],
    [2, 5],
  );
  return [
    style.faint(heading),
    ...lines.map((line, i) => (graded[i].pass ? line : style.bad(line))),
    `${graded.filter(({ pass }) => pass).length} of ${graded.length} policies solved and verified`,
    '',
  ].join('\n');
}

function json(graded: readonly PolicyRow[]): string {
  return `${JSON.stringify({ pass: graded.every(({ pass }) => pass), policies: graded }, null, 2)}\n`;
}
