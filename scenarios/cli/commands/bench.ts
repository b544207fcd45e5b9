/** `brownout bench`: speed, each figure beside a peer's that was measured in turn with it in this very process. Ctrl-C is heard between two samples, and what was measured until then is printed. */
import { grouped, readable } from '../../../sim-core/index.ts';
import { ProgressLine } from '../cachesim/progress-line.ts';
import { UsageError, type CliCommand, type CommandLine, type ExitCode } from '../command.ts';
import type { Benchmark, BenchmarkResult } from '../bench/benchmark.ts';
import { benchmarks } from '../bench/index.ts';
import { noSuch } from '../nearest.ts';
import { columns, styleFor, type Style } from '../reporters/style.ts';

interface BenchOptions {
  readonly json?: boolean;
  readonly quick?: boolean;
}

export const benchCommand: CliCommand = {
  name: 'bench',
  define(program, cli, exit) {
    const names = Object.values(benchmarks).map(({ name, help }) => `  ${name.padEnd(12)} ${help}`);
    program
      .command('bench')
      .description('measure speed, beside peers where there are any')
      .argument('[names...]', 'benchmarks to run (default: all)')
      .option('--json', 'print one JSON document')
      .option('--quick', 'smaller and fewer rounds: shows that everything runs, measures little')
      .addHelpText('after', `\nBenchmarks:\n${names.join('\n')}\n`)
      .action(async (names: string[], options: BenchOptions) => exit(await bench(names, options, cli)));
  },
};

export async function bench(
  names: readonly string[],
  { json = false, quick = false }: BenchOptions,
  cli: CommandLine,
): Promise<ExitCode> {
  const chosen = chooseBenchmarks(names);
  const results: BenchmarkResult[] = [];
  const line = new ProgressLine(cli.isTerminal ? cli.err : () => {});
  // On a terminal one line that changes, elsewhere a line for each step.
  const progress = (text: string): void => (cli.isTerminal ? line.show(() => text) : cli.err(`${text}\n`));
  try {
    for (const benchmark of chosen) {
      for await (const result of benchmark.run({ quick, progress, interrupted: cli.interrupted })) results.push(result);
    }
  } catch (error) {
    // Once interrupted, whatever fails does so for that: a terminal's Ctrl-C ends the browser that is measured as well.
    if (!cli.interrupted.aborted) throw error;
  } finally {
    line.wipe();
  }
  cli.out(json ? `${JSON.stringify({ results }, null, 2)}\n` : table(results, styleFor(cli.showsColours)));
  if (!cli.interrupted.aborted) return 0;
  cli.err('brownout: interrupted; what was measured until then is printed\n');
  return 130;
}

function chooseBenchmarks(names: readonly string[]): Benchmark[] {
  if (names.length === 0) return Object.values(benchmarks);
  return names.map((name) => {
    if (Object.hasOwn(benchmarks, name)) return benchmarks[name];
    throw new UsageError(noSuch('benchmark', name, Object.keys(benchmarks)));
  });
}

function table(results: readonly BenchmarkResult[], style: Style): string {
  const heading = ['benchmark', 'variant', 'size', 'value', 'unit', 'peer', "peer's", 'ratio', 'from … to'];
  const rows = results.map(
    ({ name, variant = '', size, unit, value, peer = '', nearest, peerValue, ratio, ratioRange }) => [
      name,
      variant,
      size === undefined ? '' : grouped(size),
      readable(value),
      unit,
      nearest === undefined ? peer : `${peer} (${nearest})`,
      peerValue === undefined ? '' : readable(peerValue),
      ratio === undefined ? '' : ratio.toFixed(2),
      ratioRange === undefined ? '' : ratioRange.map((end) => end.toFixed(2)).join(' … '),
    ],
  );
  const [first, ...lines] = columns([heading, ...rows], [2, 3, 6, 7, 8]);
  return [style.faint(first), ...lines, ''].join('\n');
}
