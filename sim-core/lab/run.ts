/**
 * A run: a pure function of scenario, variant, parameters, seed and interventions. It is computed in slices, so that
 * whoever drives it (a worker of the page, the command line) can show progress between them, or stop and keep what was
 * computed so far.
 */
import type { Simulation } from '../kernel/simulation.ts';
import type { Time } from '../kernel/time.ts';
import { componentsOf, connectionsOf, stateOf } from '../network/component.ts';
import { interventionsOf } from '../network/partition.ts';
import { MethodMeter } from '../observability/methods/method-meter.ts';
import { intervalsIn } from '../statistics/intervals.ts';
import { digestOf } from './digest.ts';
import { EventRecorder } from './event-recorder.ts';
import { FactRecorder } from './fact-recorder.ts';
import type { RecordedComponent, RecordedFlow, Recording } from './recording.ts';
import type { Scenario } from './scenario.ts';
import { Trial, type TrialOptions } from './trial.ts';
import { TelemetryRecorder } from './telemetry-recorder.ts';
import { WorkRecorder } from './work-recorder.ts';

export interface RunOptions extends TrialOptions {
  /** Keep only the events of this stretch of time: how a part of a very long run is looked at. */
  readonly window?: { readonly from: Time; readonly to: Time };
}

export class Run {
  readonly scenario: Scenario;
  private readonly trial: Trial;
  private readonly events: EventRecorder;
  private readonly facts: FactRecorder;
  private readonly work: WorkRecorder;
  private readonly methods: MethodMeter;
  private readonly telemetry: TelemetryRecorder;
  private recording: Recording | undefined = undefined;

  /** Builds the system; throws `ScenarioError`, `ParameterError` or `InterventionError` on input that does not fit. */
  constructor(scenario: Scenario, options: RunOptions) {
    const { from = 0, to = Infinity } = options.window ?? {};
    let events!: EventRecorder;
    let facts!: FactRecorder;
    let work!: WorkRecorder;
    let methods!: MethodMeter;
    let telemetry!: TelemetryRecorder;
    this.scenario = scenario;
    this.trial = new Trial(scenario, options, (axis) => ({
      observer: (events = new EventRecorder(axis.interval, from, to, (time) => methods.endInterval(time))),
      begin(sim) {
        events.observe(sim);
        facts = new FactRecorder(sim.facts);
        work = new WorkRecorder(sim);
        methods = new MethodMeter(sim, axis);
        telemetry = new TelemetryRecorder(sim);
      },
    }));
    this.events = events;
    this.facts = facts;
    this.work = work;
    this.methods = methods;
    this.telemetry = telemetry;
  }

  /** The share of the simulated time that has passed, 0 to 1. */
  get progress(): number {
    return this.trial.progress;
  }

  get eventsRun(): number {
    return this.trial.eventsRun;
  }

  /**
   * Runs up to so many events; true once the end is reached. Throws what a model throws, `BudgetExceeded`, and an error
   * after `finish`.
   */
  advance(eventsMax: number): boolean {
    if (this.recording !== undefined) throw new Error('the run was finished; its recording is closed');
    return this.trial.advance(eventsMax);
  }

  /** Invariants of the components that are broken now, in words. */
  violations(): readonly string[] {
    return this.trial.violations();
  }

  /**
   * The recording of what has been computed. Before the end it holds what there is, `simulated` says how far it got,
   * and nothing is judged: a claim about a whole run cannot be held against a part of it.
   */
  finish(): Recording {
    return (this.recording ??= this.close());
  }

  private close(): Recording {
    const { sim } = this.trial;
    const { header, signals, expectations } = this.trial.finish();
    const flows = this.flows();
    const facts = this.facts.finish();
    const events = this.events.finish();
    const digest = digestOf({ header, signals, flows, facts, events: events.total, eventHash: this.events.hash });
    const components = recordedComponents(sim);
    const telemetry = this.telemetry.finish();
    return {
      header: { ...header, digest },
      components,
      signals,
      events,
      facts,
      flows,
      work: this.work.finish(),
      measures: this.methods.finish(sim.now),
      ...(telemetry && { telemetry }),
      expectations,
      simulated: sim.now,
    };
  }

  private flows(): RecordedFlow[] {
    const { sim, header } = this.trial;
    const intervals = intervalsIn(header.duration, header.interval);
    return connectionsOf(sim).map(({ from, to, requestKind, replyKind }) => ({
      from,
      to,
      requests: this.events.countsOf(requestKind, intervals),
      replies: this.events.countsOf(replyKind, intervals),
      requestKind,
      replyKind,
    }));
  }
}

/** Runs a scenario to its end. */
export function run(scenario: Scenario, options: RunOptions): Recording {
  const whole = new Run(scenario, options);
  whole.advance(Infinity);
  return whole.finish();
}

function recordedComponents(sim: Simulation): RecordedComponent[] {
  return componentsOf(sim).map((component) => ({
    name: component.name,
    kind: component.kind,
    help: component.help,
    calls: connectionsOf(sim)
      .filter(({ from }) => from === component.name)
      .map(({ to }) => to),
    interventions: Object.entries(interventionsOf(sim, component)).map(([action, intervention]) => ({
      action,
      help: intervention.help,
      arguments: intervention.arguments,
    })),
    state: stateOf(sim, component),
  }));
}
