/** `cachesim` run in memory, as the program runs it. */
import { Command, CommanderError } from 'commander';
import { UsageError } from '../../../../scenarios/cli/command.ts';
import { cachesimCommand } from '../../../../scenarios/cli/commands/cachesim.ts';

interface Ending {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command as the program does: a usage error is one line and exit code 2. */
export async function run(
  words: readonly string[],
  interrupted = new AbortController().signal,
  isTerminal = false,
): Promise<Ending> {
  let out = '';
  let err = '';
  let code = -1;
  const program = new Command().exitOverride().configureOutput({ writeErr: (text) => (err += text) });
  const cli = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    interrupted,
    isTerminal,
  };
  cachesimCommand.define(program, cli, (given) => (code = given));
  program.commands[0].exitOverride().configureOutput({ writeErr: (text) => (err += text) });
  try {
    await program.parseAsync(['cachesim', ...words], { from: 'user' });
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof CommanderError)) throw error;
    if (error instanceof UsageError) err += `brownout: ${error.message}\n`;
    code = 2;
  }
  return { code, out, err };
}
