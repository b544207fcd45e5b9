/**
 * `brownout run <id or file>`: runs a scenario's variants and holds their expectations against what came out. Results
 * are printed together at the end, of all runs that reached theirs; a run that ends by an error does not keep the
 * others from running.
 */
import { Run } from '../../../sim-core/index.ts';
import { ProgressLine } from '../cachesim/progress-line.ts';
import { UsageError, type CliCommand, type CommandLine, type ExitCode } from '../command.ts';
import { firstLine, loadScenario, whereIn, type LoadedScenario } from '../load-scenario.ts';
import { noSuch } from '../nearest.ts';
import { reporters } from '../reporters/index.ts';
import { reportPasses, resultOf, type RunFailure, type RunResult } from '../reporters/report.ts';
import { styleFor } from '../reporters/style.ts';
import { drive } from '../run/drive.ts';
import { planRuns, type PlannedRun, type PlanWords } from '../run/plan.ts';
import { prepareFolder } from '../run/recording-store.ts';
import { FILES, filesNamed, RunFiles } from '../run/run-files.ts';

interface RunCommandOptions extends PlanWords {
  readonly format: string;
  readonly out?: string;
  readonly export?: string;
  readonly health?: boolean;
}

/** Formats that have a place for `--health`. */
const HEALTHY: readonly string[] = ['table', 'json'];

const EXAMPLES = `
Examples:
  brownout run stampede                                       all variants, judged
  brownout run stampede --variant mutex --seed 1..20          one variant, twenty seeds
  brownout run stampede --set ttl=500ms --set rate=2000       other parameters
  brownout run stampede --variant none --at 12s:slow:database an intervention while it runs
  brownout run stampede --variant none --health               is the run to be trusted, is its system well?
  brownout run stampede --variant none --out runs             traces, metrics, logs, … for other tools
  brownout run ./mine.ts --format junit > results.xml         your own scenario, for CI
`;

export const runCommand: CliCommand = {
  name: 'run',
  define(program, cli, exit) {
    program
      .command('run')
      .description("run a scenario's variants and judge them by their expectations")
      .argument('<scenario>', 'an id of the catalogue, or the path of a .ts or .js file: ./mine.ts')
      .option('--variant <name>', 'one variant, or all', 'all')
      .option('--seed <seeds>', "a seed, or a range of them: 7 or 1..20 (default: the scenario's own)")
      .option('--set <name=value...>', 'set a parameter: ttl=500ms')
      .option('--at <intervention...>', 'step in while it runs, TIME:ACTION:TARGET[:ARGS]: 12s:slow:database:factor=4')
      .option('--events-max <count>', 'end a run with an error once it has run so many events')
      .option('--pending-max <count>', 'or once so many are pending at a time, which is what fills memory')
      .option('--time-max <duration>', 'or once so much simulated time has passed: 10m')
      .option('--format <format>', `how to print: ${Object.keys(reporters).join(', ')}`, 'table')
      .option(
        '--health',
        `also say whether each run is to be trusted, and what the handbook’s checklists find in it; in the formats ${HEALTHY.join(' and ')}`,
      )
      .option(
        '--out <folder>',
        'also write files of each run into this folder: its recording, and what other tools open',
      )
      .option('--export <names>', `with --out: only these files, of ${FILES.join(', ')}`)
      .addHelpText('after', EXAMPLES)
      .action(async (word: string, options: RunCommandOptions) => exit(await runScenario(word, options, cli)));
  },
};

export async function runScenario(word: string, options: RunCommandOptions, cli: CommandLine): Promise<ExitCode> {
  const { format, out, health = false } = options;
  if (!Object.hasOwn(reporters, format)) {
    throw new UsageError(`--format: ${noSuch('format', format, Object.keys(reporters))}`);
  }
  if (health && !HEALTHY.includes(format)) {
    throw new UsageError(`--health: --format ${format} has no place for it; expected ${HEALTHY.join(' or ')}`);
  }
  if (options.export !== undefined && out === undefined) {
    throw new UsageError('--export: it says which files --out writes; give a folder as well: --out runs');
  }
  const loaded = await loadScenario(word);
  const plan = planRuns(loaded, options);
  const names = filesNamed(options.export);
  if (out !== undefined) prepareFolder(out);
  const files = out === undefined ? undefined : new RunFiles(out, names);
  const { runs, failures } = await runAll(loaded, plan, { files, health }, cli);
  const report = { scenario: loaded.scenario, runs, failures, planned: plan.length };
  cli.out(reporters[format](report, styleFor(cli.showsColours)));
  if (files?.summary !== undefined) cli.err(`brownout: ${files.summary}\n`);
  if (cli.interrupted.aborted) {
    cli.err(`brownout: interrupted; ${runs.length} of ${plan.length} runs are finished\n`);
    return 130;
  }
  for (const { variant, seed, error } of failures) {
    cli.err(`brownout: ${loaded.scenario.id} ${variant} seed ${seed}: ${error}\n`);
  }
  if (failures.length > 0) return 3;
  return reportPasses(report) ? 0 : 1;
}

async function runAll(
  loaded: LoadedScenario,
  plan: readonly PlannedRun[],
  { files, health }: { readonly files: RunFiles | undefined; readonly health: boolean },
  cli: CommandLine,
): Promise<{ runs: RunResult[]; failures: RunFailure[] }> {
  const runs: RunResult[] = [];
  const failures: RunFailure[] = [];
  const line = new ProgressLine(cli.isTerminal ? cli.err : () => {});
  try {
    for (const [place, planned] of plan.entries()) {
      const { variant, seed } = planned;
      const started = performance.now();
      const about = `${loaded.scenario.id} ${variant} seed ${seed}, run ${place + 1} of ${plan.length}`;
      line.show(() => about);
      try {
        const run = new Run(loaded.scenario, planned);
        const progress = (): void => line.show(() => `${about}: ${Math.floor(100 * run.progress)} %`);
        if (!(await drive(run, { interrupted: cli.interrupted, progress }))) break;
        const recording = run.finish();
        runs.push(resultOf(recording, (performance.now() - started) / 1000, health));
        await files?.write(recording, loaded.scenario);
      } catch (error) {
        if (error instanceof UsageError) throw error;
        failures.push({ variant, seed, error: failureText(loaded, error) });
      }
    }
  } finally {
    line.wipe();
  }
  return { runs, failures };
}

/** What went wrong, and where in the user's file if it was there. */
function failureText({ file }: LoadedScenario, error: unknown): string {
  const where = file === undefined ? undefined : whereIn(file, error);
  return where === undefined || where === file ? firstLine(error) : `${firstLine(error)} (${where})`;
}
