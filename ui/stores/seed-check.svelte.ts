/**
 * The check of a try on the further seeds: which try it is, what came of the seeds that are done, and the verdict, which only
 * all of them together give. One that is given up keeps what it has, and says nothing of the rest.
 */
import { FURTHER_SEEDS, seedsHeld, solvedIn, solvedOnAll, type SeedResult } from '../../sim-core/index.ts';
import { computeAll } from '../worker/pool.ts';
import type { RunRequest } from '../worker/simulator.ts';

/** A try that is to be checked. */
export interface ToCheck {
  /** From 1. */
  readonly number: number;
  /** Remedies whose goals it keeps on the scenario's own seed. */
  readonly own: readonly string[];
  readonly seeds: readonly number[];
  /** Its runs on these seeds. */
  readonly requests: readonly RunRequest[];
}

export interface Verdict {
  readonly number: number;
  /** Remedies whose goals it keeps on every seed. */
  readonly by: readonly string[];
}

export class SeedCheck {
  running = $state(false);
  /** By seed, of those that are done. */
  seeds = $state.raw<readonly SeedResult[]>([]);
  failure = $state<string>();
  #own: readonly string[] = [];
  #stop = new AbortController();

  /** What the seeds say that are done: a verdict if they are all; undefined while they are computed, or if there are none. */
  readonly words = $derived.by(() => {
    const { seeds } = this;
    if (this.running || seeds.length === 0) return undefined;
    if (seeds.length < FURTHER_SEEDS)
      return `Stopped after ${seeds.length} of ${FURTHER_SEEDS} seeds: nothing follows.`;
    if (solvedOnAll(this.#own, seeds).length > 0) return `Solved: it holds on ${FURTHER_SEEDS} other seeds.`;
    const broken = seeds.filter(({ solves }) => solves.length === 0).map(({ seed }) => seed);
    const best = `the best holds on ${seedsHeld(this.#own, seeds)} of ${FURTHER_SEEDS}`;
    return broken.length > 0
      ? `Not solved: it fails with seed ${broken.join(', ')}: it was luck.`
      : `Not solved: no one repair holds on all other seeds; ${best}.`;
  });

  /** Resolves with the verdict once every seed is done; with none if it is given up before, or a run fails. */
  async run({ number, own, seeds, requests }: ToCheck): Promise<Verdict | undefined> {
    this.clear();
    const { signal } = this.#stop;
    this.#own = own;
    this.running = true;
    try {
      await computeAll(
        requests,
        (engine, request) => engine.judge(request),
        ({ ways }, index) => {
          if (signal.aborted) return;
          const one = { seed: seeds[index], solves: solvedIn(ways) };
          this.seeds = [...this.seeds, one].toSorted((a, b) => a.seed - b.seed);
        },
        signal,
      );
    } catch (error) {
      if (!signal.aborted) this.failure = error instanceof Error ? error.message : String(error);
    }
    if (signal.aborted) return undefined;
    this.running = false;
    return this.seeds.length < requests.length ? undefined : { number, by: solvedOnAll(own, this.seeds) };
  }

  /** Gives up what is under way; what has come stays. */
  halt(): void {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.running = false;
  }

  /** The same, and forgets what has come. */
  clear(): void {
    this.halt();
    this.seeds = [];
    this.failure = undefined;
  }
}
