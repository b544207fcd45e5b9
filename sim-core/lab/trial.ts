/**
 * A trial: the system of a scenario, wired, measured and judged, and nothing kept of it but the columns of its signals. What
 * a run adds to it is a memory of what happened: events, facts, flows and a digest of them all. Many seeds are tried to
 * learn whether a claim holds, and nobody looks at what happened in them.
 */
import type { Budget } from '../kernel/budget.ts';
import { Simulation, type EventObserver } from '../kernel/simulation.ts';
import { componentsOf } from '../network/component.ts';
import type { SignalDefinition } from '../statistics/signal.ts';
import { bindInterventions, type BoundIntervention, type InterventionData } from './intervention.ts';
import type { ParameterValues } from './parameters.ts';
import { FORMAT, type ExpectationResult, type RecordedSignal, type RecordingHeader } from './recording.ts';
import { durationOf, intervalOf, resolveParameters, ScenarioError, type Scenario } from './scenario.ts';
import type { Axis } from './signal-meters.ts';
import { SignalRecorder } from './signal-recorder.ts';
import { ENGINE_VERSION } from './version.ts';

export interface TrialOptions {
  readonly variant: string;
  /** Over the variant's own; those left out take the variant's value or the default. */
  readonly params?: ParameterValues;
  /** The scenario's own without it. */
  readonly seed?: number | string;
  readonly interventions?: readonly InterventionData[];
  readonly budget?: Partial<Budget>;
  /** SHA-256 of the definition's source, where it is known. */
  readonly definition?: string;
}

/** What a trial leaves: enough to judge it, by the claims of any variant. */
export interface Trialled {
  readonly header: Omit<RecordingHeader, 'digest'>;
  readonly signals: readonly RecordedSignal[];
  /** None of a trial that was not run to its end: a claim about a whole run cannot be held against a part of it. */
  readonly expectations: readonly ExpectationResult[];
}

/** Who remembers what happens in a system, from before it is wired. */
export interface Memory {
  readonly observer: EventObserver;
  /** Called with the fresh simulation. */
  begin(sim: Simulation): void;
}

export class Trial {
  readonly scenario: Scenario;
  readonly header: Omit<RecordingHeader, 'digest'>;
  readonly sim: Simulation;
  private readonly signals: SignalRecorder;
  private readonly interventions: BoundIntervention[];
  private readonly interventionKind: number;

  /** Builds the system; throws `ScenarioError`, `ParameterError` or `InterventionError` on input that does not fit. */
  constructor(scenario: Scenario, options: TrialOptions, memoryFor?: (axis: Axis) => Memory) {
    const { variant, seed = scenario.seed, interventions = [] } = options;
    const params = resolveParameters(scenario, variant, options.params ?? {});
    const duration = durationOf(scenario, params);
    const axis = { duration, interval: intervalOf(scenario, duration), warmUp: scenario.warmUp };
    const memory = memoryFor?.(axis);
    const sim = new Simulation({
      seed,
      ...(memory && { observer: memory.observer }),
      ...(options.budget && { budget: options.budget }),
    });
    this.scenario = scenario;
    this.sim = sim;
    this.interventionKind = sim.eventKind('intervention');
    memory?.begin(sim);
    scenario.system(sim, params as never);
    this.signals = new SignalRecorder(sim, signalsOf(scenario, sim), axis);
    this.interventions = bindInterventions(sim, interventions, duration);
    this.header = {
      format: FORMAT,
      engine: ENGINE_VERSION,
      scenario: scenario.id,
      definition: options.definition ?? '',
      variant,
      seed,
      params,
      interventions: this.interventions.map(({ data }) => data),
      ...axis,
    };
  }

  /** The share of the simulated time that has passed, 0 to 1. */
  get progress(): number {
    return this.sim.now / this.header.duration;
  }

  get eventsRun(): number {
    return this.sim.eventsRun;
  }

  /** Runs up to so many events; true once the end is reached. Throws what a model throws, and `BudgetExceeded`. */
  advance(eventsMax: number): boolean {
    const { sim, interventions } = this;
    let left = eventsMax;
    while (left > 0) {
      const [next] = interventions;
      const before = sim.eventsRun;
      if (!sim.runUntil(next?.data.at ?? this.header.duration, left)) return false;
      left -= sim.eventsRun - before;
      if (next === undefined) return true;
      interventions.shift();
      sim.inject(() => next.apply(), this.interventionKind);
      left--;
    }
    return false;
  }

  /** Invariants of the components that are broken now, in words. */
  violations(): readonly string[] {
    return componentsOf(this.sim).flatMap((component) => component.violations());
  }

  /** Closes the columns. To be called once, and nothing can be run afterwards. */
  finish(): Trialled {
    const { scenario, header, sim } = this;
    const signals = this.signals.close(sim.now);
    const isWhole = sim.now >= header.duration;
    return { header, signals, expectations: isWhole ? judge(scenario, header.variant, { header, signals }) : [] };
  }
}

/** Holds the expectations of a variant against what a run or a trial left, which may be another variant's. */
export function judge(
  scenario: Scenario,
  variant: string,
  evidence: Pick<Trialled, 'header' | 'signals'>,
): ExpectationResult[] {
  return scenario.expect[variant].map((expectation) => expectation.judge(evidence));
}

/** The definitions of a run's signals, in the order of its recording: the system is wired for them, and not run. */
export function definitionsOf(
  scenario: Scenario,
  { variant, seed, params }: Pick<RecordingHeader, 'variant' | 'seed' | 'params'>,
): readonly SignalDefinition[] {
  const sim = new Simulation({ seed });
  scenario.system(sim, resolveParameters(scenario, variant, params) as never);
  return signalsOf(scenario, sim);
}

/** The signals of all components and the scenario's own, each once. */
function signalsOf(scenario: Scenario, sim: Simulation): readonly SignalDefinition[] {
  const definitions = [...componentsOf(sim).flatMap(({ signals }) => signals), ...(scenario.signals ?? [])];
  const byName = new Map<string, SignalDefinition>();
  for (const definition of definitions) {
    const known = byName.get(definition.name);
    if (known !== undefined && known !== definition) {
      throw new ScenarioError(scenario.id, `signals: two different ones are named ${definition.name}`);
    }
    byName.set(definition.name, definition);
  }
  return [...byName.values()];
}
