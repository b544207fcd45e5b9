/**
 * The page's side of the simulator: the only one who knows that there is a worker. It is started when first needed and
 * again after a crash; where workers are not to be had, the simulator runs on the page's own thread, in the same slices.
 * A worker that runs out of memory just stops, without any event: while somebody waits for one it is asked now and then
 * whether it is still there, which it can answer between two slices.
 */
import { proxy, releaseProxy, transfer, wrap, type Remote } from 'comlink';
import type { ExportName, Recording } from '../../sim-core/index.ts';
import type { Topology } from '../models/topology.ts';
import type { Traffic, TrafficSource } from '../models/traffic.ts';
import type { SimulatorService } from './entry.ts';
import type { RunRequest, RunResult, RunSummary, Simulator } from './simulator.ts';
import { buffersOf, compactCopy } from './transferables.ts';

/** Time between two questions whether the worker is still there, in milliseconds. */
const PULSE_MS = 8_000;
/** Questions that may stand open: building a large system, or hashing a long run, takes a while. */
const OPEN_MAX = 3;

/** The worker stopped answering: its script failed to load, it died of an error outside any run, or without a word. */
export class WorkerFailed extends Error {
  constructor(reason: string) {
    super(
      `the simulation's worker failed (${reason || 'its script could not be loaded'}); the next run starts a new one`,
    );
    this.name = 'WorkerFailed';
  }
}

interface Connection {
  readonly service: Remote<SimulatorService>;
  /** Rejects when the worker is lost; never resolves. */
  readonly lost: Promise<never>;
  lose(reason: string): void;
}

export class Engine {
  #connection: Connection | undefined = undefined;
  #here: Simulator | undefined = undefined;

  /** Computes a run; rejects with the engine's error by its own name and message, or with `WorkerFailed`. */
  async run(request: RunRequest, progress: (share: number) => void): Promise<RunResult> {
    if (typeof Worker === 'undefined') return (await this.#simulatorHere()).run(request, progress);
    const connection = (this.#connection ??= this.#connect());
    return awaited(connection, connection.service.run(request, proxy(progress)));
  }

  /** The same, of which only the summaries are kept. */
  async summarise(request: RunRequest): Promise<RunSummary> {
    if (typeof Worker === 'undefined') return (await this.#simulatorHere()).summarise(request);
    const connection = (this.#connection ??= this.#connect());
    return awaited(connection, connection.service.summarise(request));
  }

  /** Reads a recording's traffic, once the run in progress is done. The recording stays where it is. */
  async traffic({ components, events, facts, flows }: TrafficSource, topology: Topology): Promise<Traffic> {
    const source = { components, events, facts, flows };
    if (typeof Worker === 'undefined') return (await import('../models/traffic.ts')).trafficOf(source, topology);
    const connection = (this.#connection ??= this.#connect());
    const copy = compactCopy(source);
    return awaited(connection, connection.service.traffic(transfer(copy, buffersOf(copy)), topology));
  }

  /** Writes a recording for other tools, once the run in progress is done. The recording stays where it is. */
  async export(name: ExportName, recording: Recording): Promise<Blob> {
    if (typeof Worker === 'undefined') return (await import('./export-run.ts')).exportRun(name, recording);
    const connection = (this.#connection ??= this.#connect());
    const copy = compactCopy(recording);
    return awaited(connection, connection.service.export(name, transfer(copy, buffersOf(copy))));
  }

  /** Makes the run in progress reject with `RunCancelled`, between two of its slices. */
  cancel(): void {
    this.#here?.cancel();
    void this.#connection?.service.cancel();
  }

  /** Ends the worker; what was asked of it is answered with `WorkerFailed`. */
  close(): void {
    this.#connection?.lose('it was ended');
  }

  #connect(): Connection {
    const worker = new Worker(new URL('./entry.ts', import.meta.url), { type: 'module', name: 'simulation' });
    const service = wrap<SimulatorService>(worker);
    let lose = (_reason: string): void => {};
    const lost = new Promise<never>((_, reject) => {
      lose = (reason) => {
        this.#connection = undefined;
        service[releaseProxy]();
        worker.terminate();
        reject(new WorkerFailed(reason));
      };
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      lose(event.message);
    });
    // A worker may be lost while nobody waits for it.
    lost.catch(() => {});
    return { service, lost, lose };
  }

  async #simulatorHere(): Promise<Simulator> {
    const { Simulator } = await import('./simulator.ts');
    return (this.#here ??= new Simulator());
  }
}

/** What the worker answers, or its loss. */
async function awaited<Answer>({ service, lost, lose }: Connection, answer: Promise<Answer>): Promise<Answer> {
  let open = 0;
  const pulse = setInterval(() => {
    if (open === OPEN_MAX) {
      lose('it does not answer any more, perhaps for want of memory');
      return;
    }
    open += 1;
    void service.isThere().then(() => {
      open = 0;
    });
  }, PULSE_MS);
  try {
    return await Promise.race([answer, lost]);
  } finally {
    clearInterval(pulse);
  }
}
