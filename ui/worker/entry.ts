/** The worker that computes runs: a simulator behind comlink. What it has made is moved to the page, not copied. */
import { expose, transfer } from 'comlink';
import type { JudgedRun } from '../../sim-core/index.ts';
import { exportRun } from './export-run.ts';
import { Simulator, type RunRequest, type RunResult, type RunSummary } from './simulator.ts';
import { buffersOf } from './transferables.ts';

const simulator = new Simulator();

const service = {
  async run(request: RunRequest, progress: (share: number) => void): Promise<RunResult> {
    const result = await simulator.run(request, progress);
    return transfer(result, buffersOf(result));
  },
  summarise(request: RunRequest): Promise<RunSummary> {
    return simulator.summarise(request);
  },
  judge(request: RunRequest): Promise<JudgedRun> {
    return simulator.judge(request);
  },
  export: exportRun,
  cancel(): void {
    simulator.cancel();
  },
  isThere: (): true => true,
};

export type SimulatorService = typeof service;

expose(service);
