/** `brownout check`: the author's checks over the catalogue, with a command line that shows each failure. */
import { guideOf } from '../../guides.ts';
import { catalogue } from '../../index.ts';
import { ProgressLine } from '../cachesim/progress-line.ts';
import type { IndistinctClaim } from '../check/remedies.ts';
import { CHECKS, checkScenario, type CheckedScenario, type ScenarioVerdict } from '../check/scenario-check.ts';
import { UsageError, type CliCommand, type CommandLine, type ExitCode } from '../command.ts';
import { noSuch } from '../nearest.ts';
import { styleFor, type Style } from '../reporters/style.ts';

const SEEDS_MAX = 10_000;

interface CheckWords {
  readonly seeds: string;
  readonly json?: boolean;
}

export const checkCommand: CliCommand = {
  name: 'check',
  define(program, cli, exit) {
    program
      .command('check')
      .description("run the author's checks of the catalogue")
      .argument('[ids...]', 'scenarios to check (default: all)')
      .option('--seeds <count>', 'seeds to try beside the pinned one', '20')
      .option('--json', 'print one JSON document')
      .action(async (ids: string[], words: CheckWords) => exit(await check(ids, words, cli)));
  },
};

export async function check(
  ids: readonly string[],
  { seeds, json = false }: CheckWords,
  cli: CommandLine,
  entries: readonly CheckedScenario[] = catalogue.map((entry) => ({ ...entry, guide: guideOf(entry.scenario.id) })),
): Promise<ExitCode> {
  if (!/^\d+$/.test(seeds) || Number(seeds) > SEEDS_MAX) {
    throw new UsageError(`--seeds: '${seeds}' is not a whole number from 0 to ${SEEDS_MAX}`);
  }
  const chosen = ids.length === 0 ? entries : ids.map((id) => entryOf(entries, id));
  const style = styleFor(cli.showsColours);
  const line = new ProgressLine(cli.isTerminal ? cli.err : () => {});
  const progress = (text: string): void => line.show(() => text);
  const verdicts: ScenarioVerdict[] = [];
  for (const entry of chosen) {
    const verdict = await checkScenario(entry, { seeds: Number(seeds), interrupted: cli.interrupted, progress });
    verdicts.push(verdict);
    line.wipe();
    if (!json) cli.out(verdictText(verdict, entry, style));
    if (!verdict.isComplete) break;
  }
  const pass = verdicts.length === chosen.length && verdicts.every(passes);
  if (json) {
    const scenarios = verdicts.map(({ id, runs, problems, indistinct, isComplete }) => ({
      id,
      complete: isComplete,
      runs,
      problems,
      indistinct,
    }));
    cli.out(`${JSON.stringify({ pass, scenarios }, null, 2)}\n`);
  }
  if (cli.interrupted.aborted) {
    cli.err('brownout: interrupted; what was checked until then is printed\n');
    return 130;
  }
  return pass ? 0 : 1;
}

const passes = ({ problems, isComplete }: ScenarioVerdict): boolean => isComplete && problems.length === 0;

function entryOf(entries: readonly CheckedScenario[], id: string): CheckedScenario {
  const found = entries.find(({ scenario }) => scenario.id === id);
  if (found !== undefined) return found;
  throw new UsageError(
    noSuch(
      'scenario',
      id,
      entries.map(({ scenario }) => scenario.id),
    ),
  );
}

function verdictText(verdict: ScenarioVerdict, { scenario }: CheckedScenario, style: Style): string {
  const { id, runs, problems, indistinct, isComplete } = verdict;
  const variants = Object.keys(scenario.variants).length;
  const lines = CHECKS.map((name) => {
    const own = problems.filter((problem) => problem.check === name);
    if (own.length === 0) return isComplete ? `  ${style.good('✓')} ${name}` : `  – ${name}`;
    const details = own.flatMap(({ text, reproduce }) => [
      `      ${text}`,
      ...(reproduce === undefined ? [] : [`        ${style.faint(reproduce)}`]),
    ]);
    return [`  ${style.bad('✗')} ${name}`, ...details].join('\n');
  });
  const told = indistinctText(indistinct).map((line) => `    ${style.faint(line)}`);
  lines.splice(CHECKS.indexOf('remedies') + 1, 0, ...told);
  return [`${style.strong(id)}  ${variants} variants, ${runs} runs`, ...lines, ''].join('\n');
}

/** The claims of remedies that their pitfalls' runs do not refute: by name those that are no guardrails. */
function indistinctText(claims: readonly IndistinctClaim[]): string[] {
  const named = claims
    .filter(({ guardrail }) => guardrail === undefined)
    .map(({ remedy, pitfall, claim, held }) => {
      const which = held === 0 ? 'has nothing to measure on the run' : 'holds on the run';
      return `${remedy}: ${claim}: ${which} of ${pitfall} too, with every seed`;
    });
  const guardrails = claims.length - named.length;
  if (guardrails === 0) return named;
  const words = guardrails === 1 ? '1 guardrail, which holds' : `${guardrails} guardrails, which hold`;
  return [...named, `${words} for pitfall and remedy alike`];
}
