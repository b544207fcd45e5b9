/**
 * What a command of the command line is. A command parses its own words, calls the core, and says how the process ends;
 * it never writes to the process's streams or ends the process itself, so that tests can run it in memory.
 */
import type { Command } from 'commander';

/** 0: all holds; 1: an expectation fails or a replay differs; 2: wrong use; 3: the run failed; 130: interrupted. */
export type ExitCode = 0 | 1 | 2 | 3 | 130;

/** The outside world of a command. */
export interface CommandLine {
  /** Data, to standard output. */
  out(text: string): void;
  /** Progress and remarks, to standard error. */
  err(text: string): void;
  /** Aborted by Ctrl-C or SIGTERM; a command then finishes what it can and exits 130. */
  readonly interrupted: AbortSignal;
  /** Whether standard error is a terminal, where progress may be drawn. */
  readonly isTerminal: boolean;
  /** Whether standard output shows colours; without it, it does not. */
  readonly showsColours?: boolean;
}

export interface CliCommand {
  readonly name: string;
  /** Adds the command to the program; its action ends by `exit`. */
  define(program: Command, cli: CommandLine, exit: (code: ExitCode) => void): void;
}

/** Invalid input: printed as one line `brownout: message` on standard error, and the process exits 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
