/**
 * What a benchmark is, and how contenders are measured: in turn, round by round, each in the process's own CPU time,
 * so that a machine whose speed drifts does so for all of them. The median over the rounds is reported, and a ratio
 * is the median of the ratios within each round.
 */
import process from 'node:process';

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
  /** `value / peerValue`: above 1 means ahead of the peer. */
  readonly ratio?: number;
}

export interface BenchmarkOptions {
  /** Fewer rounds and smaller sizes: a smoke test that every contender runs, not a measurement. */
  readonly quick: boolean;
  /** Says what is being measured; goes to standard error. */
  readonly progress: (line: string) => void;
}

/** One benchmark of the table in `index.ts`; yields each result as soon as it is known. */
export interface Benchmark {
  readonly name: string;
  readonly help: string;
  run(options: BenchmarkOptions): AsyncIterable<BenchmarkResult>;
}

export interface Contender {
  readonly name: string;
  /** Does the work once and returns how many units of it were done. */
  work(): number | Promise<number>;
}

/** Units per CPU second of every contender, one entry a round; the first, unreported round warms the engine up. */
export async function measureInTurn(contenders: readonly Contender[], rounds: number): Promise<Map<string, number[]>> {
  const rates = new Map<string, number[]>(contenders.map((contender) => [contender.name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const contender of contenders) {
      const before = process.cpuUsage();
      const units = await contender.work();
      const spent = process.cpuUsage(before);
      if (round > 0) rates.get(contender.name)!.push(units / ((spent.user + spent.system) / 1e6));
    }
  }
  return rates;
}

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
  return peers.map(([peer, theirs]) => ({
    ...about,
    value: median(own),
    peer,
    peerValue: median(theirs),
    ratio: median(own.map((rate, round) => rate / theirs[round])),
  }));
}
