/**
 * The page's side of the simulator: the only one who knows that there are workers. Each engine has one that computes its
 * runs; another reads who was where out of recordings, so that the next run, which somebody may want at any moment, need
 * not wait for that.
 * Where workers are not to be had, all of it runs on the page's own thread, in the same slices.
 */
import { proxy, transfer } from 'comlink';
import type { ExportName, JudgedRun, Recording } from '../../sim-core/index.ts';
import type { Topology } from '../models/topology.ts';
import { trafficSource, type Traffic } from '../models/traffic.ts';
import type { SimulatorService } from './entry.ts';
import { OnDemandWorker } from './on-demand-worker.ts';
import type { ReaderService } from './reader.ts';
import type { RunRequest, RunResult, RunSummary, Simulator } from './simulator.ts';
import type { TrafficReader } from './traffic-reader.ts';
import { buffersOf, compactCopy } from './transferables.ts';

/** One for all engines: it keeps nothing of what it has read. Every reading of the page has a number. */
let readings = 0;
let readerHere: TrafficReader | undefined;
const reader = new OnDemandWorker<ReaderService>(
  'reading',
  () => new Worker(new URL('./reader.ts', import.meta.url), { type: 'module', name: 'reader' }),
);

export class Engine {
  readonly #simulation = new OnDemandWorker<SimulatorService>(
    'run',
    () => new Worker(new URL('./entry.ts', import.meta.url), { type: 'module', name: 'simulation' }),
  );
  #here: Simulator | undefined = undefined;
  /** The number of what is being read for it; 0 for nothing. */
  #reading = 0;

  /**
   * Computes a run; rejects with the engine's error by its own name and message, or with `WorkerFailed`. What is being read
   * for this engine is cancelled: the run would overtake it, and has the processor to itself.
   */
  async run(request: RunRequest, progress: (share: number) => void): Promise<RunResult> {
    this.#cancelReading();
    if (typeof Worker === 'undefined') return (await this.#simulatorHere()).run(request, progress);
    return this.#simulation.ask((service) => service.run(request, proxy(progress)));
  }

  /** The same, of which only the summaries are kept. */
  async summarise(request: RunRequest): Promise<RunSummary> {
    if (typeof Worker === 'undefined') return (await this.#simulatorHere()).summarise(request);
    return this.#simulation.ask((service) => service.summarise(request));
  }

  /** A run of an exercise's pitfall, of which only what is judged is kept. */
  async judge(request: RunRequest): Promise<JudgedRun> {
    if (typeof Worker === 'undefined') return (await this.#simulatorHere()).judge(request);
    return this.#simulation.ask((service) => service.judge(request));
  }

  /** Reads a recording's traffic; undefined if this engine's next run began before that was done. The recording stays where it is. */
  async traffic(recording: Recording, topology: Topology): Promise<Traffic | undefined> {
    const source = trafficSource(recording);
    const reading = (this.#reading = ++readings);
    try {
      if (typeof Worker === 'undefined') {
        const { TrafficReader } = await import('./traffic-reader.ts');
        return await (readerHere ??= new TrafficReader()).read(source, topology, reading);
      }
      const copy = compactCopy(source);
      return await reader.ask((service) => service.traffic(transfer(copy, buffersOf(copy)), topology, reading));
    } finally {
      if (this.#reading === reading) this.#reading = 0;
    }
  }

  /** Writes a recording for other tools, once the run in progress is done. The recording stays where it is. */
  async export(name: ExportName, recording: Recording): Promise<Blob> {
    if (typeof Worker === 'undefined') return (await import('./export-run.ts')).exportRun(name, recording);
    const copy = compactCopy(recording);
    return this.#simulation.ask((service) => service.export(name, transfer(copy, buffersOf(copy))));
  }

  /** Makes the run in progress reject with `RunCancelled`, between two of its slices. */
  cancel(): void {
    this.#here?.cancel();
    this.#simulation.tell((service) => service.cancel());
  }

  /** Ends the worker; what run was asked of it is answered with `WorkerFailed`. */
  close(): void {
    this.#cancelReading();
    this.#simulation.close();
  }

  #cancelReading(): void {
    const reading = this.#reading;
    if (reading === 0) return;
    this.#reading = 0;
    readerHere?.cancel(reading);
    reader.tell((service) => service.cancel(reading));
  }

  async #simulatorHere(): Promise<Simulator> {
    const { Simulator } = await import('./simulator.ts');
    return (this.#here ??= new Simulator());
  }
}
