/**
 * What a learner is about to try: settings of the design, and what is to be done to the system while it runs, both within
 * their budgets. Nothing of it is run before the learner says so.
 */
import {
  checkDeeds,
  DeedError,
  deedsOffered,
  InterventionError,
  type Exercise,
  type InterventionData,
  type OfferedDeed,
  type ParameterValue,
  type ParameterValues,
  type Scenario,
} from '../../sim-core/index.ts';
import { experimentOfDesign, isSameDesign, type Design } from '../models/exercise-design.ts';
import {
  withIntervention,
  withoutIntervention,
  withParameter,
  valuesOf,
  type Experiment,
} from '../models/experiment.ts';

export class ExerciseDraft {
  /** Over the pitfall's values. */
  params = $state.raw<ParameterValues>({});
  /** In order of time. */
  interventions = $state.raw<readonly InterventionData[]>([]);
  readonly #scenario: Scenario;
  readonly #exercise: Exercise;

  readonly changes = $derived(Object.keys(this.params).length);
  readonly values = $derived.by(() => valuesOf(this.#scenario, this.#experiment));
  /** What may be done to the system as it is set. */
  readonly offered = $derived.by((): readonly OfferedDeed[] =>
    deedsOffered(this.#scenario, this.#exercise, this.params),
  );

  constructor(scenario: Scenario, exercise: Exercise) {
    this.#scenario = scenario;
    this.#exercise = exercise;
  }

  take({ params, interventions = [] }: Design): void {
    this.params = params;
    this.interventions = interventions;
  }

  set(name: string, value: ParameterValue): void {
    const { design } = this.#exercise;
    const { changed } = withParameter(this.#scenario, this.#experiment, name, value);
    this.params = Object.fromEntries(Object.entries(changed).filter(([other]) => Object.hasOwn(design, other)));
  }

  unset(name: string): void {
    this.params = Object.fromEntries(Object.entries(this.params).filter(([other]) => other !== name));
  }

  /** Why nothing more can be done of a kind, or this cannot; empty if it can. */
  refusal(action: string, target: string): string {
    const { deedsMax } = this.#exercise;
    if (!this.offered.some((deed) => deed.action === action && deed.target === target)) {
      return 'In a task the world is locked.';
    }
    if (this.interventions.length < deedsMax) return '';
    return `${this.interventions.length} of ${deedsMax} ${deedsMax === 1 ? 'deed is' : 'deeds are'} planned: take one back first.`;
  }

  /** Plans a deed; returns why it cannot be, or nothing. */
  plan(intervention: InterventionData): string {
    const refusal = this.refusal(intervention.action, intervention.target);
    if (refusal === '') this.interventions = withIntervention(this.#experiment, intervention).interventions;
    return refusal;
  }

  takeBack(intervention: InterventionData): void {
    this.interventions = withoutIntervention(this.#experiment, intervention).interventions;
  }

  /** Why it cannot be tried after another design; empty if it can. */
  obstacle(tried: Design): string {
    const { changesMax } = this.#exercise;
    if (this.changes > changesMax) return `${this.changes} settings differ; ${changesMax} may.`;
    if (isSameDesign(this, tried)) return 'Set something else first.';
    try {
      checkDeeds(this.#scenario, this.#exercise, this.params, this.interventions);
      return '';
    } catch (error) {
      if (error instanceof DeedError || error instanceof InterventionError) return `${error.message}.`;
      throw error;
    }
  }

  get #experiment(): Experiment {
    return experimentOfDesign(this.#exercise, this, this.#scenario.seed);
  }
}
