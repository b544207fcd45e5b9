/**
 * `brownout twin <names>`: generated scripts against real servers, each started here on a private port in turn, and against
 * the models of them. Every difference is shown with the smallest script that has it. Ctrl-C ends it with what was
 * compared until then; the server goes in any case.
 */
import { grouped } from '../../../sim-core/index.ts';
import { ProgressLine } from '../cachesim/progress-line.ts';
import { UsageError, type CliCommand, type CommandLine, type ExitCode } from '../command.ts';
import { noSuch } from '../nearest.ts';
import { styleFor } from '../reporters/style.ts';
import { agrees, compare } from '../twin/comparison.ts';
import { twins } from '../twin/index.ts';
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

/** Plays one after the other; what the first of them found is told before the next is begun. */
export async function playTwins<Step>(
  chosen: readonly Twin<Step>[],
  options: TwinOptions,
  cli: CommandLine,
): Promise<ExitCode> {
  const scripts = wholeNumber('--scripts', options.scripts, 1, SCRIPTS_MAX);
  const seed = wholeNumber('--seed', options.seed, 0, 0x7fffffff);
  const ready = chosen.map((twin) => ({ twin, program: programOf(twin) }));
  const outcomes: NamedOutcome<Step>[] = [];
  for (const { twin, program } of ready) {
    const outcome = await play(twin, program, scripts, seed, cli);
    outcomes.push({ twin: twin.name, ...outcome });
    if (options.json !== true) cli.out(asText(twin, outcome, styleFor(cli.showsColours)));
    if (cli.interrupted.aborted) {
      cli.err(`brownout: ${twin.name} interrupted after ${grouped(outcome.scripts)} of ${grouped(scripts)} scripts\n`);
      break;
    }
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

async function play<Step>(
  twin: Twin<Step>,
  program: string,
  scripts: number,
  seed: number,
  cli: CommandLine,
): Promise<Outcome<Step>> {
  const startedMs = performance.now();
  const line = new ProgressLine(cli.isTerminal ? cli.err : () => {});
  line.show(() => `starting ${program}`);
  const server = await twin.start(program);
  try {
    const progress = (text: string): void => line.show(() => text);
    const comparison = await compare(twin, server, { scripts, seed, interrupted: cli.interrupted, progress });
    return { version: server.version, seed, seconds: (performance.now() - startedMs) / 1000, ...comparison };
  } finally {
    line.wipe();
    await server.stop();
  }
}

function wholeNumber(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new UsageError(`${option}: '${text}' is not a whole number from ${min} to ${max}`);
}
