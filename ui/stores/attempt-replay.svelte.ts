/**
 * A file with an attempt, judged: all of its runs are computed again by the pool, and what they say stands beside what the
 * file says.
 */
import type { CatalogueEntry } from '../../scenarios/index.ts';
import {
  AttemptError,
  changesSince,
  exerciseOf,
  judgementOf,
  openAttempt,
  readAttempt,
  runsToJudge,
  type Attempt,
  type JudgedRun,
  type Judgement,
} from '../../sim-core/index.ts';
import { computeAll } from '../worker/pool.ts';

export class AttemptReplay {
  attempt = $state.raw<Attempt>();
  judgement = $state.raw<Judgement>();
  /** What has changed since it was made, which may be why a digest is another one. */
  changes = $state.raw<readonly string[]>([]);
  /** Why it cannot be judged. */
  refusal = $state('');
  /** The scenario that it is of, where that is another one. */
  elsewhere = $state<string>();
  done = $state(0);
  wanted = $state(0);
  #stop = new AbortController();

  get running(): boolean {
    return this.done < this.wanted;
  }

  /** Judges a file as an attempt at this scenario; whatever was judged before is given up. */
  async judge(file: Blob, { scenario, definition }: CatalogueEntry): Promise<void> {
    this.clear();
    const { signal } = this.#stop;
    try {
      const text = await file.text();
      if (signal.aborted) return;
      const opened = openAttempt(text);
      if (opened.scenario !== scenario.id) {
        this.elsewhere = opened.scenario;
        throw new AttemptError(`scenario: it is an attempt at ${opened.scenario}, not at ${scenario.id}`);
      }
      const attempt = readAttempt(opened.fields, scenario);
      const { pitfall } = exerciseOf(scenario, attempt);
      const requests = runsToJudge(scenario, attempt).map(({ params, seed, interventions }) => ({
        scenario: scenario.id,
        variant: pitfall,
        params,
        seed,
        interventions,
      }));
      this.wanted = requests.length;
      const runs: JudgedRun[] = [];
      await computeAll(
        requests,
        (engine, request) => engine.judge(request),
        (run, index) => {
          if (signal.aborted) return;
          runs[index] = run;
          this.done += 1;
        },
        signal,
      );
      if (signal.aborted) return;
      this.attempt = attempt;
      this.changes = changesSince(attempt, definition);
      this.judgement = judgementOf(scenario, attempt, runs);
    } catch (error) {
      if (!signal.aborted) this.refusal = error instanceof Error ? error.message : String(error);
      this.wanted = 0;
      this.done = 0;
    }
  }

  clear(): void {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.attempt = undefined;
    this.judgement = undefined;
    this.refusal = '';
    this.elsewhere = undefined;
    this.done = 0;
    this.wanted = 0;
  }
}
