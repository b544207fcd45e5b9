/**
 * One future of a scenario: an experiment, and what was computed of it. A thin reactive cover over the models;
 * recordings are large and never change, so they are held raw. Each future has an engine to itself, so two of them are
 * computed side by side.
 */
import {
  chartsOf,
  type ExportName,
  type ParameterValues,
  type Recording,
  type Scenario,
  thresholdsOf,
} from '../../sim-core/index.ts';
import { buildCharts, scalesOf, type Scales } from '../models/chart.ts';
import { valuesOf, type Experiment } from '../models/experiment.ts';
import { baseline, changeStory, outcomeOf, type Outcome } from '../models/last-change.ts';
import { LiveRun } from '../models/live-run.ts';
import { stageModel } from '../models/moment.ts';
import { rowsOf } from '../models/rows.ts';
import { layOut } from '../models/topology.ts';
import type { Traffic } from '../models/traffic.ts';
import type { Engine } from '../worker/engine.ts';
import { CloseUp } from './close-up.svelte.ts';
import type { RunRequest, RunResult } from '../worker/simulator.ts';

/** Runs that take less than this, in milliseconds, change the picture without any sign of work: it would only flicker. */
const SLOW_MS = 250;

/**
 * So long after a run's charts were drawn, in milliseconds, they are on the screen, and who drags a slider has asked for
 * the next run. Before the frame is drawn nothing else may take the page's time: what follows takes as long as a frame.
 */
const REST_MS = 20;

export interface Failure {
  readonly name: string;
  readonly message: string;
}

class Cancelled extends Error {
  constructor() {
    super('The run was stopped before its end.');
    this.name = 'Cancelled';
  }
}

export class Future {
  readonly scenario: Scenario;
  experiment = $state.raw<Experiment>() as Experiment;
  recording = $state.raw<Recording>();
  /** Where every request of the recording is at any time; undefined while that is being read out of it. */
  traffic = $state.raw<Traffic>();
  wallMs = $state(0);
  running = $state(false);
  /** A run takes long enough to say so. */
  slow = $state(false);
  progress = $state(0);
  failure = $state.raw<Failure>();

  /** The run that the last change is held against; undefined while nothing was changed. */
  before = $state.raw<Outcome>();
  /** The run that is shown. */
  #outcome = $state.raw<Outcome>();

  /** What the axes spanned in the runs before, as long as only the variant or the seed changed. */
  #scales = $state.raw<Scales>(new Map());

  readonly values: ParameterValues = $derived.by(() => valuesOf(this.scenario, this.experiment));
  readonly rows = $derived(this.recording && rowsOf(this.recording));
  /** What the scenario charts of the run that is shown. */
  readonly charted = $derived.by(() => chartsOf(this.scenario, this.recording?.header.params ?? this.values));
  readonly charts = $derived.by(() => {
    const { recording, scenario } = this;
    if (!recording) return [];
    const { variant, params } = recording.header;
    return buildCharts(recording, this.charted, this.#scales, thresholdsOf(scenario, variant, params));
  });
  readonly stage = $derived.by(() => {
    const { recording, scenario } = this;
    return recording && stageModel(recording, layOut(recording.components, scenario.places), this.charted);
  });

  /** What the last change did. */
  readonly story = $derived.by(
    () => this.before && this.#outcome && changeStory(this.scenario, this.before, this.#outcome),
  );

  /** Of a run with more events than are kept, another part. */
  readonly closeUp: CloseUp;
  /** Whose events are shown one by one: those that were kept first, or those that were looked at. */
  get lookedAt(): Recording | undefined {
    return this.closeUp.recording ?? this.recording;
  }

  readonly #engine: Engine;
  readonly #live: LiveRun<RunRequest, RunResult>;
  #scaledFor = '';
  #slowTimer: ReturnType<typeof setTimeout> | undefined = undefined;
  #restFrame: number | undefined = undefined;
  #restTimer: ReturnType<typeof setTimeout> | undefined = undefined;

  /** Computes the experiment at once, and tells `shown` of every recording that it has taken. */
  constructor(scenario: Scenario, engine: Engine, experiment: Experiment, shown: (recording: Recording) => void) {
    this.scenario = scenario;
    this.experiment = experiment;
    this.#engine = engine;
    this.closeUp = new CloseUp(engine);
    this.#live = new LiveRun(engine, {
      started: () => this.#began(),
      progress: (share) => {
        this.progress = share;
      },
      finished: (result, request) => {
        this.#take(result, request);
        shown(result.recording);
      },
      failed: (error) => this.#ended(asError(error)),
      cancelled: () => this.#ended(new Cancelled()),
    });
    this.rerun();
  }

  /** Takes another experiment and runs it; of those that come while it runs, the last one. */
  change(experiment: Experiment): void {
    this.experiment = experiment;
    this.rerun();
  }

  rerun(): void {
    this.closeUp.clear();
    this.#live.request(this.#request());
  }

  /** Has the events around an instant shown, whether they were kept first or not. */
  async look(time: number): Promise<boolean> {
    const { recording } = this;
    if (!recording || this.running) return false;
    if (!(await this.closeUp.look(recording, this.#request(), time))) return false;
    this.traffic = undefined;
    this.#rest();
    return true;
  }

  #request(): RunRequest {
    const { variant, changed, seed, interventions } = this.experiment;
    return { scenario: this.scenario.id, variant, params: changed, seed, interventions };
  }

  cancel(): void {
    this.#live.cancel();
  }

  /** The run that is shown, as a file for other tools. */
  async export(name: ExportName): Promise<Blob> {
    if (!this.recording) throw new Error('the run is being computed; try again when it is shown');
    return this.#engine.export(name, this.recording);
  }

  /** Gives the memory of its recording back; it is computed again when it is next asked for. */
  forget(): void {
    this.cancel();
    this.closeUp.clear();
    this.recording = undefined;
    this.traffic = undefined;
  }

  /** Nothing of it goes on after this. */
  leave(): void {
    this.forget();
    this.#engine.close();
    clearTimeout(this.#slowTimer);
    if (this.#restFrame !== undefined) cancelAnimationFrame(this.#restFrame);
    clearTimeout(this.#restTimer);
  }

  #began(): void {
    this.running = true;
    this.progress = 0;
    this.#slowTimer ??= setTimeout(() => {
      this.slow = true;
    }, SLOW_MS);
  }

  #take({ recording, wallMs }: RunResult, { variant, params, seed, interventions = [] }: RunRequest): void {
    const input = JSON.stringify(params);
    this.#scales = input === this.#scaledFor ? scalesOf(this.charts) : new Map();
    this.#scaledFor = input;
    const outcome = outcomeOf({ variant, changed: params, seed, interventions }, recording);
    this.before = this.#outcome && baseline(this.before, this.#outcome, outcome.experiment);
    this.#outcome = outcome;
    this.recording = recording;
    this.traffic = undefined;
    this.wallMs = wallMs;
    this.#ended();
  }

  #ended(error?: Error): void {
    this.running = false;
    this.slow = false;
    clearTimeout(this.#slowTimer);
    this.#slowTimer = undefined;
    this.failure = error && { name: error.name, message: error.message };
    this.#rest();
  }

  /** In a page that is not on the screen no frame is drawn, and traffic is read when it is looked at again. */
  #rest(): void {
    this.#restFrame ??= requestAnimationFrame(() => {
      this.#restFrame = undefined;
      this.#restTimer ??= setTimeout(() => void this.#readTraffic(), REST_MS);
    });
  }

  /** Not while a run is under way, whose recording would overtake this one; one that begins later ends the reading. */
  async #readTraffic(): Promise<void> {
    this.#restTimer = undefined;
    const { lookedAt: recording } = this;
    if (!recording || !this.stage || this.traffic || this.running) return;
    try {
      const traffic = await this.#engine.traffic(recording, this.stage.topology);
      if (traffic && this.lookedAt === recording) this.traffic = traffic;
    } catch (error) {
      const { name, message } = asError(error);
      if (this.lookedAt === recording && !this.running) this.failure = { name, message };
    }
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
