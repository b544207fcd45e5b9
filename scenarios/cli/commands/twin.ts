/**
 * `brownout twin <name>`: generated scripts against a real server, which is started here on a private port, and against
 * the model of it. Every difference is shown with the smallest script that has it. Ctrl-C ends it with what was compared
 * until then; the server goes in any case.
 */
import { ProgressLine } from '../cachesim/progress-line.ts';
import { UsageError, type CliCommand, type CommandLine, type ExitCode } from '../command.ts';
import { noSuch } from '../nearest.ts';
import { grouped } from '../reporters/quantity.ts';
import { styleFor } from '../reporters/style.ts';
import { compare } from '../twin/comparison.ts';
import { twins } from '../twin/index.ts';
import { asJson, asText } from '../twin/report.ts';
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
      .argument('<name>', 'which twin')
      .option('--scripts <number>', 'scripts to play', '500')
      .option('--seed <number>', 'seed of the scripts', '1')
      .option('--json', 'print one JSON document')
      .addHelpText('after', `\nTwins:\n${names.join('\n')}\n`)
      .action(async (name: string, options: TwinOptions) => {
        if (!Object.hasOwn(twins, name)) throw new UsageError(noSuch('twin', name, Object.keys(twins)));
        exit(await playTwin(twins[name], options, cli));
      });
  },
};

export async function playTwin<Step>(twin: Twin<Step>, options: TwinOptions, cli: CommandLine): Promise<ExitCode> {
  const scripts = wholeNumber('--scripts', options.scripts, 1, SCRIPTS_MAX);
  const seed = wholeNumber('--seed', options.seed, 0, 0x7fffffff);
  const program = twin.findProgram();
  if (program === undefined)
    throw new UsageError(
      `twin ${twin.name}: this machine has no ${twin.package} (Debian: apt-get install ${twin.package})`,
    );
  const startedMs = performance.now();
  const line = new ProgressLine(cli.isTerminal ? cli.err : () => {});
  line.show(() => `starting ${program}`);
  const server = await twin.start(program);
  try {
    const { interrupted } = cli;
    const progress = (text: string): void => line.show(() => text);
    const comparison = await compare(twin, server, { scripts, seed, interrupted, progress });
    line.wipe();
    const seconds = (performance.now() - startedMs) / 1000;
    const outcome = { version: server.version, seed, seconds, ...comparison };
    cli.out(options.json ? asJson(twin, outcome) : asText(twin, outcome, styleFor(cli.showsColours)));
    if (interrupted.aborted) {
      cli.err(`brownout: interrupted after ${grouped(comparison.scripts)} of ${grouped(scripts)} scripts\n`);
      return 130;
    }
    return comparison.different === 0 ? 0 : 1;
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
