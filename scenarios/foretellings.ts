/**
 * Predictions of an attempt's file, judged as its tries are: the run that the guide's prompt asks for is computed again, and the
 * answer scored by what it says.
 */
import type { Attempt, Foretelling, PredictionsJudged, Recording, Scenario } from '../sim-core/index.ts';
import { experimentFor, outcomeOf, scoreOf, sketchFrame, type PromptRun } from './answers.ts';
import type { Prompt } from './prompts.ts';

/** What a prediction came to when its run was computed again. */
export interface ForetellingJudged {
  /** The digest and the score are those of the file. */
  readonly identical: boolean;
  /** 0 to 100; 0 where the guide asks no such thing. */
  readonly score: number;
}

/** The run that answers each of an attempt's predictions; undefined where the guide asks no such thing. */
export function runsForetold(
  { predictions = [] }: Attempt,
  scenario: Scenario,
  prompts: readonly Prompt[],
): (PromptRun | undefined)[] {
  return predictions.map(({ ask, seed }) => {
    const prompt = prompts.find((one) => one.ask === ask);
    return prompt && experimentFor(prompt, scenario, seed);
  });
}

export function judgeForetelling(
  { ask, answer, score, digest }: Foretelling,
  scenario: Scenario,
  prompts: readonly Prompt[],
  recording: Recording,
): ForetellingJudged {
  const prompt = prompts.find((one) => one.ask === ask);
  const signal = prompt && recording.signals.find(({ name }) => name === prompt.signal);
  const outcome = prompt && outcomeOf(prompt, recording, sketchFrame(prompt, scenario));
  if (!prompt || !signal || outcome === undefined) return { identical: false, score: 0 };
  const now = scoreOf(prompt, signal, answer, outcome);
  return { identical: recording.header.digest === digest && Math.abs(now - score) < 1e-6, score: now };
}

/** All of an attempt's together. */
export function predictionsJudged(judged: readonly ForetellingJudged[]): PredictionsJudged {
  return {
    asked: judged.length,
    identical: judged.filter(({ identical }) => identical).length,
    score: judged.reduce((sum, { score }) => sum + score, 0) / judged.length,
  };
}
