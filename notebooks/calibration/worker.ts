/** The notebook's worker: computes replications one after another, so that results are drawn as they come. */
import { expose } from 'comlink';
import { coverageStudy, COVERAGE, EXPERIMENTS, type ExperimentName } from './experiments.ts';

/** Room for a message to be answered between two replications. */
const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

const service = {
  /** Tells, for each replication, the value observed at every point. */
  async estimate(
    name: ExperimentName,
    replications: number,
    seed: string,
    observed: (values: readonly number[]) => void,
  ): Promise<void> {
    const experiment = EXPERIMENTS[name];
    for (let replication = 0; replication < replications; replication++) {
      const values: number[] = [];
      for (const [place, point] of experiment.points.entries()) {
        values.push(experiment.replicate(point, `${seed}/${name}/${place}/${replication}`));
        await breathe();
      }
      observed(values);
    }
  },

  /** Tells the observations of each repetition of the study of coverage. */
  async coverage(seed: string, studied: (values: readonly number[]) => void): Promise<void> {
    for (let repetition = 0; repetition < COVERAGE.repetitions; repetition++) {
      studied(coverageStudy(repetition, seed));
      await breathe();
    }
  },
};

export type CalibrationService = typeof service;

expose(service);
