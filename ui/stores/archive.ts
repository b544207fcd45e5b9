/**
 * What the page keeps between visits, in the browser's IndexedDB: progress, predictions with the run that answered them, and
 * the latest attempt at each exercise. Progress and attempts are read, put together and written in one transaction, so tabs that
 * write at once lose nothing of each other's; of a prediction the last one written stands. Other tabs are told. Where the browser refuses storage (some private windows do) nothing is kept, and the
 * page can say so.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { KeptAttempt, Merged } from '../models/merged-attempt.ts';
import type { Prediction } from '../models/prediction.ts';
import { combined, type ScenarioProgress } from '../models/progress.ts';

const NAME = 'brownout';
const VERSION = 3;

/** What another tab has done: added to progress and predictions, to an attempt, or cleared everything. */
export type News = 'written' | 'attempted' | 'cleared';

/** Puts an attempt together with one that is kept; whoever works at an exercise brings it, for all other pages do without. */
export type Merge = (kept: KeptAttempt | undefined, mine: KeptAttempt) => Merged;

interface Kept extends DBSchema {
  progress: { key: string; value: ScenarioProgress };
  predictions: { key: [scenario: string, ask: string]; value: Prediction };
  attempts: { key: [scenario: string, exercise: string]; value: KeptAttempt };
}

export class Archive {
  readonly #database: Promise<IDBPDatabase<Kept> | undefined>;
  readonly #tabs = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(NAME);

  /** Is told whenever another tab has written, or has cleared everything. */
  constructor(told: (news: News) => void) {
    this.#database = open();
    this.#tabs?.addEventListener('message', ({ data }: MessageEvent<News>) => told(data));
  }

  /** Whether anything will be there at the next visit. */
  async isLasting(): Promise<boolean> {
    return (await this.#database) !== undefined;
  }

  async progress(): Promise<ScenarioProgress[]> {
    return (await (await this.#database)?.getAll('progress')) ?? [];
  }

  async addProgress(progress: ScenarioProgress): Promise<void> {
    const database = await this.#database;
    if (!database) return;
    const change = database.transaction('progress', 'readwrite');
    await change.store.put(combined(await change.store.get(progress.scenario), progress));
    await change.done;
    this.#tell('written');
  }

  async predictions(): Promise<Prediction[]> {
    return (await (await this.#database)?.getAll('predictions')) ?? [];
  }

  /** Keeps a prediction in place of an earlier one of the same prompt. */
  async keepPrediction(prediction: Prediction): Promise<void> {
    const database = await this.#database;
    if (!database) return;
    await database.put('predictions', prediction);
    this.#tell('written');
  }

  async attempt(scenario: string, exercise: string): Promise<KeptAttempt | undefined> {
    return (await this.#database)?.get('attempts', [scenario, exercise]);
  }

  /** Keeps an attempt, put together by `merge` with what another tab has kept; resolves with what stands there now. */
  async keepAttempt(attempt: KeptAttempt, merge: Merge): Promise<KeptAttempt> {
    const database = await this.#database;
    if (!database) return attempt;
    const change = database.transaction('attempts', 'readwrite');
    const merged = merge(await change.store.get([attempt.scenario, attempt.exercise]), attempt);
    await change.store.put(merged.attempt);
    await change.done;
    this.#tell('attempted');
    return merged.attempt;
  }

  async clear(): Promise<void> {
    const database = await this.#database;
    await database?.clear('progress');
    await database?.clear('predictions');
    await database?.clear('attempts');
    this.#tell('cleared');
  }

  #tell(news: News): void {
    this.#tabs?.postMessage(news);
  }
}

async function open(): Promise<IDBPDatabase<Kept> | undefined> {
  try {
    return await openDB<Kept>(NAME, VERSION, {
      upgrade(database, before) {
        if (before < 1) database.createObjectStore('progress', { keyPath: 'scenario' });
        if (before < 2) database.createObjectStore('predictions', { keyPath: ['scenario', 'ask'] });
        if (before < 3) database.createObjectStore('attempts', { keyPath: ['scenario', 'exercise'] });
      },
      // A tab with a newer page wants to change the form: this one stops keeping things rather than stand in its way.
      blocking(_current, _wanted, event) {
        (event.target as IDBDatabase).close();
      },
    });
  } catch {
    return undefined;
  }
}
