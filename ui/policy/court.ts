/**
 * A source judged in the page: an exam is written and marked by a worker that runs nothing of a learner's, and taken in a frame that
 * can reach nothing.
 */
import { policySeeds, type PolicyAttempt } from '../../scenarios/own-policy/attempt.ts';
import type { PolicyVerdict } from '../../scenarios/own-policy/verdict.ts';
import { OnDemandWorker } from '../worker/on-demand-worker.ts';
import type { ExaminerService } from './examiner.ts';
import { runInFrame } from './frame.ts';

export class Court {
  readonly #examiner = new OnDemandWorker<ExaminerService>(
    'exam',
    () => new Worker(new URL('./examiner.ts', import.meta.url), { type: 'module' }),
  );

  /** What the source comes to on a seed; `stopped` ends it, and rejects with its reason. */
  async judge(source: string, seed: number, stopped: AbortSignal): Promise<PolicyVerdict> {
    const exam = await this.#examiner.ask((examiner) => examiner.exam(seed));
    const ran = await runInFrame(source, exam, stopped);
    const verdict = await this.#examiner.ask((examiner) => examiner.verdict(exam, ran));
    // Stopped while it was marked, it says nothing to whoever runs another by now.
    stopped.throwIfAborted();
    return verdict;
  }

  /** The source of a file on its seeds, those after the first where the goals hold on it; `progress` is told how many are done. */
  async judgeAgain(
    { source, seed }: PolicyAttempt,
    progress: (done: number) => void,
    stopped: AbortSignal,
  ): Promise<PolicyVerdict[]> {
    const verdicts: PolicyVerdict[] = [];
    for (const one of policySeeds(seed)) {
      verdicts.push(await this.judge(source, one, stopped));
      progress(verdicts.length);
      if (!verdicts[0].solved) break;
    }
    return verdicts;
  }

  close(): void {
    this.#examiner.close();
  }
}
