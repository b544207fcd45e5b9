/** One experiment of the notebook under way: its worker, and what it has observed so far. */
import { proxy, releaseProxy, wrap } from 'comlink';
import { estimatesOf } from './estimates.ts';
import { EXPERIMENTS, type ExperimentName } from './experiments.ts';
import type { CalibrationService } from './worker.ts';

/** The notebook's studies, one after another in one worker, so that none makes the others wait for long. */
export class Calibration {
  readonly studies: Readonly<Record<ExperimentName, Study>> = {
    mm1: new Study('mm1'),
    mmc: new Study('mmc'),
    lru: new Study('lru'),
    xfetch: new Study('xfetch'),
  };
  /** Observations of each repetition of the study of coverage. */
  coverage = $state.raw<readonly (readonly number[])[]>([]);
  running = $state(false);
  studying = $state(false);
  failure = $state('');

  #worker: Worker | undefined;
  #stopped = (): void => {};

  /** Computes all four again, from the first replication. */
  async run(replications: number, seed: string): Promise<void> {
    await this.#using(
      () => (this.running = true),
      async (service) => {
        for (const study of Object.values(this.studies)) study.begin();
        for (const study of Object.values(this.studies)) {
          const observed = proxy((values: readonly number[]) => study.observe(values));
          await service.estimate(study.name, replications, seed, observed);
        }
      },
    );
  }

  async runCoverage(seed: string): Promise<void> {
    await this.#using(
      () => (this.studying = true),
      async (service) => {
        this.coverage = [];
        const studied = proxy((values: readonly number[]) => {
          this.coverage = [...this.coverage, values];
        });
        await service.coverage(seed, studied);
      },
    );
  }

  /** Ends what is under way; what was observed by then stays. */
  stop(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#stopped();
    this.running = false;
    this.studying = false;
  }

  async #using(begin: () => void, work: (service: ReturnType<typeof wrap<CalibrationService>>) => Promise<void>) {
    this.stop();
    begin();
    this.failure = '';
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'calibration' });
    this.#worker = worker;
    const service = wrap<CalibrationService>(worker);
    const ended = new Promise<void>((resolve, reject) => {
      this.#stopped = resolve;
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        reject(new Error(event.message || 'its script could not be loaded'));
      });
    });
    try {
      await Promise.race([work(service), ended]);
    } catch (error) {
      if (this.#worker === worker) this.failure = error instanceof Error ? error.message : String(error);
    }
    if (this.#worker !== worker) return;
    service[releaseProxy]();
    this.stop();
  }
}

export class Study {
  readonly name: ExperimentName;
  /** For each point, one value a replication. */
  #observed = $state.raw<readonly (readonly number[])[]>([]);
  readonly estimates = $derived.by(() => estimatesOf(EXPERIMENTS[this.name].points, this.#observed));

  constructor(name: ExperimentName) {
    this.name = name;
  }

  begin(): void {
    this.#observed = EXPERIMENTS[this.name].points.map(() => []);
  }

  observe(values: readonly number[]): void {
    this.#observed = this.#observed.map((before, point) => [...before, values[point]]);
  }
}
