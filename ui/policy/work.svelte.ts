/**
 * A learner's work at a policy of their own: the source, what it comes to on the first seed, whether it holds on others, and a file
 * that somebody has saved, judged by running it again. The source is kept for the next visit where the browser lets the page keep
 * anything.
 */
import { definitions } from 'virtual:brownout/definitions';
import { codeWordOf } from '../../sim-core/index.ts';
import { policySeeds, seedOfTask, type PolicyAttempt } from '../../scenarios/own-policy/attempt.ts';
import { STARTERS, type StarterName } from '../../scenarios/own-policy/starters.ts';
import type { PolicyVerdict } from '../../scenarios/own-policy/verdict.ts';
import { Court } from './court.ts';

const KEY = 'brownout.policy';
const WORD_KEY = 'brownout.policy.word';

export class PolicyWork {
  source = $state.raw(kept(KEY) ?? STARTERS.fifo.source);
  /** Under which the learner has a seed of one's own; undefined: the task's. */
  codeWord = $state.raw(kept(WORD_KEY) || undefined);
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
  readonly #court = new Court();

  readonly seed = $derived(seedOfTask(this.codeWord));
  /** The verdict is of what stands in the editor. */
  readonly isCurrent = $derived(this.verdict !== undefined && this.ran === this.source);
  readonly othersHeld = $derived(this.others.filter(({ solved }) => solved).length);
  /** What was run holds on every seed, whatever has been typed since. */
  readonly isSolved = $derived(this.verdict?.solved === true && this.wanted > 0 && this.othersHeld === this.wanted);

  write(source: string): void {
    this.source = source;
    keep(KEY, source);
  }

  /** Goes on with the seed of a code word, or with the task's without one; what was run is of another seed then. */
  takeCodeWord(typed: string): void {
    const word = codeWordOf(typed) === '' ? undefined : typed.trim();
    if (seedOfTask(word) === this.seed) return;
    this.halt();
    this.codeWord = word;
    keep(WORD_KEY, word ?? '');
    this.verdict = undefined;
    this.ran = '';
    this.others = [];
    this.wanted = 0;
  }

  startFrom(name: StarterName): void {
    this.write(STARTERS[name].source);
  }

  /** Runs what stands in the editor on the first seed. */
  run(): Promise<void> {
    const { source, seed } = this;
    return this.#during(async (stopped) => {
      this.others = [];
      this.wanted = 0;
      const verdict = await this.#court.judge(source, seed, stopped);
      this.verdict = verdict;
      this.ran = source;
    });
  }

  /** Runs what was run on further seeds. */
  check(): Promise<void> {
    const { ran } = this;
    const [, ...seeds] = policySeeds(this.seed);
    return this.#during(async (stopped) => {
      this.others = [];
      this.wanted = seeds.length;
      this.isChecking = true;
      for (const seed of seeds) {
        const verdict = await this.#court.judge(ran, seed, stopped);
        // It says nothing of the policy: the seed is as one that was not tried.
        if (verdict.fault?.isOutside) throw new Error(`Seed ${seed} is not judged: ${verdict.fault.message}.`);
        this.others = [...this.others, verdict];
      }
    });
  }

  /** Runs the source of a file on its seeds, those after the first where the goals hold on it; undefined if it was stopped. */
  async replay(attempt: PolicyAttempt, progress: (done: number) => void): Promise<PolicyVerdict[] | undefined> {
    let verdicts: PolicyVerdict[] | undefined;
    await this.#during(async (stopped) => {
      verdicts = await this.#court.judgeAgain(attempt, progress, stopped);
    });
    return verdicts;
  }

  halt(): void {
    this.#stop.abort();
  }

  close(): void {
    this.halt();
    this.#court.close();
  }

  get attempt(): Omit<PolicyAttempt, 'engine'> {
    const { ran: source, codeWord, seed, verdict, explanation } = this;
    return {
      definition: definitions['eviction'],
      ...(codeWord !== undefined && { codeWord }),
      seed,
      source,
      digest: verdict?.digest ?? '',
      solved: this.isSolved,
      explanation,
    };
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

function kept(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

function keep(key: string, text: string): void {
  try {
    localStorage.setItem(key, text);
  } catch {
    // It lasts until the page is closed.
  }
}
