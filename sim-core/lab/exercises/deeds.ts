/**
 * What an exercise lets be done to the system while it runs, and how often. Two kinds are of the design by themselves: to set
 * in the midst of the run what may be set before it, where the scenario says what that does, and what whoever runs such a
 * system does on purpose (`of: 'operation'`: to flush, to redrive, to rebuild). Everything else is the world's, and locked: who
 * could cut off the clients would reach every goal about failures. A scenario's definition may say otherwise of an exercise.
 */
import { Simulation } from '../../kernel/simulation.ts';
import { componentsOf, fleetOf, type Intervention } from '../../network/component.ts';
import { interventionsOf } from '../../network/partition.ts';
import { bindInterventions, type InterventionData } from '../intervention.ts';
import type { ParameterValues } from '../parameters.ts';
import { durationOf, resolveParameters, type Scenario } from '../scenario.ts';
import type { Exercise } from './exercise.ts';

/** One that is offered: what is done, to whom. */
export interface OfferedDeed {
  readonly action: string;
  /** Name of the component. */
  readonly target: string;
  readonly help: string;
}

/** Something was done that the exercise does not offer, or more of it; the message says what it does. */
export class DeedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DeedError';
  }
}

/** What is offered of a system with these settings, in the order of its components. */
export function deedsOffered(scenario: Scenario, exercise: Exercise, params: ParameterValues = {}): OfferedDeed[] {
  return offeredIn(scenario, exercise, wired(scenario, exercise, params));
}

/**
 * Checks what a try has done against what its exercise offers, and against the system that it is done to; throws `DeedError`,
 * or `InterventionError` where an argument or an instant is none.
 */
export function checkDeeds(
  scenario: Scenario,
  exercise: Exercise,
  params: ParameterValues,
  done: readonly InterventionData[],
): void {
  if (done.length === 0) return;
  if (done.length > exercise.deedsMax) {
    throw new DeedError(`${done.length} are done; expected at most ${exercise.deedsMax}`);
  }
  const { sim, values } = wired(scenario, exercise, params);
  const offered = offeredIn(scenario, exercise, { sim, values });
  for (const { action, target } of done) {
    if (offered.some((deed) => deed.action === action && deed.target === target)) continue;
    const words = offered.map((deed) => `${deed.action} ${deed.target}`).join(', ') || 'nothing';
    throw new DeedError(`to ${action} ${target} is of the world, which is locked; expected one of: ${words}`);
  }
  bindInterventions(sim, done, durationOf(scenario, values));
}

interface Wired {
  readonly sim: Simulation;
  readonly values: ParameterValues;
}

/** The system of a try, not run. */
function wired(scenario: Scenario, { pitfall, view }: Exercise, params: ParameterValues): Wired {
  const values = resolveParameters(scenario, pitfall, { ...view, ...params });
  const sim = new Simulation({ seed: scenario.seed });
  scenario.system(sim, values as never);
  return { sim, values };
}

function offeredIn(scenario: Scenario, exercise: Exercise, { sim, values }: Wired): OfferedDeed[] {
  if (exercise.deedsMax === 0) return [];
  const { deeds } = scenario.exercises?.[exercise.pitfall] ?? {};
  const set = new Set(deeds ? [] : settingsOf(scenario, exercise, values));
  const isOffered = (action: string, target: string, { of }: Intervention): boolean =>
    deeds
      ? deeds.some((deed) => deed.action === action && [target, fleetOf(target)].includes(deed.target))
      : of === 'operation' || set.has(`${action} ${target}`);
  return componentsOf(sim).flatMap((component) =>
    Object.entries(interventionsOf(sim, component))
      .filter(([action, intervention]) => isOffered(action, component.name, intervention))
      .map(([action, { help }]) => ({ action, target: component.name, help })),
  );
}

/** By what the design's parameters are set while it runs: `action target`. */
function settingsOf({ whileRunning = {} }: Scenario, { design }: Exercise, values: ParameterValues): string[] {
  return Object.keys(design).flatMap((name) => {
    const deeds = Object.hasOwn(whileRunning, name) ? whileRunning[name] : undefined;
    return (deeds?.(values[name] as never, values as never) ?? []).map(({ action, target }) => `${action} ${target}`);
  });
}
