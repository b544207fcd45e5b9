/**
 * The author's checks of one scenario. Its expectations hold on the pinned seed and on others; each can fail, shown by
 * holding those of every remedy against the run of the pitfall that it repairs; its exercises are there to be solved;
 * components keep their invariants; the charts show signals that there are; the guide is in order.
 */
import {
  chartsOf,
  quantity,
  type Recording,
  Run,
  type Scenario,
  Trial,
  type Trialled,
} from '../../../sim-core/index.ts';
import type { CatalogueEntry } from '../../index.ts';
import { drive } from '../run/drive.ts';
import { exerciseProblems } from './exercises.ts';
import { guideProblems } from './guide.ts';
import { tryProblems } from './try.ts';
import { RemedyTally, roleProblems, type IndistinctClaim } from './remedies.ts';

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
  /** What is claimed of remedies and not refuted by their pitfalls' runs: no problem, but for an author to look at. */
  readonly indistinct: readonly IndistinctClaim[];
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
  const remedial = (text: string): Problem => ({ check: 'remedies', text });
  const problems: Problem[] = roleProblems(scenario).map(remedial);
  problems.push(...tryProblems(guide, scenario).map((text): Problem => ({ check: 'guide', text })));
  const tally = new RemedyTally(scenario);
  const seeds = Array.from({ length: options.seeds + 1 }, (_, i) => scenario.seed + i);
  const variants = Object.keys(scenario.variants);
  let runs = 0;
  for (const seed of seeds) {
    for (const variant of variants) {
      options.progress(`${scenario.id} ${variant} seed ${seed}, run ${runs + 1} of ${seeds.length * variants.length}`);
      const reproduce = `brownout run ${scenario.id} --variant ${variant} --seed ${seed}`;
      const outcome = await runChecked(scenario, variant, seed, options);
      if (outcome === undefined) {
        return { id: scenario.id, runs, problems, indistinct: tally.indistinct(), isComplete: false };
      }
      const { trialled, recording, broken, failure } = outcome;
      runs++;
      if (failure !== undefined)
        problems.push({ check: 'expectations', text: `${variant} seed ${seed}: ${failure}`, reproduce });
      problems.push(
        ...broken.map((text): Problem => ({ check: 'invariants', text: `${variant}: ${text}`, reproduce })),
      );
      if (trialled === undefined) continue;
      if (recording !== undefined) {
        problems.push(...pageProblems(scenario, guide, recording));
      }
      problems.push(...exerciseProblems(scenario, trialled).map((text): Problem => ({ ...remedial(text), reproduce })));
      for (const { text, notClaimed } of trialled.expectations) {
        if (notClaimed === undefined) continue;
        problems.push({ check: 'expectations', text: `${variant}: ${text} claims nothing: ${notClaimed}`, reproduce });
      }
      for (const { text, pass, actual, unit } of trialled.expectations) {
        if (pass) continue;
        const failed = `${variant} seed ${seed}: ${text}, measured ${quantity(actual, unit)}`;
        problems.push({ check: 'expectations', text: failed, reproduce });
      }
      problems.push(...tally.add(trialled).map(remedial));
    }
  }
  return {
    id: scenario.id,
    runs,
    problems: withoutRepeats(problems),
    indistinct: tally.indistinct(),
    isComplete: true,
  };
}

interface Outcome {
  readonly trialled?: Trialled;
  /** Of the pinned seed's run alone: nobody looks at what happens in the others. */
  readonly recording?: Recording;
  readonly broken: readonly string[];
  readonly failure?: string;
}

/** Runs to the end, looking at the invariants at the end of every slice; undefined if interrupted. */
async function runChecked(
  scenario: Scenario,
  variant: string,
  seed: number,
  { interrupted }: CheckOptions,
): Promise<Outcome | undefined> {
  const broken = new Set<string>();
  const toTheEnd = async (run: Run | Trial): Promise<boolean> => {
    const look = (): void => run.violations().forEach((text) => broken.add(text));
    if (!(await drive(run, { interrupted, progress: look }))) return false;
    look();
    return true;
  };
  try {
    if (seed !== scenario.seed) {
      const trial = new Trial(scenario, { variant, seed });
      return (await toTheEnd(trial)) ? { trialled: trial.finish(), broken: [...broken] } : undefined;
    }
    const run = new Run(scenario, { variant, seed });
    if (!(await toTheEnd(run))) return undefined;
    const recording = run.finish();
    return { trialled: recording, recording, broken: [...broken] };
  } catch (error) {
    return { broken: [...broken], failure: `the run ends by an error: ${String(error)}` };
  }
}

/** What the page shows beside a variant's run can be shown: its charts and the guide. */
function pageProblems(scenario: Scenario, guide: string, { signals, components, header }: Recording): Problem[] {
  const missing = chartsOf(scenario, header.params).filter(
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
