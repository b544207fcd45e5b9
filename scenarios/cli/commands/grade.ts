/**
 * `brownout grade <attempts…>`: attempts at exercises, judged by computing all of their runs again. What a file says of itself
 * is only compared. A file that is no attempt, or whose runs fail, is named on standard error, and the others are graded all the
 * same.
 */
import {
  AttemptError,
  changesSince,
  gradeRows,
  openAttempt,
  readAttempt,
  readCodeWords,
  type Graded,
} from '../../../sim-core/index.ts';
import { ProgressLine } from '../cachesim/progress-line.ts';
import { UsageError, type CliCommand, type CommandLine, type ExitCode } from '../command.ts';
import { attemptFiles, readText } from '../grade/attempt-files.ts';
import { gradePolicies, isPolicy } from '../grade/own-policies.ts';
import { gradeFormats } from '../grade/report.ts';
import { replay } from '../grade/replay.ts';
import { findScenario, loadScenarioFile } from '../load-scenario.ts';
import { noSuch } from '../nearest.ts';
import { styleFor } from '../reporters/style.ts';

interface GradeOptions {
  readonly format: string;
  readonly scenario?: string;
  readonly codeWords?: string;
}

const EXAMPLES = `
Example:
  brownout grade handed-in/                  every *.attempt.json of a folder
  brownout grade ada.attempt.json --format csv
  brownout grade handed-in/ --code-words class.txt

Exit codes: 0 all are solved and verified; 1 one is not; 2 a file is no attempt, or its runs fail.
`;

export const gradeCommand: CliCommand = {
  name: 'grade',
  define(program, cli, exit) {
    program
      .command('grade')
      .description('judge attempts at exercises by replay')
      .argument('<attempts...>', 'files that the page saved, or folders of them')
      .option('--format <format>', `how to print the results: ${Object.keys(gradeFormats).join(', ')}`, 'table')
      .option('--scenario <file>', "the scenario's file, where it is not of the catalogue")
      .option(
        '--code-words <file>',
        'the code words that were given out, one a line: attempts with another do not pass',
      )
      .addHelpText('after', EXAMPLES)
      .action(async (paths: string[], options: GradeOptions) => exit(await gradeAll(paths, options, cli)));
  },
};

/** Policies that learners have written, and all other attempts, each in a table. */
async function gradeAll(paths: readonly string[], options: GradeOptions, cli: CommandLine): Promise<ExitCode> {
  const files = attemptFiles(paths);
  const policies = files.filter(isPolicy);
  if (policies.length === 0) return grade(files, options, cli);
  if (options.scenario !== undefined) {
    throw new UsageError(
      `--scenario: ${policies[0]} is a policy, and a policy has no scenario of its own; grade policies apart, without this option`,
    );
  }
  const words = options.codeWords === undefined ? undefined : wordsOf(options.codeWords);
  if (policies.length === files.length) return gradePolicies(policies, options.format, cli, words);
  if (options.format !== 'table') {
    throw new UsageError(
      `--format ${options.format}: some of these are policies; grade them apart from other attempts`,
    );
  }
  const others = await grade(
    files.filter((file) => !policies.includes(file)),
    options,
    cli,
  );
  return Math.max(others, await gradePolicies(policies, options.format, cli, words)) as ExitCode;
}

export async function grade(
  paths: readonly string[],
  { format, scenario: own, codeWords }: GradeOptions,
  cli: CommandLine,
): Promise<ExitCode> {
  if (!Object.hasOwn(gradeFormats, format)) {
    throw new UsageError(`--format: ${noSuch('format', format, Object.keys(gradeFormats))}`);
  }
  const words = codeWords === undefined ? undefined : wordsOf(codeWords);
  const files = attemptFiles(paths);
  const loaded = own === undefined ? undefined : await loadScenarioFile(own);
  const line = new ProgressLine(cli.isTerminal ? cli.err : () => {});
  const graded: Graded[] = [];
  let refused = 0;
  for (const [place, file] of files.entries()) {
    try {
      const opened = openAttempt(readText(file));
      const scenario = loaded?.scenario.id === opened.scenario ? loaded : await findScenario(opened.scenario);
      const attempt = readAttempt(opened.fields, scenario.scenario);
      const replayed = await replay(attempt, scenario, cli.interrupted, (run, of) =>
        line.show(() => `${file}, ${place + 1} of ${files.length}: run ${run} of ${of}`),
      );
      if (replayed === undefined) break;
      graded.push({ file, attempt, ...replayed, changes: changesSince(attempt, scenario.definition) });
    } catch (error) {
      refused++;
      line.wipe();
      cli.err(`brownout: ${file}: ${whyRefused(error)}\n`);
    }
  }
  line.wipe();
  const rows = gradeRows(graded, words);
  if (rows.length > 0) cli.out(gradeFormats[format](rows, styleFor(cli.showsColours)));
  if (cli.interrupted.aborted) {
    cli.err(`brownout: interrupted; ${graded.length} of ${files.length} attempts are graded\n`);
    return 130;
  }
  if (refused > 0) return 2;
  return rows.every(({ pass }) => pass) ? 0 : 1;
}

/** What is wrong with the file, or what a run that it asks for has thrown, which is no reason to give up the others. */
function whyRefused(error: unknown): string {
  if (error instanceof AttemptError || error instanceof UsageError) return error.message;
  return `its runs cannot be judged: ${error instanceof Error ? error.message : String(error)}`;
}

/** Throws `UsageError`. */
function wordsOf(file: string): string[] {
  try {
    return readCodeWords(readText(file));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--code-words: ${file}: ${why}`);
  }
}
