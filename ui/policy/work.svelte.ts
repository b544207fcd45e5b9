/**
 * A learner's work at a policy of their own: the source, what it comes to on the first seed, whether it holds on others, and a file
 * that somebody has saved, judged by running it again. The source is kept for the next visit where the browser lets the page keep
 * anything.
 */
import { definitions } from 'virtual:brownout/definitions';
import { POLICY_SEED, policySeeds, type PolicyAttempt } from '../../scenarios/own-policy/attempt.ts';
import { STARTERS, type StarterName } from '../../scenarios/own-policy/starters.ts';
import type { PolicyVerdict } from '../../scenarios/own-policy/verdict.ts';
import { OnDemandWorker } from '../worker/on-demand-worker.ts';
import type { ExaminerService } from './examiner.ts';
import { runInFrame } from './frame.ts';

const KEY = 'brownout.policy';

export class PolicyWork {
  source = $state.raw(kept() ?? STARTERS.fifo.source);
  explanation = $state('');
  /** Of the source as it was when it was run. */
  verdict = $state.raw<PolicyVerdict>();
  /** The source that the verdict is of. */
  ran = $state.raw('');
  /** Verdicts on other seeds, of the same source. */
  others = $state.raw<readonly PolicyVerdict[]>([]);
  /** How many seeds were to be tried when it was last checked. */
  wanted = $state(0);
  running = $state(false);
  isChecking = $state(false);
  failure = $state('');
  #stop = new AbortController();
  readonly #examiner = new OnDemandWorker<ExaminerService>(
    'exam',
    () => new Worker(new URL('./examiner.ts', import.meta.url), { type: 'module' }),
  );

  /** The verdict is of what stands in the editor. */
  readonly isCurrent = $derived(this.verdict !== undefined && this.ran === this.source);
  readonly othersHeld = $derived(this.others.filter(({ solved }) => solved).length);
  /** What was run holds on every seed, whatever has been typed since. */
  readonly isSolved = $derived(this.verdict?.solved === true && this.wanted > 0 && this.othersHeld === this.wanted);

  write(source: string): void {
    this.source = source;
    keep(source);
  }

  startFrom(name: StarterName): void {
    this.write(STARTERS[name].source);
  }

  /** Runs what stands in the editor on the first seed. */
  run(): Promise<void> {
    const { source } = this;
    return this.#during(async (stopped) => {
      this.others = [];
      this.wanted = 0;
      const verdict = await this.#judge(source, POLICY_SEED, stopped);
      this.verdict = verdict;
      this.ran = source;
    });
  }

  /** Runs what was run on further seeds. */
  check(): Promise<void> {
    const { ran } = this;
    const [, ...seeds] = policySeeds(POLICY_SEED);
    return this.#during(async (stopped) => {
      this.others = [];
      this.wanted = seeds.length;
      this.isChecking = true;
      for (const seed of seeds) {
        const verdict = await this.#judge(ran, seed, stopped);
        this.others = [...this.others, verdict];
      }
    });
  }

  /** Runs the source of a file on its seeds, those after the first where the goals hold on it; undefined if it was stopped. */
  async replay(
    { source, seed }: PolicyAttempt,
    progress: (done: number) => void,
  ): Promise<PolicyVerdict[] | undefined> {
    const verdicts: PolicyVerdict[] = [];
    let isWhole = false;
    await this.#during(async (stopped) => {
      for (const one of policySeeds(seed)) {
        verdicts.push(await this.#judge(source, one, stopped));
        progress(verdicts.length);
        if (!verdicts[0].solved) break;
      }
      isWhole = true;
    });
    return isWhole ? verdicts : undefined;
  }

  halt(): void {
    this.#stop.abort();
  }

  close(): void {
    this.halt();
    this.#examiner.close();
  }

  get attempt(): Omit<PolicyAttempt, 'engine'> {
    const { ran: source, verdict, explanation } = this;
    return {
      definition: definitions['eviction'],
      seed: POLICY_SEED,
      source,
      digest: verdict?.digest ?? '',
      solved: this.isSolved,
      explanation,
    };
  }

  async #judge(source: string, seed: number, stopped: AbortSignal): Promise<PolicyVerdict> {
    const exam = await this.#examiner.ask((examiner) => examiner.exam(seed));
    const ran = await runInFrame(source, exam, stopped);
    const verdict = await this.#examiner.ask((examiner) => examiner.verdict(exam, ran));
    // Stopped while it was marked, it says nothing to whoever runs another by now.
    stopped.throwIfAborted();
    return verdict;
  }

  async #during(work: (stopped: AbortSignal) => Promise<void>): Promise<void> {
    this.halt();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.running = true;
    this.isChecking = false;
    this.failure = '';
    try {
      await work(signal);
    } catch (error) {
      if (!signal.aborted) this.failure = error instanceof Error ? error.message : String(error);
    } finally {
      if (this.#stop.signal === signal) {
        this.running = false;
        this.isChecking = false;
      }
    }
  }
}

function kept(): string | undefined {
  try {
    return localStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

function keep(source: string): void {
  try {
    localStorage.setItem(KEY, source);
  } catch {
    // It lasts until the page is closed.
  }
}
