/**
 * What is wrong with the prompts of a guide: each keeps to its grammar, stands where the page looks for it, and asks
 * about a run that can be made and has not been seen before, by a number that such a run has.
 */
import {
  formatDuration,
  parseDuration,
  parseValue,
  type Duration,
  type RecordedComponent,
  type RecordedSignal,
  type Scenario,
} from '../../../sim-core/index.ts';
import { PromptError, readPrompt, type Prompt } from '../../prompts.ts';

/** What a guide may speak of. */
export interface GuideSubject {
  readonly scenario: Pick<Scenario, 'variants' | 'params'>;
  readonly duration: Duration;
  readonly signals: readonly Pick<RecordedSignal, 'name' | 'summary'>[];
  readonly components: readonly Pick<RecordedComponent, 'name'>[];
}

/** Complaints in words; none if all prompts are in order, or there are none. */
export function promptProblems(guide: string, subject: GuideSubject): string[] {
  const asked = new Set<string>();
  return [...guide.matchAll(/^```predict *\n([\s\S]*?)^``` *$/gm)].flatMap((block, place) => {
    const where = `the prompt ${place + 1}`;
    const heading = [...guide.slice(0, block.index).matchAll(/^## +(.+?) *$/gm)].at(-1)?.[1];
    const misplaced = heading === 'Predict' ? [] : [`${where} stands under '${heading ?? ''}'; expected Predict`];
    try {
      const prompt = readPrompt(block[1]);
      const again = asked.has(prompt.ask) ? [`${where} asks the same as one before it`] : [];
      asked.add(prompt.ask);
      return [...misplaced, ...again, ...answerProblems(prompt, subject).map((text) => `${where}: ${text}`)];
    } catch (error) {
      if (error instanceof PromptError) return [...misplaced, `${where}: ${error.message}`];
      throw error;
    }
  });
}

function answerProblems(prompt: Prompt, subject: GuideSubject): string[] {
  const { signal: name, answer } = prompt;
  const signal = subject.signals.find((one) => one.name === name);
  if (!signal) return [...runProblems(prompt, subject), `there is no signal ${name}`];
  if (answer.kind === 'line') return [...runProblems(prompt, subject), ...windowProblems(answer.window, subject)];
  const isThere = Object.hasOwn(signal.summary, answer.field);
  const fields = Object.keys(signal.summary).join(', ');
  return [...runProblems(prompt, subject), ...(isThere ? [] : [`${name} has no ${answer.field}, but ${fields}`])];
}

function runProblems({ variant, changed }: Prompt, { scenario }: GuideSubject): string[] {
  const variants = Object.keys(scenario.variants);
  if (!variants.includes(variant)) return [`there is no variant ${variant}; there are ${variants.join(', ')}`];
  if (variant === variants[0] && Object.keys(changed).length === 0) {
    return [`it asks about the run that the page opens on: another variant than ${variant}, or a changed parameter`];
  }
  return Object.entries(changed).flatMap(([name, text]) => {
    const parameter = Object.hasOwn(scenario.params, name) ? scenario.params[name] : undefined;
    if (!parameter) return [`there is no parameter ${name}`];
    try {
      parseValue(name, parameter, text);
      return [];
    } catch (error) {
      return [String((error as Error).message)];
    }
  });
}

function windowProblems(window: readonly [string, string] | undefined, { duration }: GuideSubject): string[] {
  if (!window) return [];
  const [from, to] = window.map((text) => parseDuration(text) ?? NaN);
  const isInRun = from < to && to <= duration;
  return isInRun
    ? []
    : [`from ${window[0]} to ${window[1]} is no stretch of the run, 0s to ${formatDuration(duration)}`];
}
