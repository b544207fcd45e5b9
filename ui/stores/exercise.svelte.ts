/**
 * The exercise that is worked at: which pitfall, what is being set, what was tried, and which try was handed in to be checked
 * on other seeds. What is shown meanwhile is the lab's own future; what was tried is kept after every step.
 */
import {
  AttemptError,
  cameTo,
  changesSince,
  exercisesOf,
  freshAttempt,
  furtherSeeds,
  headlineOf,
  isSameSetting,
  openAttempt,
  readAttempt,
  solvedIn,
  TRIES_MAX,
  waysOf,
  writeAttempt,
  type Attempt,
  type Exercise,
  type Foretold,
  type ParameterValue,
  type ParameterValues,
  type Recording,
  type Scenario,
  type Way,
} from '../../sim-core/index.ts';
import { heldOf, nearestOf } from '../models/exercise.ts';
import { valuesOf, withParameter, type Experiment } from '../models/experiment.ts';
import { isRunOf } from '../models/prediction.ts';
import { computeAll } from '../worker/pool.ts';
import type { RunRequest } from '../worker/simulator.ts';
import { announcer } from './announcer.svelte.ts';
import type { Lab } from './lab.svelte.ts';
import { progress } from './progress.svelte.ts';
import { SeedCheck } from './seed-check.svelte.ts';

export class ExerciseWork {
  readonly exercises: readonly Exercise[];
  exercise = $state.raw<Exercise>() as Exercise;
  attempt = $state.raw<Attempt>() as Attempt;
  /** The task has begun; before it the lab is free to be played with. */
  begun = $state(false);
  /** What the controls say, over the pitfall's values. */
  draft = $state.raw<ParameterValues>({});
  foretold = $state<Foretold>();
  /** The try that is being computed. */
  #pending = $state.raw<ParameterValues>();
  /** How the pitfall's own run fares; undefined until it is known. */
  given = $state.raw<readonly Way[]>();
  readonly check = new SeedCheck();
  /** Remedies whose goals the try that was handed in has kept on every seed. */
  #by = $state.raw<readonly string[]>([]);
  /** How the tries of this visit have fared, by their numbers from 1. */
  fared = $state.raw<ReadonlyMap<number, string>>(new Map());
  failure = $state<string>();
  /** Why an attempt that was kept is not gone on with. */
  notice = $state('');

  readonly #lab: Lab;
  /** Ends what is computed when the page is left. */
  readonly #left = new AbortController();

  readonly headline = $derived.by(() => this.given && headlineOf(this.#lab.entry.scenario, this.exercise, this.given));
  /** What the last try, or the pitfall, has come to. */
  readonly ways = $derived.by(() => {
    const { recording } = this.#lab;
    return this.begun && recording && this.#isShown(recording)
      ? waysOf(this.scenario, this.exercise, recording)
      : undefined;
  });
  readonly changes = $derived(Object.keys(this.draft).length);
  /** Why what is set cannot be tried; empty if it can. */
  readonly obstacle = $derived.by(() => {
    const { changesMax } = this.exercise;
    if (this.changes > changesMax) return `${this.changes} settings differ; ${changesMax} may.`;
    if (this.attempt.tries.length >= TRIES_MAX) return `There are ${TRIES_MAX} tries, as many as are kept: start over.`;
    const isTried = isSameSetting(this.draft, this.tried);
    return isTried ? `Set something ${this.attempt.tries.length > 0 ? 'else ' : ''}first.` : '';
  });

  constructor(lab: Lab) {
    this.#lab = lab;
    this.exercises = exercisesOf(lab.entry.scenario);
    const shown = this.exercises.find(({ pitfall }) => pitfall === lab.experiment.variant);
    if (this.exercises.length === 0) {
      if (lab.mode === 'exercise') lab.mode = 'explore';
    } else this.choose(shown ?? this.exercises[0]);
  }

  get scenario(): Scenario {
    return this.#lab.entry.scenario;
  }

  /** A try is being computed. */
  get waiting(): boolean {
    return this.#pending !== undefined;
  }

  /** In a task nothing can be done but what the task allows. */
  get locks(): boolean {
    return this.begun && this.#lab.mode === 'exercise';
  }

  /** What the shown run has set: of the last try, or nothing. */
  get tried(): ParameterValues {
    return this.attempt.tries.at(-1)?.params ?? {};
  }

  /** Remedies that the solution is one of. */
  get solvedBy(): readonly string[] {
    return this.#by;
  }

  value(name: string): ParameterValue {
    return valuesOf(this.scenario, this.#experiment(this.draft))[name];
  }

  /** Another exercise, at the attempt that is kept of it, if its runs are still the same. */
  choose(exercise: Exercise): void {
    this.exercise = exercise;
    this.begun = false;
    this.given = undefined;
    this.#restart();
    const fresh = this.attempt;
    void progress.attempt(this.scenario.id, exercise.pitfall).then((kept) => {
      if (!kept || this.attempt !== fresh) return;
      const { by, ...attempt } = kept;
      const sound = this.#sound(attempt);
      if (!sound) return;
      this.attempt = sound;
      this.#by = sound.solved ? by : [];
      if (this.begun) this.begin();
    });
  }

  /** Shows the task as it was left, or before it, in place of another variant, the pitfall. */
  enter(): void {
    if (this.begun) this.begin();
    else if (this.#lab.experiment.variant !== this.exercise.pitfall) this.#lab.change(this.#experiment({}));
  }

  /**
   * Shows the pitfall as given, or what was tried last. A try that was still being computed is none; what it was to set stays
   * set.
   */
  begin(): void {
    this.begun = true;
    this.draft = this.#pending ?? this.tried;
    this.#pending = undefined;
    this.foretold = undefined;
    this.#lab.playback.stop();
    this.#lab.change(this.#experiment(this.tried));
    if (!this.given) void this.#learnGiven();
  }

  set(name: string, value: ParameterValue): void {
    const { changed } = withParameter(this.scenario, this.#experiment(this.draft), name, value);
    this.draft = Object.fromEntries(
      Object.entries(changed).filter(([other]) => Object.hasOwn(this.exercise.design, other)),
    );
  }

  unset(name: string): void {
    this.draft = Object.fromEntries(Object.entries(this.draft).filter(([other]) => other !== name));
  }

  /** Runs what is set; a check of the try before it is given up. */
  try(): void {
    if (this.obstacle !== '') announcer.say(this.obstacle);
    if (this.obstacle !== '' || this.waiting) return;
    this.check.halt();
    this.#pending = this.draft;
    this.#lab.change(this.#experiment(this.draft));
  }

  /** Takes a run that has come in: the one that was waited for becomes a try. */
  saw(recording: Recording): void {
    const params = this.#pending;
    if (!params || !isRunOf(recording, this.scenario, this.#experiment(params))) return;
    this.#pending = undefined;
    const { foretold } = this;
    const one = { params, ...(foretold && { foretold }), digest: recording.header.digest };
    this.#keep({ ...this.attempt, tries: [...this.attempt.tries, one] });
    this.foretold = undefined;
    this.check.clear();
    const ways = waysOf(this.scenario, this.exercise, recording);
    const { held, of } = heldOf(ways[nearestOf(ways)]);
    const came = foretold && this.headline && this.given && cameTo(this.headline, this.given, ways);
    const words = [`${held} of ${of} goals hold`, ...(came ? [`foretold ${foretold}, came ${came}`] : [])].join('; ');
    this.fared = new Map([...this.fared, [this.attempt.tries.length, words]]);
    announcer.say(`Try ${this.attempt.tries.length}: ${words}.`);
  }

  /** The run that was waited for has failed or was stopped: it is no try. */
  stopWaiting(): void {
    this.#pending = undefined;
  }

  openHint(): void {
    this.#keep({ ...this.attempt, hints: this.attempt.hints + 1 });
  }

  explain(explanation: string): void {
    this.#keep({ ...this.attempt, explanation });
  }

  /** Hands the last try in: it is run on the further seeds, and solved if one remedy's goals are kept on all of them. */
  async handIn(): Promise<void> {
    const { ways, waiting } = this;
    const number = this.attempt.tries.length;
    if (!ways || waiting || number === 0) return;
    const seeds = furtherSeeds(this.scenario);
    const requests = seeds.map((seed) => this.#request(this.tried, seed));
    const verdict = await this.check.run({ number, own: solvedIn(ways), seeds, requests });
    if (!verdict) return;
    this.#by = verdict.by;
    const solved = verdict.by.length > 0;
    this.#keep({ ...this.attempt, handedIn: verdict.number, solved });
    if (solved) progress.repaired(this.scenario.id, this.exercise.pitfall);
    announcer.say(this.check.words ?? '');
  }

  /** Shows what the solution has changed: the pitfall as given beside it. */
  compareWithGiven(): void {
    const { handedIn, tries } = this.attempt;
    if (handedIn === undefined) return;
    this.#lab.compareFrom(this.#experiment({}), this.#experiment(tries[handedIn - 1].params));
  }

  /** From the pitfall again; what was tried is forgotten. */
  restart(): void {
    this.#restart();
    this.#keep(this.attempt);
    this.begin();
  }

  leave(): void {
    this.check.halt();
    this.#left.abort();
  }

  #restart(): void {
    this.attempt = freshAttempt(this.scenario, this.#lab.entry.definition, this.exercise);
    this.draft = {};
    this.check.clear();
    this.fared = new Map();
    this.#by = [];
    this.foretold = undefined;
    this.#pending = undefined;
    this.failure = undefined;
    this.notice = '';
  }

  #keep(attempt: Attempt): void {
    this.attempt = attempt;
    progress.attempted({ ...attempt, by: this.#by });
  }

  /** What was kept is read as a file would be, for an older page may have kept it; of which no run would be the same now. */
  #sound(kept: Attempt): Attempt | undefined {
    let why = changesSince(kept, this.#lab.entry.definition);
    try {
      if (why.length === 0) return readAttempt(openAttempt(writeAttempt(kept)).fields, this.scenario);
    } catch (error) {
      if (!(error instanceof AttemptError)) throw error;
      why = [error.message];
    }
    this.notice = `The attempt that was kept is not gone on with: ${why.join('; ')}.`;
    return undefined;
  }

  async #learnGiven(): Promise<void> {
    const { exercise } = this;
    try {
      await computeAll(
        [this.#request({}, this.scenario.seed)],
        (engine, request) => engine.judge(request),
        ({ ways }) => {
          if (this.exercise === exercise) this.given = ways;
        },
        this.#left.signal,
      );
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
  }

  #isShown(recording: Recording): boolean {
    return [this.tried, this.#pending ?? this.tried].some((params) =>
      isRunOf(recording, this.scenario, this.#experiment(params)),
    );
  }

  #experiment(changed: ParameterValues): Experiment {
    const { pitfall: variant, view } = this.exercise;
    return { variant, changed: { ...view, ...changed }, seed: this.scenario.seed, interventions: [] };
  }

  #request(params: ParameterValues, seed: number): RunRequest {
    const { variant, changed, interventions } = this.#experiment(params);
    return { scenario: this.scenario.id, variant, params: changed, seed, interventions };
  }
}
