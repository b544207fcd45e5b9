/**
 * How far a reader has come with a scenario. Visited: it was opened. Solved: its pitfall was seen, and a remedy was run
 * whose expectations, as the run itself judged them, all held. Repaired: its exercise was solved, for which nobody is given the
 * remedy. What is kept only grows, so what two tabs or two visits
 * know is put together by taking both.
 */
import { verdictOfClaims, type Recording, type Scenario } from '../../sim-core/index.ts';

export interface ScenarioProgress {
  readonly scenario: string;
  /** Variants that are pitfalls of which a run was seen. */
  readonly pitfalls: readonly string[];
  /** Variants that are remedies of which a run met all its expectations. */
  readonly remedies: readonly string[];
  /** Variants that are pitfalls which the reader has repaired in an exercise; absent in what older versions have kept. */
  readonly repaired?: readonly string[];
}

export type Standing = 'new' | 'visited' | 'solved' | 'repaired';

/** The rule, as the page states it. */
export const SOLVED_RULE =
  'Visited: you have opened it. Solved: you have seen its pitfall and run a remedy whose expectations all held. Repaired: you have solved an exercise of it, by settings of your own.';

/** What a finished run adds. */
export function progressOf(
  scenario: Scenario,
  { header: { variant }, expectations }: Pick<Recording, 'header' | 'expectations'>,
): ScenarioProgress {
  const role = scenario.roles[variant];
  const held = verdictOfClaims(expectations) === 'held';
  return {
    scenario: scenario.id,
    pitfalls: role === 'pitfall' ? [variant] : [],
    remedies: role === 'remedy' && held ? [variant] : [],
  };
}

/** What a solved exercise adds. */
export const repairedIn = (scenario: string, pitfall: string): ScenarioProgress => ({
  scenario,
  pitfalls: [pitfall],
  remedies: [],
  repaired: [pitfall],
});

export function combined(a: ScenarioProgress | undefined, b: ScenarioProgress): ScenarioProgress {
  if (!a) return b;
  const both = (one: readonly string[], other: readonly string[]): string[] => [...new Set([...one, ...other])].sort();
  return {
    ...b,
    pitfalls: both(a.pitfalls, b.pitfalls),
    remedies: both(a.remedies, b.remedies),
    repaired: both(a.repaired ?? [], b.repaired ?? []),
  };
}

/** Whether anything of `b` is not in `a`: most runs of a slider that is dragged say what is known. */
export function adds(a: ScenarioProgress | undefined, b: ScenarioProgress): boolean {
  if (!a) return true;
  const more = (theirs: readonly string[] = [], known: readonly string[] = []): boolean =>
    theirs.some((one) => !known.includes(one));
  return more(b.pitfalls, a.pitfalls) || more(b.remedies, a.remedies) || more(b.repaired, a.repaired);
}

export function standingOf(progress: ScenarioProgress | undefined): Standing {
  if (!progress) return 'new';
  if ((progress.repaired ?? []).length > 0) return 'repaired';
  return progress.pitfalls.length > 0 && progress.remedies.length > 0 ? 'solved' : 'visited';
}
