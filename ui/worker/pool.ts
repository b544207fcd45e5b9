/**
 * Several workers for many runs of which only a summary or a verdict is wanted. Runs are handed out in order, their results
 * come as they are ready, and all of it ends at once when it is asked to; what had come by then is kept by whoever took it.
 */
import { Engine } from './engine.ts';
import type { RunRequest } from './simulator.ts';

/** Workers at most: a recording in the making takes some tens of megabytes in each. */
const WORKERS_MAX = 6;

/**
 * Has an engine `compute` every request; tells `done` of each. Resolves when all are done or `signal` has ended it; rejects
 * with the first failure.
 */
export async function computeAll<Result>(
  requests: readonly RunRequest[],
  compute: (engine: Engine, request: RunRequest) => Promise<Result>,
  done: (result: Result, index: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const size = Math.min(requests.length, WORKERS_MAX, navigator.hardwareConcurrency || 1);
  const engines = Array.from({ length: size }, () => new Engine());
  const close = (): void => engines.forEach((engine) => engine.close());
  let next = 0;
  const work = async (engine: Engine): Promise<void> => {
    while (next < requests.length && !signal.aborted) {
      const index = next++;
      done(await compute(engine, requests[index]), index);
    }
  };
  const ended = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  try {
    await Promise.race([Promise.all(engines.map(work)), ended]);
  } finally {
    close();
  }
}
