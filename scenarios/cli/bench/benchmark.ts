/**
 * What a benchmark is, and how contenders are measured: in turn, round by round, each in the process's own CPU time,
 * so that a machine whose speed drifts does so for all of them. The median over the rounds is reported, and a ratio
 * is the median of the ratios within each round, beside the least and the greatest of them.
 *
 * Before each sample the last contender's garbage is collected, which would otherwise be swept at the next one's cost.
 * With the last objects of a shape an engine throws away the code that it compiled for that shape, so a contender whose
 * work leaves nothing behind warms up anew after each collection, unmeasured: its speed is asked for, not how long
 * compiling takes. And work that is soon done is done again until the sample has lasted.
 */
import process from 'node:process';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface BenchmarkResult {
  readonly name: string;
  /** What the benchmark was sized by: pending events, requests, cache entries. */
  readonly size?: number;
  /** What was asked, where one name covers several: a distribution, a policy. */
  readonly variant?: string;
  readonly unit: string;
  readonly value: number;
  readonly peer?: string;
  readonly peerValue?: number;
  /** `value / peerValue`, of times the other way round: above 1 means ahead of the peer. */
  readonly ratio?: number;
  /** The least and the greatest ratio of any round: what the machine's other work can do to the figure. */
  readonly ratioRange?: readonly [number, number];
  /** Where one stands beside several peers, of the nearest: does it do the same, or something of its kind? */
  readonly nearest?: 'the same' | 'of its kind';
}

export interface BenchmarkOptions {
  /** Fewer rounds and smaller sizes: a smoke test that every contender runs, not a measurement. */
  readonly quick: boolean;
  /** Says what is being measured; goes to standard error. */
  readonly progress: (line: string) => void;
  /** Aborted by Ctrl-C: the benchmark then ends with an `AbortError` before its next sample. */
  readonly interrupted: AbortSignal;
}

/** One benchmark of the table in `index.ts`; yields each result as soon as it is known. */
export interface Benchmark {
  readonly name: string;
  readonly help: string;
  run(options: BenchmarkOptions): AsyncIterable<BenchmarkResult>;
}

export interface Contender {
  readonly name: string;
  /** Does the work once and returns how many units of it were done, with its own CPU time if it ran elsewhere. */
  work(): Work | Promise<Work>;
  /** A shorter piece of the same work; none without it, as of what goes on with objects that it keeps. */
  warmUp?(): unknown;
}

type Work = number | { readonly units: number; readonly cpuSeconds: number };

/**
 * Units per CPU second of every contender, one entry a round; the first, unreported round warms the engine up. Each
 * sample lasts at least so many CPU seconds: the shorter, the more of it is the engine's own work at odd moments. Ends
 * with an `AbortError` before the next piece of work once `interrupted` says so.
 */
export async function measureInTurn(
  contenders: readonly Contender[],
  rounds: number,
  interrupted: AbortSignal,
  secondsAtLeast = 0,
): Promise<Map<string, number[]>> {
  const rates = new Map<string, number[]>(contenders.map((contender) => [contender.name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const contender of contenders) {
      const rate = await sample(contender, secondsAtLeast, interrupted);
      if (round > 0) rates.get(contender.name)!.push(rate);
    }
  }
  return rates;
}

async function sample(contender: Contender, secondsAtLeast: number, interrupted: AbortSignal): Promise<number> {
  collectGarbage();
  await contender.warmUp?.();
  let units = 0;
  let seconds = 0;
  do {
    // A signal is delivered only when the process comes round to it.
    await setImmediate(undefined, { signal: interrupted });
    const before = process.cpuUsage();
    const work = await contender.work();
    const spent = process.cpuUsage(before);
    const here = (spent.user + spent.system) / 1e6;
    units += typeof work === 'number' ? work : work.units;
    seconds += typeof work === 'number' ? here : work.cpuSeconds;
  } while (seconds < secondsAtLeast);
  return units / seconds;
}

/**
 * Node has this behind a flag, which takes effect in contexts that are made after it. A collector also throws away the
 * code of functions that it has found idle a few times over; between their turns contenders are, and would be measured
 * compiling it anew.
 */
const collectGarbage: () => void = (() => {
  setFlagsFromString('--no-flush-bytecode');
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** One result per peer: the first contender's median beside the peer's, and the median of their ratios by round. */
export function compareWithFirst(
  rates: ReadonlyMap<string, readonly number[]>,
  about: Pick<BenchmarkResult, 'name' | 'unit' | 'size' | 'variant'>,
): BenchmarkResult[] {
  const [[, own], ...peers] = [...rates];
  return peers.map(([peer, theirs]) => {
    const ratios = own.map((rate, round) => rate / theirs[round]);
    return {
      ...about,
      value: median(own),
      peer,
      peerValue: median(theirs),
      ratio: median(ratios),
      ratioRange: [Math.min(...ratios), Math.max(...ratios)],
    };
  });
}
