/**
 * The catalogue's small pictures, each drawn from a scenario's real default run. A run is computed only while its card
 * is on the screen, one at a time and once in a visit, so a long catalogue costs no more than what is looked at; when a
 * scenario is opened, its own run takes over the worker at once.
 */
import { SvelteMap } from 'svelte/reactivity';
import type { Recording } from '../../sim-core/index.ts';
import { contrast, defaultExperiment, type Experiment } from '../models/experiment.ts';
import type { ListedEntry } from '../models/listing.ts';
import { pairOf, thumbnailOf, type PairedThumbnail, type Thumbnail } from '../models/thumbnail.ts';
import type { Engine } from '../worker/engine.ts';

export class Gallery {
  readonly pictures = new SvelteMap<string, Thumbnail>();
  /** The default run beside what the scenario sets against it. */
  readonly pairs = new SvelteMap<string, PairedThumbnail>();

  readonly #engine: Engine;
  /** What is wanted and not yet drawn, oldest first. */
  readonly #wanted = new Set<ListedEntry>();
  readonly #wantedPairs = new Set<ListedEntry>();
  readonly #pairsOnScreen = new Set<ListedEntry>();
  #working = false;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** The scenario's card is on the screen; the returned function says that it no longer is. */
  want(entry: ListedEntry): () => void {
    if (!this.pictures.has(entry.scenario.id)) this.#wanted.add(entry);
    void this.#work();
    return () => this.#wanted.delete(entry);
  }

  /** The same for a picture of two runs; it comes before all others. */
  wantPair(entry: ListedEntry): () => void {
    if (!this.pairs.has(entry.scenario.id)) this.#wantedPairs.add(entry);
    this.#pairsOnScreen.add(entry);
    void this.#work();
    return () => {
      this.#wantedPairs.delete(entry);
      this.#pairsOnScreen.delete(entry);
    };
  }

  /** Draws what is wanted, one after another; a scenario that fails has no picture, and says why on its own page. */
  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    for (let next = this.#next(); next; next = this.#next()) await next().catch(() => {});
    this.#working = false;
  }

  #next(): (() => Promise<void>) | undefined {
    const [pair] = this.#wantedPairs;
    const [single] = this.#wanted;
    if (pair) {
      this.#wantedPairs.delete(pair);
      return () => this.#drawPair(pair);
    }
    if (!single) return undefined;
    this.#wanted.delete(single);
    return () => this.#draw(single);
  }

  async #draw({ scenario }: ListedEntry): Promise<void> {
    const picture = thumbnailOf(await this.#run(scenario.id, defaultExperiment(scenario)), scenario.charts);
    if (picture) this.pictures.set(scenario.id, picture);
  }

  async #drawPair(entry: ListedEntry): Promise<void> {
    const { scenario } = entry;
    const { id, charts } = scenario;
    const a = await this.#run(id, defaultExperiment(scenario));
    const picture = thumbnailOf(a, charts);
    if (picture) this.pictures.set(id, picture);
    // A newer run ends the one before it, and the worker may be busy with the scenario that was opened meanwhile.
    if (!this.#pairsOnScreen.has(entry)) return;
    const pair = pairOf(a, await this.#run(id, contrast(scenario, defaultExperiment(scenario))), charts);
    if (pair) this.pairs.set(id, pair);
  }

  async #run(scenario: string, { variant, changed, seed, interventions }: Experiment): Promise<Recording> {
    const request = { scenario, variant, params: changed, seed, interventions };
    return (await this.#engine.run(request, () => {})).recording;
  }
}
