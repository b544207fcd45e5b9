/**
 * `brownout twin <names>`: generated scripts against real servers, each started here on a private port, side by side, and
 * against the models of them. Every difference is shown with the smallest script that has it. Ctrl-C ends all of them with what
 * was compared until then; the servers go in any case.
 */
import { grouped } from '../../../sim-core/index.ts';
import { UsageError, type CliCommand, type CommandLine, type ExitCode } from '../command.ts';
import { noSuch } from '../nearest.ts';
import { styleFor } from '../reporters/style.ts';
import { agrees, compare, type ComparisonOptions, type Progress } from '../twin/comparison.ts';
import { twins } from '../twin/index.ts';
import { ProgressOfSeveral } from '../twin/progress-of-several.ts';
import { asJson, asText, type NamedOutcome, type Outcome } from '../twin/report.ts';
import type { Twin } from '../twin/twin.ts';

const SCRIPTS_MAX = 100_000;

interface TwinOptions {
  readonly scripts: string;
  readonly seed: string;
  readonly json?: boolean;
}

export const twinCommand: CliCommand = {
  name: 'twin',
  define(program, cli, exit) {
    const names = Object.values(twins).map((twin) => `  ${twin.name.padEnd(12)} ${twin.help}`);
    program
      .command('twin')
      .description('play generated scripts against a real server and against its model, difference by difference')
      .argument('<names>', 'which twins: one, or several with commas between them')
      .option('--scripts <number>', 'scripts to play', '500')
      .option('--seed <number>', 'seed of the scripts', '1')
      .option('--json', 'print one JSON document')
      .addHelpText('after', `\nTwins:\n${names.join('\n')}\n`)
      .action(async (names: string, options: TwinOptions) => {
        const chosen = names.split(',').map((name) => {
          if (!Object.hasOwn(twins, name)) throw new UsageError(noSuch('twin', name, Object.keys(twins)));
          return twins[name];
        });
        exit(await playTwins(chosen, options, cli));
      });
  },
};

/** Plays them side by side, since they wait most of the time; what each has found is told whole, in the order in which they are named. */
export async function playTwins<Step>(
  chosen: readonly Twin<Step>[],
  options: TwinOptions,
  cli: CommandLine,
): Promise<ExitCode> {
  const scripts = wholeNumber('--scripts', options.scripts, 1, SCRIPTS_MAX);
  const seed = wholeNumber('--seed', options.seed, 0, 0x7fffffff);
  const ready = chosen.map((twin) => ({ twin, program: programOf(twin) }));
  const failure = new AbortController();
  const line = new ProgressOfSeveral(cli.isTerminal ? cli.err : () => {}, scripts);
  const plays = ready.map(async ({ twin, program }) => {
    const progress = (how: Progress): void => line.show(twin.name, how);
    const interrupted = AbortSignal.any([cli.interrupted, failure.signal]);
    try {
      return await play(twin, program, { scripts, seed, interrupted, progress });
    } catch (error) {
      failure.abort();
      throw error;
    } finally {
      line.isOver(twin.name);
    }
  });
  // None goes on, nor is any server left, when this ends.
  const ended = Promise.allSettled(plays);
  const outcomes: NamedOutcome<Step>[] = [];
  try {
    for (const [i, { twin }] of ready.entries()) {
      const outcome = await plays[i];
      outcomes.push({ twin: twin.name, ...outcome });
      line.wipe();
      if (options.json !== true) cli.out(asText(twin, outcome, styleFor(cli.showsColours)));
      // Those that are cut short because another has failed are not interrupted: its error says why.
      if (outcome.isComplete || !cli.interrupted.aborted) continue;
      cli.err(`brownout: ${twin.name} interrupted after ${grouped(outcome.scripts)} of ${grouped(scripts)} scripts\n`);
    }
  } finally {
    await ended;
  }
  if (options.json === true) cli.out(asJson(outcomes));
  if (cli.interrupted.aborted) return 130;
  return outcomes.every(agrees) ? 0 : 1;
}

function programOf<Step>(twin: Twin<Step>): string {
  const program = twin.findProgram();
  if (program !== undefined) return program;
  throw new UsageError(
    `twin ${twin.name}: this machine has no ${twin.package} (Debian: apt-get install ${twin.package})`,
  );
}

async function play<Step>(twin: Twin<Step>, program: string, options: ComparisonOptions): Promise<Outcome<Step>> {
  const startedMs = performance.now();
  options.progress({ played: 0, again: 0 });
  const server = await twin.start(program);
  try {
    const comparison = await compare(twin, server, options);
    const seconds = (performance.now() - startedMs) / 1000;
    return { version: server.version, seed: options.seed, seconds, ...comparison };
  } finally {
    await server.stop();
  }
}

function wholeNumber(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new UsageError(`${option}: '${text}' is not a whole number from ${min} to ${max}`);
}
