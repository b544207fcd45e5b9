/**
 * Runs scenarios in slices, so that the thread it lives on stays able to answer: between two slices progress is told
 * and a cancellation is heard. The same class works in a worker and, where there is none, on the page's own thread.
 * One run at a time: a newer one ends the one before it.
 */
import { catalogue } from '../../scenarios/index.ts';
import {
  exercisesOf,
  judgedRun,
  verdictOfClaims,
  Run,
  type InterventionData,
  type JudgedRun,
  type ParameterValues,
  type RecordedSignal,
  type Recording,
} from '../../sim-core/index.ts';
import { Slices } from './slices.ts';

/** A run's input, as data that can be sent to a worker. */
export interface RunRequest {
  readonly scenario: string;
  readonly variant: string;
  readonly params: ParameterValues;
  readonly seed: number | string;
  readonly interventions: readonly InterventionData[];
  /** Of which stretch events are kept, in nanoseconds; from the start on without it. */
  readonly window?: { readonly from: number; readonly to: number };
}

export interface RunResult {
  readonly recording: Recording;
  /** Wall time of the computation, in milliseconds. */
  readonly wallMs: number;
}

/** What is kept of a run that is one of many. */
export interface RunSummary {
  readonly signals: readonly Pick<RecordedSignal, 'name' | 'kind' | 'unit' | 'summary'>[];
  /** Whether all expectations of its variant hold that are claimed, and one at least is. */
  readonly pass: boolean;
}

/** The run was stopped, by the reader or by a newer one. */
export class RunCancelled extends Error {
  constructor() {
    super('the run was cancelled');
    this.name = 'RunCancelled';
  }
}

/** Events between two looks at the clock. */
const EVENTS_PER_LOOK = 2_000;

export class Simulator {
  #current = 0;
  readonly #slices = new Slices();

  /** Computes a recording; rejects with what the engine throws, or with `RunCancelled`. */
  async run(request: RunRequest, progress: (share: number) => void): Promise<RunResult> {
    const turn = ++this.#current;
    const started = performance.now();
    const entry = catalogue.find(({ scenario }) => scenario.id === request.scenario);
    if (!entry) throw new Error(`there is no scenario ${request.scenario}`);
    const { variant, params, seed, interventions, window } = request;
    const options = { variant, params, seed, interventions, definition: entry.definition };
    const run = new Run(entry.scenario, { ...options, ...(window && { window }) });
    while (!this.#slices.work(() => run.advance(EVENTS_PER_LOOK))) {
      progress(run.progress);
      await this.#slices.next();
      if (turn !== this.#current) throw new RunCancelled();
    }
    return { recording: run.finish(), wallMs: performance.now() - started };
  }

  /** The same, of which only the summaries are kept. */
  async summarise(request: RunRequest): Promise<RunSummary> {
    const { recording } = await this.run(request, () => {});
    return {
      signals: recording.signals.map(({ name, kind, unit, summary }) => ({ name, kind, unit, summary })),
      pass: verdictOfClaims(recording.expectations) === 'held',
    };
  }

  /** A run of an exercise's pitfall, of which only what is judged is kept. */
  async judge(request: RunRequest): Promise<JudgedRun> {
    const { recording } = await this.run(request, () => {});
    const { scenario } = catalogue.find((entry) => entry.scenario.id === request.scenario)!;
    const exercise = exercisesOf(scenario).find(({ pitfall }) => pitfall === request.variant);
    if (!exercise) throw new Error(`${request.scenario} has no exercise ${request.variant}`);
    return judgedRun(scenario, exercise, recording);
  }

  cancel(): void {
    this.#current += 1;
  }
}
