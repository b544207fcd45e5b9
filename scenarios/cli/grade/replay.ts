/** An attempt's runs computed again: its tries, the further seeds of the one that was handed in, and what its predictions were of. */
import {
  exerciseOf,
  judgedRun,
  judgementOf,
  Run,
  runsToJudge,
  type Attempt,
  type Graded,
  type JudgedRun,
  type Recording,
  type TrialOptions,
} from '../../../sim-core/index.ts';
import { judgeForetelling, predictionsJudged, runsForetold, type ForetellingJudged } from '../../foretellings.ts';
import { guideOf } from '../../guides.ts';
import { promptsIn } from '../../prompts.ts';
import type { LoadedScenario } from '../load-scenario.ts';
import { drive } from '../run/drive.ts';

/** What came of them; undefined if interrupted. Throws what a run throws. */
export async function replay(
  attempt: Attempt,
  { scenario, definition, file }: LoadedScenario,
  interrupted: AbortSignal,
  progress: (run: number, of: number) => void,
): Promise<Pick<Graded, 'judgement' | 'predictions'> | undefined> {
  const exercise = exerciseOf(scenario, attempt);
  // A scenario of one's own has no guide here, and so asks nothing.
  const prompts = file === undefined ? promptsIn(guideOf(scenario.id)) : [];
  const wanted = runsToJudge(scenario, attempt);
  const { predictions = [] } = attempt;
  const foretold = runsForetold(attempt, scenario, prompts);
  let done = 0;
  const compute = async (options: TrialOptions): Promise<Recording | undefined> => {
    progress(++done, wanted.length + foretold.filter(Boolean).length);
    const run = new Run(scenario, { ...options, definition });
    return (await drive(run, { interrupted })) ? run.finish() : undefined;
  };
  const runs: JudgedRun[] = [];
  for (const one of wanted) {
    const recording = await compute({ ...one, variant: exercise.pitfall });
    if (recording === undefined) return undefined;
    runs.push(judgedRun(scenario, exercise, recording));
  }
  const judged: ForetellingJudged[] = [];
  for (const [place, run] of foretold.entries()) {
    const recording = run && (await compute({ variant: run.variant, params: run.changed, seed: run.seed }));
    if (run && recording === undefined) return undefined;
    judged.push(
      recording ? judgeForetelling(predictions[place], scenario, prompts, recording) : { identical: false, score: 0 },
    );
  }
  return { judgement: judgementOf(scenario, attempt, runs), predictions: predictionsJudged(judged) };
}
