/**
 * The attempt at an exercise as this tab knows it, and which of its tries is shown. It is kept after every change, and what
 * another tab has added to it is taken over: of tries nothing is lost as long as there is room, and nothing without a word; who has
 * begun anew in one tab has done so in all.
 */
import type { CatalogueEntry } from '../../scenarios/index.ts';
import { freshAttempt, type Exercise, type Try } from '../../sim-core/index.ts';
import { mergedAttempt, type KeptAttempt } from '../models/merged-attempt.ts';
import { foretellingsOf, soundAttempt } from './kept-attempt.ts';
import { progress } from './progress.svelte.ts';

/** What another tab may have done to the attempt. */
interface KeeperEvents {
  begunAnew(): void;
  /** It has used up the tries that one may have, and this many of this tab's found no room. */
  crowdedOut(tries: number): void;
}

export class AttemptKeeper {
  attempt = $state.raw<KeptAttempt>() as KeptAttempt;
  /** The number of the try that is shown, from 1; 0 for the pitfall as given. */
  shown = $state(0);
  readonly #entry: CatalogueEntry;
  readonly #told: KeeperEvents;
  readonly #end: () => void;

  constructor(entry: CatalogueEntry, told: KeeperEvents) {
    this.#entry = entry;
    this.#told = told;
    this.#end = progress.attemptedElsewhere(() => void this.#catchUp());
  }

  get shownTry(): Try | undefined {
    return this.attempt.tries[this.shown - 1];
  }

  /** From nothing, at another exercise; not kept before there is something to keep. */
  start(exercise: Exercise): void {
    this.#begin(exercise, '', 0);
  }

  /** From nothing, in place of what there is. */
  startAnew(exercise: Exercise, codeWord: string): void {
    this.#begin(exercise, codeWord, (this.attempt.anew ?? 0) + 1);
    this.keep({});
  }

  /** Goes on with what is kept in place of a fresh one; resolves with why it cannot, `undefined` where nothing is to be gone on with. */
  async goOn(): Promise<string | undefined> {
    const fresh = this.attempt;
    const kept = await progress.attempt(fresh.scenario, fresh.exercise);
    if (!kept || this.attempt !== fresh) return undefined;
    const { attempt, why } = soundAttempt(kept, this.#entry);
    this.attempt = attempt ?? { ...fresh, anew: (kept.anew ?? 0) + 1 };
    this.shown = this.attempt.tries.length;
    return why;
  }

  add(one: Try): void {
    this.attempt = { ...this.attempt, tries: [...this.attempt.tries, one] };
    this.shown = this.attempt.tries.length;
    this.keep({});
  }

  keep(change: Partial<KeptAttempt>): void {
    const predictions = foretellingsOf(progress.predictionsOf(this.attempt.scenario));
    this.attempt = { ...this.attempt, ...change, ...(predictions.length > 0 && { predictions }) };
    void progress.attempted(this.attempt, mergedAttempt).then((kept) => this.#adopt(kept));
  }

  leave(): void {
    this.#end();
  }

  #begin(exercise: Exercise, codeWord: string, anew: number): void {
    const { scenario, definition } = this.#entry;
    this.attempt = { ...freshAttempt(scenario, definition, exercise, codeWord), by: [], anew };
    this.shown = 0;
  }

  async #catchUp(): Promise<void> {
    const kept = await progress.attempt(this.attempt.scenario, this.attempt.exercise);
    if (kept) this.#adopt(kept);
  }

  /** What is shown here stays, unless another tab has begun anew. */
  #adopt(kept: KeptAttempt): void {
    const mine = this.attempt;
    if (kept.exercise !== mine.exercise || !soundAttempt(kept, this.#entry).attempt) return;
    const merged = mergedAttempt(kept, mine);
    if (merged.attempt === mine) return;
    // A try stays the same object, by which what it came to is known.
    const own = new Map(mine.tries.map((one, i) => [merged.numberOf(i + 1), one]));
    this.attempt = { ...merged.attempt, tries: merged.attempt.tries.map((one, i) => own.get(i + 1) ?? one) };
    const isOther = merged.attempt.anew !== mine.anew;
    this.shown = isOther ? this.attempt.tries.length : merged.numberOf(this.shown);
    if (isOther) this.#told.begunAnew();
    if (merged.crowdedOut > 0) this.#told.crowdedOut(merged.crowdedOut);
  }
}
