/**
 * Interventions: things done to a running system from outside, as data. The same list gives the same run, so they
 * belong to a run's input and travel in its recording, in links and on the command line
 * (`--at TIME:ACTION:TARGET[:ARGS]`).
 */
import type { Simulation } from '../kernel/simulation.ts';
import type { Time } from '../kernel/time.ts';
import { componentsOf, type Component, type Intervention } from '../network/component.ts';
import { interventionsOf } from '../network/partition.ts';
import { formatDuration, parseDuration } from './parameters.ts';

export interface InterventionData {
  /** When, in nanoseconds: after every event of earlier instants and before those of this one. */
  readonly at: Time;
  readonly action: string;
  /** Name of the component. */
  readonly target: string;
  /** By name of argument; those left out take their default. */
  readonly args?: Readonly<Record<string, number>>;
}

/** An intervention that the system does not take; the message says what it would take. */
export class InterventionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InterventionError';
  }
}

/** An intervention bound to its component, its arguments checked and in order. */
export interface BoundIntervention {
  readonly data: InterventionData;
  apply(): void;
}

/** Checks interventions against the components of a system and sorts them by time, stable; throws `InterventionError`. */
export function bindInterventions(
  sim: Simulation,
  interventions: readonly InterventionData[],
  end: Time,
): BoundIntervention[] {
  const components = componentsOf(sim);
  return interventions.map((data) => bind(sim, components, data, end)).sort((a, b) => a.data.at - b.data.at);
}

function bind(sim: Simulation, components: readonly Component[], data: InterventionData, end: Time): BoundIntervention {
  const { at, action, target } = data;
  if (!(Number.isInteger(at) && at >= 0 && at < end)) {
    throw new InterventionError(
      `intervention ${action}: ${formatDuration(at)} is outside of the run, 0s to ${formatDuration(end)}`,
    );
  }
  const component = components.find(({ name }) => name === target);
  if (component === undefined) {
    const names = components.map(({ name }) => name).join(', ');
    throw new InterventionError(`intervention ${action}: there is no component ${target}; there are ${names}`);
  }
  const taken = interventionsOf(sim, component);
  const intervention = taken[action];
  if (intervention === undefined || !Object.hasOwn(taken, action)) {
    const actions = Object.keys(taken).join(', ') || 'none';
    throw new InterventionError(`intervention ${action}: ${target} does not take it; it takes ${actions}`);
  }
  const values = argumentValues(data, intervention);
  return { data, apply: () => intervention.apply(values) };
}

function argumentValues(data: InterventionData, intervention: Intervention): number[] {
  const given = data.args ?? {};
  const known = intervention.arguments.map(({ name }) => name);
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const takes = known.length === 0 ? 'it takes none' : `it takes ${known.join(', ')}`;
    throw new InterventionError(`intervention ${data.action}: unknown argument ${name}; ${takes}`);
  }
  return intervention.arguments.map(({ name, min, max, default: standard }) => {
    const value = Object.hasOwn(given, name) ? given[name] : standard;
    if (typeof value === 'number' && value >= min && value <= max) return value;
    throw new InterventionError(`intervention ${data.action}: ${name} is ${value}; expected ${min} to ${max}`);
  });
}

/** Reads `TIME:ACTION:TARGET[:NAME=NUMBER,…]`, such as `12s:slow:database:factor=4`; throws `InterventionError`. */
export function parseIntervention(text: string): InterventionData {
  const wrong = (why: string): never => {
    throw new InterventionError(
      `intervention '${text}': ${why}; expected TIME:ACTION:TARGET[:NAME=NUMBER,…], such as 12s:slow:database:factor=4`,
    );
  };
  const [time, action, target, args, ...rest] = text.split(':');
  if (!action || !target || rest.length > 0) return wrong('it does not have three or four parts');
  const at = parseDuration(time);
  if (at === undefined) return wrong(`'${time}' is not a time`);
  if (args === undefined) return { at, action, target };
  const values = new Map<string, number>();
  for (const pair of args.split(',')) {
    const match = /^([^=]+)=(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/i.exec(pair);
    if (match === null) return wrong(`'${pair}' is not NAME=NUMBER`);
    if (values.has(match[1])) return wrong(`${match[1]} is given twice`);
    values.set(match[1], Number(match[2]));
  }
  return { at, action, target, args: Object.fromEntries(values) };
}

/** The same as text that `parseIntervention` reads back. */
export function formatIntervention({ at, action, target, args }: InterventionData): string {
  const pairs = Object.entries(args ?? {}).map(([name, value]) => `${name}=${value}`);
  return [formatDuration(at), action, target, ...(pairs.length > 0 ? [pairs.join(',')] : [])].join(':');
}
