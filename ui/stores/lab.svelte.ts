/**
 * One scenario on the page: the futures that the reader has made of it, which of them is shown, and the one cursor over
 * all. To intervene makes another future of the one that is shown and keeps both, so nothing that was seen is lost:
 * `undo` goes back to where it came from, `redo` on to what came of it.
 */
import type { CatalogueEntry } from '../../scenarios/index.ts';
import {
  durationOf,
  resolveParameters,
  type InterventionData,
  type ParameterValues,
  type Recording,
} from '../../sim-core/index.ts';
import type { Chart } from '../models/chart.ts';
import {
  contrast,
  defaultExperiment,
  withIntervention,
  withoutIntervention,
  type Experiment,
} from '../models/experiment.ts';
import type { StageModel } from '../models/moment.ts';
import { rowAt, type Rows } from '../models/rows.ts';
import { experimentOf, type SharedRun } from '../models/shared-run.ts';
import type { Traffic } from '../models/traffic.ts';
import { Engine } from '../worker/engine.ts';
import { Future, type Failure } from './future.svelte.ts';
import { Playback } from './playback.svelte.ts';

export const MODES = ['explore', 'compare', 'exercise', 'present'] as const;
export type Mode = (typeof MODES)[number];

/** A future by the letter that the page calls it. */
export interface Branch {
  readonly letter: string;
  readonly future: Future;
  /** Letter of the one that it was forked from, which may have been removed since. */
  readonly parent: string | undefined;
}

/** Futures at most; the alphabet would last longer than the memory. */
const BRANCHES_MAX = 12;
/** Recordings kept at most, those least recently shown are computed again when they are wanted. */
const RECORDINGS_MAX = 4;

export class Lab {
  readonly entry: CatalogueEntry;
  readonly playback = new Playback();
  mode = $state<Mode>('explore');
  branches = $state.raw<readonly Branch[]>([]);
  /** The one that the stage shows and that every control changes. */
  shown = $state.raw<Branch>() as Branch;
  /** The two that are compared. */
  a = $state.raw<Branch>() as Branch;
  b = $state.raw<Branch>();
  /** Name of the component that the inspector shows. */
  selected = $state<string>();

  readonly row = $derived.by(() => (this.rows ? rowAt(this.rows, this.playback.time) : 0));

  #spare: Engine | undefined;
  /** Where each future ever made came from. */
  readonly #origins = new Map<string, string | undefined>();
  /** Most recently shown last. */
  #recent: readonly Branch[] = [];

  /** `engine` computes the first future, the scenario's own run or the one that somebody has shared. */
  constructor(entry: CatalogueEntry, engine: Engine, shared?: SharedRun) {
    const { scenario } = entry;
    this.entry = entry;
    this.#spare = engine;
    const experiment = shared ? experimentOf(shared.document) : defaultExperiment(scenario);
    const values = resolveParameters(scenario, experiment.variant, experiment.changed);
    this.playback.load(durationOf(scenario, values));
    this.playback.seek(shared?.view.time ?? scenario.openAt);
    this.a = this.#branch(experiment, undefined);
    this.show(this.a);
    if (shared?.view.b) this.b = this.#branch(experimentOf(shared.view.b), undefined);
    const mode = MODES.find((name) => name === shared?.view.mode);
    if (mode === 'compare') this.compare();
    else if (mode) this.mode = mode;
  }

  get future(): Future {
    return this.shown.future;
  }
  get experiment(): Experiment {
    return this.future.experiment;
  }
  get values(): ParameterValues {
    return this.future.values;
  }
  get recording(): Recording | undefined {
    return this.future.recording;
  }
  get rows(): Rows | undefined {
    return this.future.rows;
  }
  get charts(): readonly Chart[] {
    return this.future.charts;
  }
  get stage(): StageModel | undefined {
    return this.future.stage;
  }
  get traffic(): Traffic | undefined {
    return this.future.traffic;
  }
  get wallMs(): number {
    return this.future.wallMs;
  }
  get running(): boolean {
    return this.future.running;
  }
  get slow(): boolean {
    return this.future.slow;
  }
  get progress(): number {
    return this.future.progress;
  }
  get failure(): Failure | undefined {
    return this.future.failure;
  }

  /** Takes another experiment in the future that is shown, and runs it. */
  change(experiment: Experiment): void {
    this.future.change(experiment);
  }

  rerun(): void {
    this.future.rerun();
  }

  cancel(): void {
    this.future.cancel();
  }

  /** Stops at an instant that somebody pointed out. */
  showMoment(time: number): void {
    this.playback.stop();
    this.playback.seek(time);
  }

  show(branch: Branch): void {
    this.shown = branch;
    this.#recent = [...this.#recent.filter((one) => one !== branch), branch];
    const { future } = branch;
    if (future.recording) this.playback.load(future.recording.header.duration);
    else if (!future.running) future.rerun();
    const kept = [this.a, this.b, branch];
    const forgettable = this.#recent.filter((one) => one.future.recording && !kept.includes(one));
    for (const one of forgettable.slice(0, Math.max(0, this.#recent.length - RECORDINGS_MAX))) one.future.forget();
  }

  /** Does something to the system at an instant: the future that is shown stays, another one begins there. */
  intervene(...interventions: readonly InterventionData[]): Branch | undefined {
    return this.#fork(interventions.reduce(withIntervention, this.experiment));
  }

  /** Takes an intervention out of the future that is shown. */
  withdraw(intervention: InterventionData): void {
    this.change(withoutIntervention(this.experiment, intervention));
  }

  /** Where the cursor stands, as long as something can still be done there: not at the very end. */
  get instant(): number {
    return Math.min(this.playback.time, this.playback.duration - 1);
  }

  get canFork(): boolean {
    return this.branches.length < BRANCHES_MAX;
  }

  /** Why no other future can be made now, if so. */
  get full(): string | undefined {
    return this.canFork ? undefined : 'There are as many futures as the page can keep: remove one first.';
  }

  /** The future that the shown one was forked from, or the nearest before it that was not removed. */
  get origin(): Branch | undefined {
    let letter = this.shown.parent;
    while (letter !== undefined) {
      const found = this.branches.find((one) => one.letter === letter);
      if (found) return found;
      letter = this.#origins.get(letter);
    }
    return undefined;
  }

  /** The newest future that was forked from the shown one. */
  get sequel(): Branch | undefined {
    return this.branches.findLast(({ parent }) => parent === this.shown.letter);
  }

  undo(): void {
    if (this.origin) this.show(this.origin);
  }

  redo(): void {
    if (this.sequel) this.show(this.sequel);
  }

  /** Removes a future; what was forked from it stays, and one of those left is shown. */
  remove(branch: Branch): void {
    if (this.branches.length === 1) return;
    branch.future.leave();
    this.#recent = this.#recent.filter((one) => one !== branch);
    this.branches = this.branches.filter((one) => one !== branch);
    if (this.a === branch) this.a = this.branches[0];
    if (this.b === branch || this.b === this.a) this.b = undefined;
    if (this.mode === 'compare' && !this.b) this.mode = 'explore';
    if (this.shown === branch) this.show(this.#recent.at(-1) ?? this.a);
  }

  /** Two futures beside each other; without a second one, what the variants of the scenario set against each other. */
  compare(a: Branch = this.a, b: Branch | undefined = this.b): void {
    this.a = a;
    this.b = b ?? this.#branch(contrast(this.entry.scenario, a.future.experiment), undefined);
    this.mode = 'compare';
    this.show(this.b);
  }

  /** The shown future takes back its last change, and another one with it is set beside it: A before, B after. */
  compareWithBefore(): void {
    const { before } = this.future;
    if (before) this.compareFrom(before.experiment, this.experiment);
  }

  /** The shown future becomes the one, and another future, the other, is set beside it. */
  compareFrom(before: Experiment, after: Experiment): void {
    if (!this.canFork) return;
    const { shown } = this;
    const other = this.#branch(after, undefined);
    shown.future.change(before);
    this.compare(shown, other);
  }

  /** Nothing of it goes on after it is left. */
  leave(): void {
    this.playback.stop();
    for (const { future } of this.branches) future.leave();
  }

  #fork(experiment: Experiment): Branch | undefined {
    if (!this.canFork) return undefined;
    const branch = this.#branch(experiment, this.shown);
    this.a = this.shown;
    this.b = branch;
    this.show(branch);
    return branch;
  }

  #branch(experiment: Experiment, parent: Branch | undefined): Branch {
    const engine = this.#spare ?? new Engine();
    this.#spare = undefined;
    const letter = letterOf(this.#origins.size);
    this.#origins.set(letter, parent?.letter);
    const future = new Future(this.entry.scenario, engine, experiment, ({ header }) => {
      if (this.shown?.future === future) this.playback.load(header.duration);
    });
    const branch: Branch = { letter, future, parent: parent?.letter };
    this.branches = [...this.branches, branch];
    return branch;
  }
}

/** A to Z, then A2 … */
function letterOf(place: number): string {
  const round = Math.floor(place / 26);
  return String.fromCharCode(65 + (place % 26)) + (round > 0 ? String(round + 1) : '');
}
