/**
 * `brownout cachesim <trace>`: the miss ratio and the speed of eviction policies on a trace of real requests. Objects
 * are of one size, or with `--bytes` of the trace's; the cache starts empty, and every request counts. Each policy follows the source that its help
 * names, w-tinylfu with the source's hash of the keys (`key-hashes.ts`) and stream of draws. The speed is that of each cache alone; what
 * reading the trace took goes to standard error.
 */
import { closest } from 'fastest-levenshtein';
import { basename } from 'node:path';
import process from 'node:process';
import type { Readable } from 'node:stream';
import {
  chosenPolicy,
  evictionPolicies,
  formatOfFileName,
  KEY_COLUMNS,
  optionsHelp,
  SIZE_COLUMNS,
  TraceError,
  traceFormats,
  UnknownName,
  withThousands,
  type EvictionPolicyEntry,
  type TraceFormat,
  type TraceFormatName,
  type TraceReader,
} from '../../../sim-core/index.ts';
import { CURVE_POLICY, CURVE_SIZES } from '../cachesim/curve.ts';
import { ProgressLine } from '../cachesim/progress-line.ts';
import { replay, type ReplayOutcome, type ReplayStage } from '../cachesim/replay.ts';
import { reportFormats } from '../cachesim/report.ts';
import { parseSize, shareOf, type CacheSize } from '../cachesim/sizes.ts';
import { TraceFile } from '../cachesim/trace-file.ts';
import { TraceFileError } from '../cachesim/trace-file-error.ts';
import { UsageError, type CliCommand, type CommandLine } from '../command.ts';

interface CachesimOptions {
  readonly reader: string;
  readonly column?: string;
  readonly bytes?: boolean;
  readonly sizeColumn?: string;
  readonly policies?: string;
  readonly sizes?: string;
  readonly curve?: boolean;
  readonly sample?: string;
  readonly seed?: string;
  readonly format: string;
}

export const cachesimCommand: CliCommand = {
  name: 'cachesim',
  define(program, cli, exit) {
    program
      .command('cachesim')
      .description('miss ratios and speed of eviction policies on a trace file, plain or in gzip or zstd')
      .argument('<trace>', 'the trace file, or - for standard input')
      .option(
        '--policies <list>',
        `eviction policies, by commas: ${Object.keys(evictionPolicies).join(', ')}; options after colons`,
      )
      .option('--sizes <list>', "cache sizes, by commas: objects, as 500 or 10K, or a share of the trace's, as 1%")
      .option('--bytes', `sizes in bytes, as 10MB or 4GiB, of objects as large as the trace says (${sizedFormats()})`)
      .option('--size-column <name>', `column of the sizes in a CSV (default: the first of ${SIZE_COLUMNS.join(', ')})`)
      .option(
        '--curve',
        'a miss-ratio curve, of lru and opt in one pass for all sizes; by default of lru and many sizes',
      )
      .option('--sample <share>', 'with --curve: an estimate from such a share of the objects, as 0.01 (SHARDS)')
      .option('--reader <format>', `format of the trace: auto (by its name), ${formatHelp()}`, 'auto')
      .option('--column <name>', `column of the keys in a CSV (default: the first of ${KEY_COLUMNS.join(', ')})`)
      .option('--seed <number>', "seed of the policies that draw (default: 1; of w-tinylfu its source's own)")
      .option('--format <format>', `how to print the results: ${Object.keys(reportFormats).join(', ')}`, 'table')
      .addHelpText(
        'after',
        `\nPolicies, in brackets the simulators that they equal to the request:\n${policyHelp()}\n${optionHelp()}`,
      )
      .action(async (path: string, options: CachesimOptions) => exit(await cachesim(path, options, cli)));
  },
};

const sizedFormats = (): string =>
  Object.entries<TraceFormat>(traceFormats)
    .flatMap(([name, { hasSizes }]) => (hasSizes === true ? [name] : []))
    .join(', ');

const formatHelp = (): string =>
  Object.entries(traceFormats)
    .map(([name, { help }]) => `${name} (${help})`)
    .join(', ');

function policyHelp(): string {
  const width = Math.max(...Object.keys(evictionPolicies).map((name) => name.length));
  return Object.entries(evictionPolicies)
    .map(([name, { help }]) => `  ${name.padEnd(width)}  ${help}`)
    .join('\n');
}

/** What can be chosen of the policies that have options. */
const optionHelp = (): string =>
  Object.entries(evictionPolicies)
    .flatMap(([name, { configurable }]) =>
      configurable === undefined
        ? []
        : [
            `\nOptions of ${name}, after colons, as ${name}:window=0.2:climb, and their defaults:`,
            ...optionsHelp(configurable.options).map((line) => `  ${line}`),
          ],
    )
    .join('\n');

/** `standardInput` is what the trace `-` is read from. */
export async function cachesim(
  path: string,
  options: CachesimOptions,
  cli: CommandLine,
  standardInput: Readable = process.stdin,
): Promise<0 | 130> {
  const { policies, sizes, sampleRate, report, format, reader } = checked(path, options);
  const { seed, curve: isCurve = false, bytes: inBytes = false } = options;
  const startMs = performance.now();
  const line = new ProgressLine(cli.isTerminal ? cli.err : () => {});
  let outcome: ReplayOutcome;
  let opened: TraceFile | undefined;
  try {
    const file = (opened = await TraceFile.open(path, standardInput, cli.interrupted));
    const progress = (stage: ReplayStage, requests: number): void =>
      line.show(() => progressText(file, stage, requests, reader.requests));
    const pieces = file.pieces();
    const { interrupted } = cli;
    const asked = { policies, sizes, seed, inBytes, isCurve, sampleRate };
    outcome = await replay({ pieces, reader, ...asked, interrupted, progress });
  } catch (error) {
    if (!(error instanceof TraceError || error instanceof TraceFileError)) throw error;
    throw new UsageError(`trace ${path}: ${error.message}`);
  } finally {
    await opened?.close();
    line.wipe();
  }
  const { requests, objects, caches, isInterrupted } = outcome;
  if (isInterrupted) {
    const replayed = caches.length === 0 ? 0 : caches[0].requests;
    if (replayed > 0) cli.out(report(outcome));
    const what =
      replayed > 0 ? `; the results are of the first ${withThousands(replayed)} requests` : ' before the replay';
    cli.err(`brownout: interrupted${what}\n`);
    return 130;
  }
  if (requests === 0) throw new UsageError(`trace ${path}: holds no requests`);
  cli.out(report(outcome));
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  const readAs = `Read as ${format} (${traceFormats[format].help})`;
  const guessed = options.reader === 'auto' ? '; --reader names another format' : '';
  const about = sampleRate === undefined ? '' : 'about ';
  const estimate = sampleRate === undefined ? '' : ` The figures are estimates from a sample of ${sampleRate} of them.`;
  const ofBytes = outcome.bytes === undefined ? '' : ` of ${withThousands(outcome.bytes)} bytes`;
  const count = `${withThousands(requests)} requests for ${about}${withThousands(objects)} objects${ofBytes}`;
  const zero = outcome.ofSizeZero ?? 0;
  const zeros =
    zero === 0
      ? ''
      : ` ${withThousands(zero)} ${zero === 1 ? 'request was' : 'requests were'} for size zero, taken for one byte.`;
  cli.err(`${readAs}${guessed}. ${count} in ${seconds} s.${zeros}${estimate}\n`);
  return 0;
}

interface Checked {
  readonly policies: Map<string, EvictionPolicyEntry>;
  readonly sizes: readonly CacheSize[];
  readonly sampleRate: number | undefined;
  readonly report: (typeof reportFormats)[string];
  readonly format: TraceFormatName;
  readonly reader: TraceReader;
}

/** Everything that can be said against the options, in one error. */
function checked(path: string, options: CachesimOptions): Checked {
  const problems: string[] = [];
  const known = <T>(option: string, table: Readonly<Record<string, T>>, name: string, more: string[] = []): T => {
    if (!Object.hasOwn(table, name) && !more.includes(name)) {
      const names = [...more, ...Object.keys(table)];
      problems.push(`${option}: ${unknown('', name, names)}`);
    }
    return table[name];
  };
  const isCurve = options.curve === true;
  if (options.policies === undefined && !isCurve) problems.push('--policies: which ones? (--curve alone takes lru)');
  if (options.sizes === undefined && !isCurve) problems.push('--sizes: which ones? (--curve alone takes many)');
  if (options.sample !== undefined && !isCurve) problems.push('--sample: goes with --curve');
  const sampleRate = options.sample === undefined ? undefined : Number(options.sample);
  if (sampleRate !== undefined && !(sampleRate > 0 && sampleRate <= 1))
    problems.push(`--sample: "${options.sample}" is not a share above 0 and at most 1, as 0.01`);
  const policies = new Map(
    (options.policies ?? CURVE_POLICY).split(',').flatMap((text): [string, EvictionPolicyEntry][] => {
      try {
        return [[text.trim(), chosenPolicy(text)]];
      } catch (error) {
        const { message } = error as Error;
        const isName = error instanceof UnknownName;
        problems.push(`--policies: ${isName ? unknown(`${error.what} `, error.given, error.known) : message}`);
        return [];
      }
    }),
  );
  const given = (options.sizes ?? CURVE_SIZES).split(',').flatMap((text) => {
    try {
      return [{ typed: text.trim(), size: parseSize(text.trim(), options.bytes === true ? 'bytes' : 'objects') }];
    } catch (error) {
      problems.push(`--sizes: ${(error as Error).message}`);
      return [];
    }
  });
  problems.push(...twice('--policies', (options.policies ?? '').split(','), (text) => text.trim()));
  const sizes = given.map(({ size }) => size);
  const keys = sizes.map((size) => ('units' in size ? `${size.units}` : `${shareOf(size)} of all`));
  // As it was typed first: 1% and 1.0% are one size.
  problems.push(...twice('--sizes', keys, (key) => given[keys.indexOf(key)].typed));
  const report = known('--format', reportFormats, options.format);
  known('--reader', traceFormats, options.reader, ['auto']);
  if (options.seed !== undefined && !/^\d+$/.test(options.seed))
    problems.push(`--seed: "${options.seed}" is not a whole number from 0`);
  const format = options.reader === 'auto' ? formatOfFileName(basename(path)) : (options.reader as TraceFormatName);
  if (options.column !== undefined && format !== 'csv') {
    problems.push(`--column: goes with --reader csv, but the trace is read as ${format}`);
  }
  const { column, sizeColumn, bytes: withSizes } = options;
  if (sizeColumn !== undefined && (withSizes !== true || format !== 'csv')) {
    problems.push('--size-column: goes with --bytes and a trace that is read as csv');
  }
  if (withSizes === true && sampleRate !== undefined) problems.push('--sample: estimates no bytes; leave out --bytes');
  const chosen: TraceFormat | undefined = traceFormats[format];
  if (withSizes === true && chosen !== undefined && chosen.hasSizes !== true) {
    problems.push(`--bytes: a trace that is read as ${format} has no sizes; expected one of ${sizedFormats()}`);
  }
  if (problems.length > 0) throw new UsageError(problems.join('; '));
  return { policies, sizes, sampleRate, report, format, reader: chosen.create({ column, sizeColumn, withSizes }) };
}

/** What is asked for more than once: its row would stand there twice, with two speeds. */
function twice<Value>(option: string, values: readonly Value[], textOf: (value: Value) => string): string[] {
  const texts = values.map(textOf).filter((text) => text !== '');
  const again = new Set(texts.filter((text, i) => texts.indexOf(text) < i));
  return [...again].map((text) => `${option}: ${text} is there twice`);
}

/** The words for a name that does not exist, with the nearest one that does. */
const unknown = (what: string, name: string, names: readonly string[]): string =>
  `there is no ${what}"${name}", did you mean ${closest(name, names)}? (${names.join(', ')})`;

function progressText(file: TraceFile, stage: ReplayStage, requests: number, all: number): string {
  const share = stage !== 'reading' ? requests / all : file.size === undefined ? undefined : file.bytesRead / file.size;
  const percent = share === undefined ? '' : ` ${Math.floor(100 * share)} %,`;
  return `${stage}:${percent} ${withThousands(requests)} requests`;
}
