/**
 * The exercise that is worked at: which pitfall, what is being set, what was tried, and which try was handed in to be checked
 * on other seeds. What is shown meanwhile is the lab's own future; what was tried is kept after every step, together with
 * what another tab has tried of it.
 */
import {
  cameTo,
  codeWordOf,
  exercisesOf,
  furtherSeeds,
  headlineOf,
  seedOf,
  solvedIn,
  TRIES_MAX,
  waysOf,
  type Attempt,
  type Exercise,
  type Foretold,
  type InterventionData,
  type Recording,
  type Scenario,
  type Way,
} from '../../sim-core/index.ts';
import { experimentOfDesign, type Design } from '../models/exercise-design.ts';
import { heldOf, nearestOf } from '../models/exercise.ts';
import { interventionText, type Experiment } from '../models/experiment.ts';
import { isRunOf } from '../models/prediction.ts';
import { computeAll } from '../worker/pool.ts';
import type { RunRequest } from '../worker/simulator.ts';
import { announcer } from './announcer.svelte.ts';
import { AttemptKeeper } from './attempt-keeper.svelte.ts';
import { ExerciseDraft } from './exercise-draft.svelte.ts';
import type { Lab } from './lab.svelte.ts';
import { progress } from './progress.svelte.ts';
import { SeedCheck } from './seed-check.svelte.ts';

const NOTHING: Design = { params: {} };

export class ExerciseWork {
  readonly exercises: readonly Exercise[];
  exercise = $state.raw<Exercise>() as Exercise;
  /** The task has begun; before it the lab is free to be played with. */
  begun = $state(false);
  draft = $state.raw<ExerciseDraft>() as ExerciseDraft;
  foretold = $state<Foretold>();
  /** The try that is being computed. */
  #pending = $state.raw<Design>();
  /** How the pitfall's own run fares; undefined until it is known. */
  given = $state.raw<readonly Way[]>();
  readonly check = new SeedCheck();
  /** How the tries of this visit have fared. */
  fared = $state.raw<ReadonlyMap<object, string>>(new Map());
  failure = $state<string>();
  /** Why an attempt that was kept is not gone on with. */
  notice = $state('');

  readonly #lab: Lab;
  readonly #keeper: AttemptKeeper;
  /** Ends what is computed when the page is left. */
  readonly #left = new AbortController();

  readonly headline = $derived.by(() => this.given && headlineOf(this.scenario, this.given));
  /** What the last try, or the pitfall, has come to. */
  readonly ways = $derived.by(() => {
    const { recording } = this.#lab;
    return this.begun && recording && this.#isShown(recording)
      ? waysOf(this.scenario, this.exercise, recording)
      : undefined;
  });
  /** Why what is set cannot be tried; empty if it can. */
  readonly obstacle = $derived.by(() => {
    if (this.attempt.tries.length >= TRIES_MAX) return `There are ${TRIES_MAX} tries, as many as are kept: start over.`;
    return this.draft.obstacle(this.tried);
  });

  /** Of a scenario that has an exercise. */
  constructor(lab: Lab) {
    this.#lab = lab;
    this.#keeper = new AttemptKeeper(lab.entry, {
      begunAnew: () => this.#begunAnew(),
      crowdedOut: (tries) => {
        const [those, are] = tries === 1 ? ['one try', 'is'] : [`${tries} tries`, 'are'];
        this.notice = `Another tab has used up the ${TRIES_MAX} tries there may be: ${those} of this tab ${are} not kept.`;
        announcer.say(this.notice);
      },
    });
    this.exercises = exercisesOf(lab.entry.scenario);
    const shown = this.exercises.find(({ pitfall }) => pitfall === lab.experiment.variant);
    this.choose(shown ?? this.exercises[0]);
  }

  get scenario(): Scenario {
    return this.#lab.entry.scenario;
  }

  get attempt(): Attempt {
    const { by: _, anew: __, ...attempt } = this.#keeper.attempt;
    return attempt;
  }

  get seed(): number {
    return seedOf(this.scenario, this.#keeper.attempt);
  }

  /** A try is being computed. */
  get waiting(): boolean {
    return this.#pending !== undefined;
  }

  /** In a task nothing can be done but what the task allows. */
  get locks(): boolean {
    return this.begun && this.#lab.mode === 'exercise';
  }

  /** What the shown run has set and done: of the try that is shown, or nothing. */
  get tried(): Design {
    return this.#keeper.shownTry ?? NOTHING;
  }

  /** Remedies that the solution is one of. */
  get solvedBy(): readonly string[] {
    return this.#keeper.attempt.by;
  }

  /** Another exercise, at the attempt that is kept of it, if its runs are still the same. */
  choose(exercise: Exercise): void {
    this.exercise = exercise;
    this.begun = false;
    this.#keeper.start(exercise);
    this.#clear();
    void this.#keeper.goOn().then((why) => {
      if (why === undefined || this.exercise !== exercise) return;
      if (why !== '') this.notice = `The attempt that was kept is not gone on with: ${why}.`;
      if (this.begun) this.begin();
    });
  }

  /** Shows the task as it was left, or before it, in place of another variant, the pitfall. */
  enter(): void {
    if (this.begun) this.begin();
    else if (this.#lab.experiment.variant !== this.exercise.pitfall) this.#lab.change(this.#experiment(NOTHING));
  }

  /**
   * Shows the pitfall as given, or what was tried last. A try that was still being computed is none; what it was to set stays
   * set.
   */
  begin(): void {
    this.begun = true;
    this.draft.take(this.#pending ?? this.tried);
    this.#pending = undefined;
    this.foretold = undefined;
    this.#lab.playback.stop();
    this.#lab.change(this.#experiment(this.tried));
    if (!this.given) void this.#learnGiven();
  }

  /** Goes on with the seed of a code word, or with the scenario's own without one; before anything is tried. */
  takeCodeWord(word: string): void {
    if (this.attempt.tries.length > 0 || codeWordOf(word) === codeWordOf(this.attempt.codeWord ?? '')) return;
    this.#keeper.startAnew(this.exercise, word);
    this.#clear();
    const { codeWord, seed } = this.attempt;
    announcer.say(codeWord === undefined ? "The scenario's own seed." : `Code word ${codeWord}: seed ${seed}.`);
    this.enter();
  }

  /** Plans a deed at its instant, which is done with the next try. */
  plan(intervention: InterventionData): void {
    const why = this.draft.plan(intervention);
    announcer.say(why || `Planned: ${interventionText(intervention)}.`);
  }

  /** Runs what is set; a check of the try before it is given up. */
  try(): void {
    if (this.obstacle !== '') announcer.say(this.obstacle);
    if (this.obstacle !== '' || this.waiting) return;
    this.check.halt();
    const { params, interventions } = this.draft;
    this.#pending = { params, ...(interventions.length > 0 && { interventions }) };
    this.#lab.change(this.#experiment(this.#pending));
  }

  /** Takes a run that has come in: the one that was waited for becomes a try. */
  saw(recording: Recording): void {
    const design = this.#pending;
    if (!design || !isRunOf(recording, this.scenario, this.#experiment(design))) return;
    this.#pending = undefined;
    const { foretold } = this;
    const one = { ...design, ...(foretold && { foretold }), digest: recording.header.digest };
    this.foretold = undefined;
    this.check.clear();
    const ways = waysOf(this.scenario, this.exercise, recording);
    const { held, of } = heldOf(ways[nearestOf(ways)]);
    const came = foretold && this.headline && this.given && cameTo(this.headline, this.given, ways);
    const words = [`${held} of ${of} goals hold`, ...(came ? [`foretold ${foretold}, came ${came}`] : [])].join('; ');
    this.fared = new Map([...this.fared, [one, words]]);
    this.#keeper.add(one);
    announcer.say(`Try ${this.#keeper.shown}: ${words}.`);
  }

  /** The run that was waited for has failed or was stopped: it is no try. */
  stopWaiting(): void {
    this.#pending = undefined;
  }

  openHint(): void {
    this.#keeper.keep({ hints: this.attempt.hints + 1 });
  }

  explain(explanation: string): void {
    this.#keeper.keep({ explanation });
  }

  /** Hands the try that is shown in: it is run on the further seeds, and solved if one remedy's goals are kept on all of them. */
  async handIn(): Promise<void> {
    const { ways, waiting } = this;
    const { shown: number, shownTry: one } = this.#keeper;
    if (!ways || waiting || one === undefined) return;
    const seeds = furtherSeeds({ seed: this.seed });
    const requests = seeds.map((seed) => this.#request(one, seed));
    const verdict = await this.check.run({ number, own: solvedIn(ways), seeds, requests });
    // Another tab may have added tries before it.
    const handedIn = this.#keeper.attempt.tries.indexOf(one) + 1;
    if (!verdict || handedIn === 0) return;
    const solved = verdict.by.length > 0;
    if (solved) progress.repaired(this.scenario.id, this.exercise.pitfall);
    announcer.say(this.check.words ?? '');
    this.#keeper.keep({ handedIn, solved, by: verdict.by });
  }

  /** Shows what the solution has changed: the pitfall as given beside it. */
  compareWithGiven(): void {
    const { handedIn, tries } = this.attempt;
    if (handedIn === undefined) return;
    this.#lab.compareFrom(this.#experiment(NOTHING), this.#experiment(tries[handedIn - 1]));
  }

  /** From the pitfall again; what was tried is forgotten, the code word is not. */
  restart(): void {
    const { given } = this;
    this.#keeper.startAnew(this.exercise, this.attempt.codeWord ?? '');
    this.#clear();
    this.given = given;
    this.begin();
  }

  leave(): void {
    this.check.halt();
    this.#keeper.leave();
    this.#left.abort();
  }

  #clear(): void {
    this.draft = new ExerciseDraft(this.scenario, this.exercise);
    this.given = undefined;
    this.check.clear();
    this.fared = new Map();
    this.foretold = undefined;
    this.#pending = undefined;
    this.failure = undefined;
    this.notice = '';
  }

  #begunAnew(): void {
    this.#clear();
    this.notice = 'The task was begun anew in another tab.';
    if (this.begun) this.begin();
  }

  async #learnGiven(): Promise<void> {
    const { exercise, seed } = this;
    try {
      await computeAll(
        [this.#request(NOTHING, seed)],
        (engine, request) => engine.judge(request),
        ({ ways }) => {
          if (this.exercise === exercise && this.seed === seed) this.given = ways;
        },
        this.#left.signal,
      );
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
  }

  #isShown(recording: Recording): boolean {
    return [this.tried, this.#pending ?? this.tried].some((design) =>
      isRunOf(recording, this.scenario, this.#experiment(design)),
    );
  }

  #experiment(design: Design): Experiment {
    return experimentOfDesign(this.exercise, design, this.seed);
  }

  #request(design: Design, seed: number): RunRequest {
    const { variant, changed: params, interventions } = this.#experiment(design);
    return { scenario: this.scenario.id, variant, params, seed, interventions };
  }
}
