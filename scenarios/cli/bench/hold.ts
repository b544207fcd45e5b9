/**
 * The hold model, the customary measure of future event lists (Vaucher and Duval 1975; Jones, "An empirical comparison
 * of priority-queue and event-set implementations", CACM 29(4), 1986): with N events pending, pop the earliest and push
 * one a random delay later, over and over.
 *
 * Every contender draws from the same table of delays, starts from the same N times, orders by (time, order of pushing),
 * and keeps its queue from round to round, so that it is measured in its steady state; the rounds of slow contenders are
 * shorter. tinyqueue reuses its items, which is its best case. simjs has no queue apart from its simulator: what is
 * measured there is its event loop with one timer an event.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import TinyQueue from 'tinyqueue';
import { EventQueue } from '../../../sim-core/index.ts';
import { compareWithFirst, measureInTurn } from './benchmark.ts';
import type { Benchmark, BenchmarkOptions, BenchmarkResult, Contender } from './benchmark.ts';
import { holdPeer } from './hold-peer.cpp.ts';
import { loadSimjs } from './load-simjs.ts';
import type { Simjs } from './load-simjs.ts';

export const hold: Benchmark = {
  name: 'hold',
  help:
    "the kernel's event queue under the hold model (pop the earliest, push one a delay later), beside tinyqueue, " +
    "simjs (its whole event loop, since it has no separate queue) and, where a compiler is found, C++'s std::priority_queue",
  run,
};

const execute = promisify(execFile);

async function* run(options: BenchmarkOptions): AsyncGenerator<BenchmarkResult> {
  const folder = await mkdtemp(join(tmpdir(), 'brownout-hold-'));
  try {
    const simjs = await loadSimjs();
    const program = await compile(folder, options.progress);
    for (const size of options.quick ? [100, 10_000] : [100, 10_000, 1_000_000]) {
      for (const [variant, delay] of Object.entries(DELAYS)) {
        options.progress(`hold: ${size} pending events, ${variant} delays`);
        const work = draw(size, variant, delay);
        const operations = options.quick ? 2_000 : 1_000_000;
        // An epoch of the ladder at 10^6 takes 10^7 operations; a slow peer shows its rate in fewer.
        const contenders = [
          ours(work, options.quick ? operations : Math.max(2 * operations, 6 * size)),
          tinyqueue(work, size > 10_000 ? operations / 5 : operations),
          simulator(simjs, work, size > 10_000 ? operations / 20 : operations / 4),
          ...(program === undefined ? [] : [await priorityQueue(work, operations, program, folder)]),
        ];
        yield* compareWithFirst(await measureInTurn(contenders, options.quick ? 1 : 3, options.interrupted), {
          name: 'hold',
          size,
          variant,
          unit: 'events/s',
        });
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What all contenders of one comparison are given, in nanoseconds. */
interface HoldWork {
  /** A power of two many, read round and round. */
  readonly delays: Float64Array;
  readonly initial: Float64Array;
}

const MASK = 2 ** 17 - 1;

/** Delays in nanoseconds, from two uniform numbers in (0, 1). */
const DELAYS: Record<string, (u: number, v: number) => number> = {
  exponential: (u) => -1e9 * Math.log(u),
  // Service times of a millisecond, and one timeout of a second for every ten of them.
  bimodal: (u, v) => (v < 0.9 ? -1e6 * Math.log(u) : 1e9 + 1e6 * u),
  constant: () => 1e9,
  'far-future': (u, v) => (v < 0.99 ? -1e6 * Math.log(u) : 1e11 * u),
};

function draw(size: number, variant: string, delay: (u: number, v: number) => number): HoldWork {
  let state = 1;
  const uniform = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) + 0.5) / 2 ** 32;
  };
  const next = () => Math.round(delay(uniform(), uniform()));
  const delays = new Float64Array(MASK + 1).map(next);
  // Constant delays from one instant would stay in one instant: they start spread over one delay.
  const initial = new Float64Array(size).map(variant === 'constant' ? () => Math.floor(1e9 * uniform()) : next);
  return { delays, initial };
}

function ours({ delays, initial }: HoldWork, operations: number): Contender {
  const queue = new EventQueue();
  initial.forEach((time, payload) => queue.push(time, payload));
  let drawn = 0;
  return {
    name: 'brownout',
    work() {
      const from = drawn;
      for (let i = 0; i < operations; i++) {
        const now = queue.nextTime();
        const payload = queue.pop();
        queue.push(now + delays[(from + i) & MASK], payload);
      }
      drawn += operations;
      return operations;
    },
  };
}

function tinyqueue({ delays, initial }: HoldWork, operations: number): Contender {
  interface Item {
    time: number;
    seq: number;
    readonly payload: number;
  }
  const queue = new TinyQueue<Item>([], (a, b) => a.time - b.time || a.seq - b.seq);
  initial.forEach((time, payload) => queue.push({ time, seq: payload, payload }));
  let drawn = 0;
  return {
    name: 'tinyqueue',
    work() {
      const from = drawn;
      for (let i = 0; i < operations; i++) {
        const item = queue.pop()!;
        item.time += delays[(from + i) & MASK];
        item.seq = initial.length + from + i;
        queue.push(item);
      }
      drawn += operations;
      return operations;
    },
  };
}

function simulator(simjs: Simjs, { delays, initial }: HoldWork, operations: number): Contender {
  const sim = new simjs.Sim();
  let drawn = 0;
  class Holder extends simjs.Entity {
    start(): void {}
    again(): void {
      this.setTimer(delays[drawn++ & MASK]).done(this.again, this);
    }
  }
  const holder = sim.addEntity(Holder);
  for (const time of initial) holder.setTimer(time).done(holder.again, holder);
  return {
    name: 'simjs',
    work() {
      sim.simulate(Infinity, operations);
      return operations;
    },
  };
}

async function priorityQueue(work: HoldWork, operations: number, program: string, folder: string): Promise<Contender> {
  const delays = join(folder, 'delays');
  const initial = join(folder, 'initial');
  await writeFile(delays, work.delays);
  await writeFile(initial, work.initial);
  return {
    name: 'c++ std::priority_queue',
    async work() {
      const { stdout } = await execute(program, [delays, initial, String(operations)]);
      return { units: operations, cpuSeconds: Number(stdout) };
    },
  };
}

/** The C++ peer's program, or undefined where nothing compiles it. */
async function compile(folder: string, progress: (line: string) => void): Promise<string | undefined> {
  const source = join(folder, 'hold.cpp');
  const program = join(folder, 'hold');
  await writeFile(source, holdPeer);
  for (const compiler of ['c++', 'g++', 'clang++']) {
    try {
      await execute(compiler, ['-O2', '-o', program, source]);
      progress(`hold: std::priority_queue compiled by ${compiler} -O2`);
      return program;
    } catch {
      continue;
    }
  }
  progress('hold: no working C++ compiler found (tried c++, g++, clang++): std::priority_queue is left out');
  return undefined;
}
