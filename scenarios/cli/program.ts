/**
 * The program: its commands, a line each, and how every way to end becomes an exit code. What commander has to say
 * against the words comes out as one line, with the nearest name there is. A command is loaded when it is asked for: who
 * runs a scenario does not wait for the clients of three servers, nor holds them in memory.
 */
import { Command, CommanderError } from 'commander';
import { ENGINE_VERSION } from '../../sim-core/index.ts';
import { UsageError, type CliCommand, type CommandLine, type ExitCode } from './command.ts';
import { noSuch } from './nearest.ts';

const COMMANDS: Readonly<Record<string, () => Promise<CliCommand>>> = {
  list: async () => (await import('./commands/list.ts')).listCommand,
  run: async () => (await import('./commands/run.ts')).runCommand,
  replay: async () => (await import('./commands/replay.ts')).replayCommand,
  cachesim: async () => (await import('./commands/cachesim.ts')).cachesimCommand,
  twin: async () => (await import('./commands/twin.ts')).twinCommand,
  grade: async () => (await import('./commands/grade.ts')).gradeCommand,
  check: async () => (await import('./commands/check.ts')).checkCommand,
  bench: async () => (await import('./commands/bench.ts')).benchCommand,
  serve: async () => (await import('./commands/serve.ts')).serveCommand,
};

const EXAMPLES = `
Examples:
  brownout list                              what there is to run
  brownout run stampede                      every variant of a scenario, with a verdict
  brownout run stampede --variant none --set ttl=5s --format json
  brownout run ./mine.ts                     a scenario of your own
  brownout cachesim trace.csv.gz --policies lru,w-tinylfu --sizes 1%,10%
  brownout serve                             the page on this machine

Exit codes: 0 all expectations hold; 1 one does not, or a replay differs; 2 wrong use or input;
3 a run failed or passed its budget; 130 interrupted.
`;

/** Runs a command line (without `node` and the script) and returns the exit code; never throws. */
export async function runProgram(words: readonly string[], cli: CommandLine): Promise<ExitCode> {
  let code: ExitCode = 0;
  const program = await buildProgram(words, cli, (given) => {
    code = given;
  });
  try {
    await program.parseAsync([...words], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return endOfCommander(error, program, words, cli);
    if (error instanceof UsageError) return complain(error.message, 2, cli);
    return complain(error instanceof Error ? (error.stack ?? error.message) : String(error), 3, cli);
  }
}

/** With the command that the words begin with, or with all: for help, and to tell which name was meant. */
async function buildProgram(
  words: readonly string[],
  cli: CommandLine,
  exit: (code: ExitCode) => void,
): Promise<Command> {
  const program = new Command('brownout')
    .description('A simulator and teaching lab for caches, messaging and observability.')
    .version(ENGINE_VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help of a command')
    .addHelpText('after', EXAMPLES)
    .showSuggestionAfterError(false)
    .exitOverride()
    .configureOutput({ writeOut: cli.out, writeErr: () => {} });
  const names = Object.hasOwn(COMMANDS, words[0] ?? '') ? [words[0]] : Object.keys(COMMANDS);
  for (const name of names) (await COMMANDS[name]()).define(program, cli, exit);
  return program;
}

function endOfCommander(error: CommanderError, program: Command, words: readonly string[], cli: CommandLine): ExitCode {
  if (error.exitCode === 0) return 0;
  if (error.code === 'commander.help') {
    cli.err(program.helpInformation());
    return 2;
  }
  const command = program.commands.find((one) => words.includes(one.name()));
  return complain(inOneLine(error, command, program), 2, cli);
}

function inOneLine({ code, message }: CommanderError, command: Command | undefined, program: Command): string {
  const text = message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ');
  const named = /'([^']*)'/.exec(text)?.[1] ?? '';
  const prefix = command === undefined ? '' : `${command.name()}: `;
  switch (code) {
    case 'commander.unknownCommand':
      return noSuch(
        'command',
        named,
        program.commands.map((one) => one.name()),
      );
    case 'commander.unknownOption': {
      const options = (command ?? program).options.flatMap(({ long }) => (long ? [long] : []));
      return `${prefix}${noSuch('option', named, options)}`;
    }
    case 'commander.missingArgument':
      return `${prefix}${named} is missing; expected ${usageOf(command ?? program)}`;
    case 'commander.excessArguments':
      return `${prefix}there are too many words; expected ${usageOf(command ?? program)}`;
    case 'commander.optionMissingArgument':
      return `${prefix}${named} needs a value`;
    default:
      return text.startsWith(prefix) ? text : `${prefix}${text}`;
  }
}

const usageOf = (command: Command): string => `brownout ${command.name()} ${command.usage()}`;

function complain<Code extends ExitCode>(message: string, code: Code, cli: CommandLine): Code {
  cli.err(`brownout: ${message}\n`);
  return code;
}
