/** The program run in memory: what it prints and how it ends. */
import type { CommandLine, ExitCode } from '../../../scenarios/cli/command.ts';
import { runProgram } from '../../../scenarios/cli/program.ts';

export interface Outcome {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

export async function brownout(words: string, options: Partial<CommandLine> = {}): Promise<Outcome> {
  const { cli, printed } = commandLine(options);
  const code = await runProgram(words === '' ? [] : words.split(' '), cli);
  return { code, ...printed };
}

/** A command line that keeps what is printed. */
export function commandLine(options: Partial<CommandLine> = {}): {
  cli: CommandLine;
  printed: { out: string; err: string };
} {
  const printed = { out: '', err: '' };
  const cli: CommandLine = {
    out: (text) => void (printed.out += text),
    err: (text) => void (printed.err += text),
    interrupted: new AbortController().signal,
    isTerminal: false,
    ...options,
  };
  return { cli, printed };
}
