/**
 * A run: a pure function of scenario, variant, parameters, seed and interventions. It is computed in slices, so that
 * whoever drives it (a worker of the page, the command line) can show progress between them, or stop and keep what was
 * computed so far.
 */
import type { Budget } from '../kernel/budget.ts';
import { Simulation } from '../kernel/simulation.ts';
import type { Duration, Time } from '../kernel/time.ts';
import { componentsOf, connectionsOf } from '../network/component.ts';
import { intervalsIn } from '../statistics/intervals.ts';
import type { SignalDefinition } from '../statistics/signal.ts';
import { digestOf } from './digest.ts';
import { EventRecorder } from './event-recorder.ts';
import { FactRecorder } from './fact-recorder.ts';
import { bindInterventions, type BoundIntervention, type InterventionData } from './intervention.ts';
import type { ParameterValues } from './parameters.ts';
import {
  FORMAT,
  type ExpectationResult,
  type RecordedComponent,
  type RecordedFlow,
  type Recording,
  type RecordingHeader,
} from './recording.ts';
import { durationOf, intervalOf, resolveParameters, ScenarioError, type Scenario } from './scenario.ts';
import { SignalRecorder } from './signal-recorder.ts';
import { ENGINE_VERSION } from './version.ts';

export interface RunOptions {
  readonly variant: string;
  /** Over the variant's own; those left out take the variant's value or the default. */
  readonly params?: ParameterValues;
  /** The scenario's own without it. */
  readonly seed?: number | string;
  readonly interventions?: readonly InterventionData[];
  readonly budget?: Partial<Budget>;
  /** SHA-256 of the definition's source, where it is known. */
  readonly definition?: string;
  /** Keep only the events of this stretch of time: how a part of a very long run is looked at. */
  readonly window?: { readonly from: Time; readonly to: Time };
}

export class Run {
  readonly scenario: Scenario;
  private readonly header: Omit<RecordingHeader, 'digest'>;
  private readonly sim: Simulation;
  private readonly duration: Duration;
  private readonly events: EventRecorder;
  private readonly facts: FactRecorder;
  private readonly signals: SignalRecorder;
  private readonly interventions: BoundIntervention[];
  private readonly interventionKind: number;
  private recording: Recording | undefined = undefined;

  /** Builds the system; throws `ScenarioError`, `ParameterError` or `InterventionError` on input that does not fit. */
  constructor(scenario: Scenario, options: RunOptions) {
    const { variant, seed = scenario.seed, interventions = [], window } = options;
    const params = resolveParameters(scenario, variant, options.params ?? {});
    this.scenario = scenario;
    this.duration = durationOf(scenario, params);
    const axis = { duration: this.duration, interval: intervalOf(scenario, this.duration), warmUp: scenario.warmUp };
    this.events = new EventRecorder(axis.interval, window?.from ?? 0, window?.to ?? Infinity);
    const sim = new Simulation({ seed, observer: this.events, ...(options.budget && { budget: options.budget }) });
    this.sim = sim;
    this.events.observe(sim);
    this.interventionKind = sim.eventKind('intervention');
    this.facts = new FactRecorder(sim, sim.facts);
    scenario.system(sim, params as never);
    this.signals = new SignalRecorder(sim, signalsOf(scenario, sim), axis);
    this.interventions = bindInterventions(sim, interventions, this.duration);
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
    return this.sim.now / this.duration;
  }

  get eventsRun(): number {
    return this.sim.eventsRun;
  }

  /**
   * Runs up to so many events; true once the end is reached. Throws what a model throws, `BudgetExceeded`, and an error
   * after `finish`.
   */
  advance(eventsMax: number): boolean {
    if (this.recording !== undefined) throw new Error('the run was finished; its recording is closed');
    const { sim, interventions } = this;
    let left = eventsMax;
    while (left > 0) {
      const [next] = interventions;
      const before = sim.eventsRun;
      if (!sim.runUntil(next?.data.at ?? this.duration, left)) return false;
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

  /**
   * The recording of what has been computed. Before the end it holds what there is, `simulated` says how far it got,
   * and nothing is judged: a claim about a whole run cannot be held against a part of it.
   */
  finish(): Recording {
    return (this.recording ??= this.close());
  }

  private flows(): RecordedFlow[] {
    const intervals = intervalsIn(this.duration, this.header.interval);
    return connectionsOf(this.sim).map(({ from, to, requestKind, replyKind }) => ({
      from,
      to,
      requests: this.events.countsOf(requestKind, intervals),
      replies: this.events.countsOf(replyKind, intervals),
      requestKind,
      replyKind,
    }));
  }

  private close(): Recording {
    const { sim } = this;
    const complete = sim.now >= this.duration;
    const signals = this.signals.close(sim.now);
    const flows = this.flows();
    const facts = this.facts.finish();
    const events = this.events.finish();
    const digest = digestOf({
      header: this.header,
      signals,
      flows,
      facts,
      events: events.total,
      eventHash: this.events.hash,
    });
    const header = { ...this.header, digest };
    const expectations = complete ? judge(this.scenario, this.header.variant, { header, signals }) : [];
    const components = recordedComponents(sim);
    return { header, components, signals, events, facts, flows, expectations, simulated: sim.now };
  }
}

/** Runs a scenario to its end. */
export function run(scenario: Scenario, options: RunOptions): Recording {
  const whole = new Run(scenario, options);
  whole.advance(Infinity);
  return whole.finish();
}

/** Holds the expectations of a variant against a recording, which may be another variant's. */
export function judge(
  scenario: Scenario,
  variant: string,
  recording: Pick<Recording, 'header' | 'signals'>,
): ExpectationResult[] {
  return scenario.expect[variant].map((expectation) => expectation.judge(recording));
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

function recordedComponents(sim: Simulation): RecordedComponent[] {
  return componentsOf(sim).map((component) => ({
    name: component.name,
    kind: component.kind,
    help: component.help,
    calls: connectionsOf(sim)
      .filter(({ from }) => from === component.name)
      .map(({ to }) => to),
    interventions: Object.entries(component.interventions).map(([action, intervention]) => ({
      action,
      help: intervention.help,
      arguments: intervention.arguments,
    })),
    state: component.state(),
  }));
}
