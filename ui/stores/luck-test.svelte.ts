/** Two experiments over many seeds, as they come from the pool: what was done stays when it is stopped. */
import type { Scenario } from '../../sim-core/index.ts';
import type { Experiment } from '../models/experiment.ts';
import type { Pair } from '../models/luck.ts';
import { computeAll } from '../worker/pool.ts';
import type { RunRequest, RunSummary } from '../worker/simulator.ts';

export class LuckTest {
  pairs = $state.raw<readonly Pair[]>([]);
  running = $state(false);
  failure = $state<string>();
  /** Pairs wanted. */
  wanted = $state(0);
  #stop: AbortController | undefined = undefined;

  /** Runs both on the seeds 1 to `seeds`; whatever ran before is given up. */
  async start(scenario: Scenario, a: Experiment, b: Experiment, seeds: number): Promise<void> {
    this.stop();
    const stop = new AbortController();
    this.#stop = stop;
    this.pairs = [];
    this.failure = undefined;
    this.wanted = seeds;
    this.running = true;
    const requests = Array.from({ length: seeds }, (_, index) =>
      [a, b].map((one) => request(scenario, one, index + 1)),
    );
    const summaries: RunSummary[] = [];
    try {
      await computeAll(
        requests.flat(),
        (engine, one) => engine.summarise(one),
        (summary, index) => {
          if (stop.signal.aborted) return;
          summaries[index] = summary;
          this.#pair(summaries, index >> 1);
        },
        stop.signal,
      );
    } catch (error) {
      if (!stop.signal.aborted) this.failure = error instanceof Error ? error.message : String(error);
    }
    if (this.#stop === stop) this.running = false;
  }

  stop(): void {
    this.#stop?.abort();
    this.running = false;
  }

  #pair(summaries: readonly RunSummary[], place: number): void {
    const [a, b] = [summaries[2 * place], summaries[2 * place + 1]];
    if (a && b) this.pairs = [...this.pairs, { seed: place + 1, a, b }].toSorted((x, y) => x.seed - y.seed);
  }
}

function request(scenario: Scenario, experiment: Experiment, seed: number): RunRequest {
  const { variant, changed, interventions } = experiment;
  return { scenario: scenario.id, variant, params: changed, seed, interventions };
}
