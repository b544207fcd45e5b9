/** What tests of scenarios ask for: a trial that was run to its end, which of its claims failed, and what a signal came to. */
import {
  NotClaimed,
  Trial,
  type Limit,
  type ParameterValues,
  type Scenario,
  type Trialled,
} from '../../sim-core/index.ts';
import type { TrialOptions } from '../../sim-core/lab/trial.ts';

/** Runs it to the end, whatever becomes of its invariants: for tests that plant a fault. */
export function ranToEnd(scenario: Scenario, options: TrialOptions): Trial {
  const trial = new Trial(scenario, options);
  while (!trial.advance(Infinity));
  return trial;
}

/** Runs it to the end, at which every invariant must hold, and keeps nothing but what can be judged. */
export function trialled(scenario: Scenario, options: TrialOptions): Trialled {
  const trial = ranToEnd(scenario, options);
  const broken = trial.violations();
  if (broken.length > 0) throw new Error(`${scenario.id} ${options.variant}: ${broken.join('; ')}`);
  return trial.finish();
}

/** The claims that failed, with what was measured in their place. */
export const failed = ({ expectations }: Pick<Trialled, 'expectations'>): string[] =>
  expectations.filter(({ pass }) => !pass).map(({ text, actual }) => `${text}, measured ${actual}`);

/** A field of the summary of a signal, over all of the run after its warm-up. */
export const summaryOf = ({ signals }: Pick<Trialled, 'signals'>, signal: string, field: string): number =>
  signals.find(({ name }) => name === signal)!.summary[field];

/** How much a counter counted. */
export const totalOf = (evidence: Pick<Trialled, 'signals'>, signal: string): number =>
  summaryOf(evidence, signal, 'total');

/** What a limit comes to, NaN where nothing is claimed. */
export function limitFor(limit: Limit, params: ParameterValues): number {
  const bound = typeof limit === 'number' ? limit : limit(params);
  return bound instanceof NotClaimed ? NaN : bound;
}
