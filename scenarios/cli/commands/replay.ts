/**
 * `brownout replay <recording>`: computes the recorded run again and compares the digests. If they differ it says where
 * the runs first part, and what is known to have changed between them: the scenario's definition, the engine.
 */
import {
  encodeRecording,
  ENGINE_VERSION,
  firstDifference,
  grouped,
  InterventionError,
  ParameterError,
  type Recording,
  type RecordingHeader,
  Run,
  ScenarioError,
} from '../../../sim-core/index.ts';
import { ProgressLine } from '../cachesim/progress-line.ts';
import { UsageError, type CliCommand, type CommandLine, type ExitCode } from '../command.ts';
import { findScenario, loadScenarioFile, type LoadedScenario } from '../load-scenario.ts';
import { styleFor } from '../reporters/style.ts';
import { drive } from '../run/drive.ts';
import { loadRecording } from '../run/recording-store.ts';

interface ReplayOptions {
  readonly scenario?: string;
}

const EXAMPLES = `
Example:
  brownout run stampede --variant none --out recordings
  brownout replay recordings/stampede-none-1.brownout.gz
`;

export const replayCommand: CliCommand = {
  name: 'replay',
  define(program, cli, exit) {
    program
      .command('replay')
      .description('compute a recorded run again and compare digests')
      .argument('<recording>', 'a file that run --out wrote')
      .option('--scenario <file>', "the scenario's file, where it is not of the catalogue")
      .addHelpText('after', EXAMPLES)
      .action(async (path: string, options: ReplayOptions) => exit(await replay(path, options, cli)));
  },
};

export async function replay(path: string, options: ReplayOptions, cli: CommandLine): Promise<ExitCode> {
  const recorded = loadRecording(path);
  const { header } = recorded;
  const loaded = await scenarioOf(header, options);
  const changes = changesSince(header, loaded);
  const run = rebuilt(recorded, loaded, changes);
  const line = new ProgressLine(cli.isTerminal ? cli.err : () => {});
  const progress = (): void => line.show(() => `replaying ${header.scenario}: ${Math.floor(100 * run.progress)} %`);
  const isPartial = recorded.simulated < header.duration;
  const events = isPartial ? recorded.events.total : Infinity;
  const finished = await drive(run, { interrupted: cli.interrupted, progress, events });
  line.wipe();
  if (!finished) {
    cli.err('brownout: interrupted; nothing was compared\n');
    return 130;
  }
  const again = run.finish();
  const style = styleFor(cli.showsColours);
  const name = `${header.scenario} ${header.variant} seed ${header.seed}`;
  const difference = firstDifference(recorded, again);
  if (difference === undefined && !holdsTheSame(recorded, again, changes)) {
    cli.out(
      `${style.bad('✗ not what this run leaves')}: ${name}\n` +
        `  the digest is this run’s, but the file holds something else: it was altered after it was written\n` +
        `  ${header.digest}\n${listed(changes)}`,
    );
    return 1;
  }
  if (difference === undefined) {
    const size = `${grouped(again.events.total)} events`;
    cli.out(`${style.good('✓ the same run')}: ${name}, ${size}\n  ${header.digest}\n${listed(changes)}`);
    return 0;
  }
  cli.out(
    `${style.bad('✗ not the same run')}: ${name}\n` +
      `  they first differ in ${difference.what}: ${difference.text}\n` +
      `  recorded ${header.digest}\n  replayed ${again.header.digest}\n${listed(changes)}`,
  );
  return 1;
}

/**
 * Whether a recording whose digest is right holds what the run leaves, byte for byte. A digest is only a line in the
 * file. Words for the reader may have been bettered since and are passed over, and so are verdicts where the
 * definition, and with it the claims, has changed.
 */
function holdsTheSame(recorded: Recording, again: Recording, changes: readonly string[]): boolean {
  const { header, components } = again;
  const signals = recorded.signals.map((signal, i) => ({ ...signal, help: again.signals[i]?.help ?? '' }));
  const tables = recorded.facts.tables.map((table, i) => ({ ...table, help: again.facts.tables[i]?.help ?? '' }));
  const expectations = changes.length > 0 ? again.expectations : recorded.expectations;
  const facts = { ...recorded.facts, tables };
  const bytes = encodeRecording({ ...recorded, header, components, signals, facts, expectations });
  return Buffer.from(bytes).equals(encodeRecording(again));
}

async function scenarioOf(
  { scenario: id }: RecordingHeader,
  { scenario: file }: ReplayOptions,
): Promise<LoadedScenario> {
  if (file === undefined) {
    try {
      return await findScenario(id);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new UsageError(`the recording is of ${id}, which the catalogue does not have; name its file by --scenario`);
    }
  }
  const loaded = await loadScenarioFile(file);
  if (loaded.scenario.id === id) return loaded;
  throw new UsageError(`--scenario ${file}: it defines ${loaded.scenario.id}, but the recording is of ${id}`);
}

function changesSince({ engine, definition }: RecordingHeader, loaded: LoadedScenario): string[] {
  const changes: string[] = [];
  if (definition !== '' && definition !== loaded.definition) {
    changes.push(`the scenario's definition has changed: ${short(definition)} then, ${short(loaded.definition)} now`);
  }
  if (engine !== ENGINE_VERSION) changes.push(`the engine has changed: version ${engine} then, ${ENGINE_VERSION} now`);
  return changes;
}

function rebuilt({ header }: Recording, { scenario, definition }: LoadedScenario, changes: readonly string[]): Run {
  const { variant, seed, params, interventions } = header;
  try {
    return new Run(scenario, { variant, seed, params, interventions, definition });
  } catch (error) {
    const isInput =
      error instanceof ScenarioError || error instanceof ParameterError || error instanceof InterventionError;
    if (!isInput) throw error;
    throw new UsageError(['the recorded run cannot be built again', error.message, ...changes].join('; '));
  }
}

const short = (hash: string): string => hash.slice(0, 'sha256:'.length + 12);
const listed = (changes: readonly string[]): string => changes.map((change) => `  ${change}\n`).join('');
