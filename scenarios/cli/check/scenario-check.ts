/**
 * The author's checks of one scenario. Its expectations hold on the pinned seed and on others; each can fail, shown by
 * holding those of every remedy against the runs of the pitfalls; components keep their invariants; the charts show
 * signals that there are; the guide is in order.
 */
import { judge, Run, type Recording, type Role, type Scenario } from '../../../sim-core/index.ts';
import type { CatalogueEntry } from '../../index.ts';
import { readable } from '../reporters/quantity.ts';
import { drive } from '../run/drive.ts';
import { guideProblems } from './guide.ts';

export const CHECKS = ['expectations', 'remedies', 'invariants', 'charts', 'guide'] as const;

export interface Problem {
  readonly check: (typeof CHECKS)[number];
  readonly text: string;
  /** A command line that shows it. */
  readonly reproduce?: string;
}

export interface ScenarioVerdict {
  readonly id: string;
  readonly runs: number;
  readonly problems: readonly Problem[];
  /** False: interrupted before everything was checked. */
  readonly isComplete: boolean;
}

/** A scenario, and its guide in Markdown. */
export interface CheckedScenario extends CatalogueEntry {
  readonly guide: string;
}

export interface CheckOptions {
  /** How many seeds beside the pinned one. */
  readonly seeds: number;
  readonly interrupted: AbortSignal;
  readonly progress: (text: string) => void;
}

export async function checkScenario(entry: CheckedScenario, options: CheckOptions): Promise<ScenarioVerdict> {
  const { scenario, guide } = entry;
  const problems: Problem[] = roleProblems(scenario);
  const seeds = Array.from({ length: options.seeds + 1 }, (_, i) => scenario.seed + i);
  const variants = Object.keys(scenario.variants);
  let runs = 0;
  for (const seed of seeds) {
    const pitfalls: Recording[] = [];
    for (const variant of variants) {
      options.progress(`${scenario.id} ${variant} seed ${seed}, run ${runs + 1} of ${seeds.length * variants.length}`);
      const reproduce = `brownout run ${scenario.id} --variant ${variant} --seed ${seed}`;
      const outcome = await runChecked(scenario, variant, seed, options);
      if (outcome === undefined) return { id: scenario.id, runs, problems, isComplete: false };
      const { recording, broken, failure } = outcome;
      runs++;
      if (failure !== undefined)
        problems.push({ check: 'expectations', text: `${variant} seed ${seed}: ${failure}`, reproduce });
      problems.push(
        ...broken.map((text): Problem => ({ check: 'invariants', text: `${variant}: ${text}`, reproduce })),
      );
      if (recording === undefined) continue;
      if (seed === scenario.seed) problems.push(...pageProblems(scenario, guide, recording));
      for (const { text, pass, actual } of recording.expectations) {
        if (pass) continue;
        const failed = `${variant} seed ${seed}: ${text}, measured ${readable(actual)}`;
        problems.push({ check: 'expectations', text: failed, reproduce });
      }
      if (scenario.roles[variant] === 'pitfall') pitfalls.push(recording);
    }
    problems.push(...remedyProblems(scenario, pitfalls));
  }
  return { id: scenario.id, runs, problems: withoutRepeats(problems), isComplete: true };
}

/** Runs to the end, looking at the invariants at the end of every slice; undefined if interrupted. */
async function runChecked(
  scenario: Scenario,
  variant: string,
  seed: number,
  { interrupted }: CheckOptions,
): Promise<{ recording?: Recording; broken: readonly string[]; failure?: string } | undefined> {
  const broken = new Set<string>();
  try {
    const run = new Run(scenario, { variant, seed });
    const look = (): void => run.violations().forEach((text) => broken.add(text));
    if (!(await drive(run, { interrupted, progress: look }))) return undefined;
    look();
    return { recording: run.finish(), broken: [...broken] };
  } catch (error) {
    return { broken: [...broken], failure: `the run ends by an error: ${String(error)}` };
  }
}

/** Where a scenario has remedies it has the pitfall that they remedy; and a row of the index has both. */
function roleProblems({ roles, pitfall }: Scenario): Problem[] {
  const has = (role: Role): boolean => Object.values(roles).includes(role);
  const text =
    has('remedy') && !has('pitfall')
      ? 'there is a remedy, but no variant is the pitfall that it remedies'
      : pitfall !== undefined && !(has('remedy') && has('pitfall'))
        ? `as a row of the index of pitfalls (${pitfall}) it needs a variant that is a pitfall and one that is a remedy`
        : undefined;
  return text === undefined ? [] : [{ check: 'remedies', text }];
}

/**
 * Every remedy's expectations fail on the run of a pitfall, or they say nothing about the remedy; and every pitfall is
 * told from some remedy, or it is none.
 */
function remedyProblems(scenario: Scenario, pitfalls: readonly Recording[]): Problem[] {
  const remedies = Object.keys(scenario.variants).filter((variant) => scenario.roles[variant] === 'remedy');
  if (pitfalls.length === 0 || remedies.length === 0) return [];
  const tells = (remedy: string, pitfall: Recording): boolean =>
    judge(scenario, remedy, pitfall).some(({ pass }) => !pass);
  const { seed } = pitfalls[0].header;
  const blind = remedies
    .filter((remedy) => !pitfalls.some((pitfall) => tells(remedy, pitfall)))
    .map((remedy) => `${remedy}: all its expectations hold on the runs of the pitfalls too, with seed ${seed}`);
  const untold = pitfalls
    .filter((pitfall) => !remedies.some((remedy) => tells(remedy, pitfall)))
    .map(({ header }) => `${header.variant}: it passes for every remedy, with seed ${seed}`);
  return [...blind, ...untold].map((text) => ({ check: 'remedies', text }));
}

/** What the page shows beside a variant's run can be shown: its charts and the guide. */
function pageProblems(scenario: Scenario, guide: string, { signals, components, header }: Recording): Problem[] {
  const { charts } = scenario;
  const missing = charts.filter(
    (chart) => !signals.some(({ name, point }) => name === chart || point?.curve === chart),
  );
  return [
    ...missing.map((name): Problem => ({ check: 'charts', text: `${header.variant}: there is no signal ${name}` })),
    ...guideProblems(guide, { scenario, duration: header.duration, signals, components }).map((text): Problem => ({
      check: 'guide',
      text,
    })),
  ];
}

function withoutRepeats(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.check} ${problem.text}`, problem])).values()];
}
