/**
 * How far the reader has come, what was predicted and what was tried in exercises, as reactive state over what the
 * browser keeps of it; in memory alone where it refuses.
 */
import { untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { Recording, Scenario } from '../../sim-core/index.ts';
import type { Prediction } from '../models/prediction.ts';
import {
  adds,
  combined,
  progressOf,
  repairedIn,
  standingOf,
  type ScenarioProgress,
  type Standing,
} from '../models/progress.ts';
import type { KeptAttempt } from '../models/merged-attempt.ts';
import { Archive, type Merge } from './archive.ts';

/** What was predicted, and what became of it. */
export interface Predictions {
  /** Resolves once all that is kept is known. */
  readonly known: Promise<void>;
  prediction(scenario: string, ask: string): Prediction | undefined;
  predicted(prediction: Prediction): void;
}

class Progress implements Predictions {
  /** False: what is shown lasts as long as the page. */
  lasting = $state(true);
  readonly #scenarios = new SvelteMap<string, ScenarioProgress>();
  /** The latest of each prompt, by scenario and question. */
  readonly #predictions = new SvelteMap<string, Prediction>();
  readonly #elsewhere = new Set<() => void>();
  readonly #archive = new Archive((news) => {
    if (news === 'cleared') this.#clear();
    else if (news === 'written') void this.#read();
    else for (const told of this.#elsewhere) told();
  });

  /** Resolves once what was kept before this visit is known. */
  readonly known = this.#read();

  standing(scenario: string): Standing {
    return standingOf(this.#scenarios.get(scenario));
  }

  get empty(): boolean {
    return this.#scenarios.size === 0;
  }

  /** A run of the scenario was shown to the reader. */
  ran(scenario: Scenario, recording: Recording): void {
    this.#add(progressOf(scenario, recording));
  }

  /** An exercise is solved. */
  repaired(scenario: string, pitfall: string): void {
    this.#add(repairedIn(scenario, pitfall));
  }

  /** The latest attempt at an exercise that is kept. */
  async attempt(scenario: string, exercise: string): Promise<KeptAttempt | undefined> {
    return this.#archive.attempt(scenario, exercise).catch(() => undefined);
  }

  /** Keeps an attempt; resolves with what is kept of it, which another tab may have added to. */
  async attempted(attempt: KeptAttempt, merge: Merge): Promise<KeptAttempt> {
    try {
      return await this.#archive.keepAttempt(attempt, merge);
    } catch {
      this.lasting = false;
      return attempt;
    }
  }

  /** Calls back whenever another tab has kept an attempt; returns what ends that. */
  attemptedElsewhere(told: () => void): () => void {
    this.#elsewhere.add(told);
    return () => this.#elsewhere.delete(told);
  }

  /** The latest answers to the prompts of a scenario, in the order in which they were given. */
  predictionsOf(scenario: string): Prediction[] {
    const own = [...this.#predictions.values()].filter((one) => one.scenario === scenario);
    return own.toSorted((a, b) => a.at - b.at);
  }

  /** What the reader last said to a prompt, with the run that answered. */
  prediction(scenario: string, ask: string): Prediction | undefined {
    return this.#predictions.get(keyOf(scenario, ask));
  }

  predicted(prediction: Prediction): void {
    this.#predictions.set(keyOf(prediction.scenario, prediction.ask), prediction);
    this.#archive.keepPrediction(prediction).catch(() => {
      this.lasting = false;
    });
  }

  async forget(): Promise<void> {
    this.#clear();
    await this.#archive.clear();
  }

  #add(added: ScenarioProgress): void {
    const { scenario } = added;
    const known = untrack(() => this.#scenarios.get(scenario));
    if (!adds(known, added)) return;
    untrack(() => this.#scenarios.set(scenario, combined(known, added)));
    // Storage may be refused at any time; what was seen is then known for this visit.
    this.#archive.addProgress(added).catch(() => {
      this.lasting = false;
    });
  }

  #clear(): void {
    this.#scenarios.clear();
    this.#predictions.clear();
  }

  /** Adds what is kept to what is known. */
  async #read(): Promise<void> {
    this.lasting = await this.#archive.isLasting();
    for (const one of await this.#archive.progress()) {
      this.#scenarios.set(one.scenario, combined(this.#scenarios.get(one.scenario), one));
    }
    for (const one of await this.#archive.predictions()) {
      const known = this.prediction(one.scenario, one.ask);
      if (!known || known.at < one.at) this.#predictions.set(keyOf(one.scenario, one.ask), one);
    }
  }
}

const keyOf = (scenario: string, ask: string): string => `${scenario}\n${ask}`;

export const progress = new Progress();
