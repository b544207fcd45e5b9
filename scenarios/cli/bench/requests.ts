/**
 * Whole requests with everything recorded: the stampede, and a plain chain of client, service, cache and database. And
 * what a run of ten million of them takes in memory beside one of a hundred thousand, each in a process of its own.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  atLeast,
  CacheAside,
  CacheServer,
  Database,
  defineScenario,
  duration,
  exponential,
  hardTtl,
  Link,
  LoadLedger,
  logNormal,
  ms,
  noGuard,
  OpenLoopClient,
  poisson,
  resolveParameters,
  Run,
  s,
  Service,
  Simulation,
  total,
  us,
  zipfPopularity,
  type CacheCommand,
  type CacheReply,
  type DatabaseQuery,
  type Duration,
  type Row,
  type Scenario,
} from '../../../sim-core/index.ts';
import stampede from '../../caching/stampede.ts';
import {
  compareWithFirst,
  measureInTurn,
  type Benchmark,
  type BenchmarkOptions,
  type BenchmarkResult,
} from './benchmark.ts';

export const requests: Benchmark = {
  name: 'requests',
  help:
    'requests a CPU second with everything recorded: the stampede, and a client-service-cache-database chain, beside ' +
    'the same with nobody listening, which is what the recording costs',
  run: measureRequests,
};

export const memory: Benchmark = {
  name: 'memory',
  help:
    'peak memory of a run of ten million requests beside one of a hundred thousand: the smaller the better; then what ' +
    'the recordings alone hold, whose size is bounded, and the peaks without it',
  run: measureMemory,
};

async function* measureRequests({ quick, progress, interrupted }: BenchmarkOptions): AsyncGenerator<BenchmarkResult> {
  const length = quick ? s(6) : s(300);
  const warmUp = quick ? s(6) : s(60);
  for (const [scenario, variant] of [
    [stampede, 'none'],
    [chain, 'plain'],
  ] as const) {
    progress(`requests: ${scenario.id}, ${length / s(1)} simulated seconds`);
    // Alive while the others are measured: with the last object of a class the engine throws away the code compiled for
    // it, and every turn, which begins with a collection, would measure compiling it anew.
    const whole = complete(scenario, variant, length);
    const contenders = [
      {
        name: 'brownout',
        work: () => requestsIn(complete(scenario, variant, length)),
        warmUp: () => complete(scenario, variant, warmUp),
      },
      {
        name: 'the same without recording',
        work: () => {
          simulate(scenario, variant, length);
          return requestsIn(whole);
        },
        warmUp: () => simulate(scenario, variant, warmUp),
      },
    ];
    const rates = await measureInTurn(contenders, quick ? 1 : 5, interrupted);
    yield* compareWithFirst(rates, { name: 'requests', variant: scenario.id, unit: 'requests/s' });
  }
}

/** Runs to the end and closes the recording. */
function complete(scenario: Scenario, variant: string, length: Duration): Run {
  const run = new Run(scenario, { variant, params: { length } });
  run.advance(Infinity);
  run.finish();
  return run;
}

const requestsIn = (run: Run): number => run.finish().facts.told['request.started'];

/** The bare system, with nobody who hears its facts; the same requests are sent, which nobody counts. */
function simulate(scenario: Scenario, variant: string, length: Duration): void {
  const sim = new Simulation({ seed: scenario.seed, budget: { eventsMax: Infinity } });
  scenario.system(sim, resolveParameters(scenario, variant, { length }) as never);
  sim.runUntil(length);
}

/** Nine in ten requests are served by the cache, the others by the database, which is at half its capacity. */
const chain = defineScenario({
  id: 'chain',
  section: '1.1',
  title: 'A plain chain',
  question: 'How fast are requests simulated through client, service, cache and database?',
  params: { length: duration({ help: 'Simulated time', default: s(30), min: s(6), max: s(86_400) }) },
  variants: { plain: {} },
  roles: { plain: 'control' },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: s(1),
  openAt: s(1),
  charts: ['http.client.request.duration'],
  expect: { plain: [atLeast(total('http.client.requests'), () => 1)] },
  system(sim) {
    const near = logNormal(us(250), 0.3);
    const database = new Database(sim, {
      name: 'database',
      connections: 50,
      queueMax: 1000,
      cores: 4,
      demand: exponential(ms(20)),
    });
    const cache = new CacheServer<Row>(sim, { name: 'cache', capacity: 1000, eviction: 'lru', commandTime: us(20) });
    const reader = new CacheAside(sim, {
      instance: 'app',
      cache: new Link<CacheCommand<Row>, CacheReply<Row>>(sim, cache, { from: 'app', delay: near }),
      store: new Link<DatabaseQuery, Row>(sim, database, { from: 'app', delay: near }),
      expiry: hardTtl(s(3600)),
      guard: noGuard,
      ledger: new LoadLedger(),
    });
    const app = new Service<number, Row>(sim, {
      name: 'app',
      help: 'Reads by cache-aside',
      concurrency: 400,
      queueMax: 1000,
      handle: (call) => reader.read(call.query, call.request),
    });
    const link = new Link(sim, app, { from: 'users', delay: logNormal(ms(1), 0.3), timeout: s(2) });
    new OpenLoopClient<Row>(sim, {
      name: 'users',
      arrivals: poisson(1000),
      popularity: zipfPopularity(2000, 1.05),
      target: () => link,
    });
  },
});

async function* measureMemory({ quick, progress, interrupted }: BenchmarkOptions): AsyncGenerator<BenchmarkResult> {
  const program = fileURLToPath(new URL('brownout.js', import.meta.url));
  if (!existsSync(program)) {
    progress('memory: needs the built command line (npm run build); left out');
    return;
  }
  const [few, many] = quick ? [10_000, 20_000] : [100_000, 10_000_000];
  const peaks: number[] = [];
  const recordings: number[] = [];
  for (const size of [few, many]) {
    progress(`memory: a run of ${size} requests`);
    const words = ['run', 'stampede', '--variant', 'none', '--set', `length=${size / 1000}s`];
    peaks.push(await peakOf(program, words, interrupted));
    recordings.push(await recordedBytes(s(size / 1000), interrupted));
  }
  const [peerValue, value] = peaks;
  const peer = `a run of ${few} requests`;
  const about = { name: 'memory', size: many, unit: 'bytes', peer };
  yield { ...about, value, peerValue, ratio: value / peerValue };
  const [small, large] = recordings;
  yield { ...about, variant: 'recording', value: large, peerValue: small, ratio: large / small };
  const [rest, peerRest] = [value - large, peerValue - small];
  yield { ...about, variant: 'peak without recording', value: rest, peerValue: peerRest, ratio: rest / peerRest };
}

/** What the typed arrays of a run's recording hold. */
async function recordedBytes(length: Duration, interrupted: AbortSignal): Promise<number> {
  const run = new Run(stampede, { variant: 'none', params: { length } });
  while (!run.advance(1_000_000)) await setImmediate(undefined, { signal: interrupted });
  return bytesOf(run.finish(), new Set());
}

function bytesOf(value: unknown, seen: Set<unknown>): number {
  if (typeof value !== 'object' || value === null || seen.has(value)) return 0;
  seen.add(value);
  // Arrays that share a buffer are what is held of it, each its part.
  if (ArrayBuffer.isView(value)) return value.byteLength;
  return Object.values(value).reduce((sum: number, part) => sum + bytesOf(part, seen), 0);
}

/** Imports the program given to it as if it had been started, and at the end writes to descriptor 3 what it took. */
const REPORTING = `
import { writeSync } from 'node:fs';
process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)));
await import(process.argv[1]);
`;

/** Peak memory of the command line with these arguments in a process of its own, in bytes. */
async function peakOf(program: string, words: readonly string[], signal: AbortSignal): Promise<number> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', REPORTING, '--', program, ...words], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    signal,
  });
  // Both at once: an interruption rejects the first while the second is still reading.
  const [[status], kilobytes] = await Promise.all([
    once(child, 'close') as Promise<[number | null]>,
    textOf(child.stdio[3] as Readable),
  ]);
  // 1 is a verdict on a run that was made whole (too short, here, for the expiry that the scenario's expectations ask for).
  if (status !== 0 && status !== 1) {
    throw new Error(`memory: ${words.join(' ')} ended with ${status}; its peak is no measurement`);
  }
  if (kilobytes === '') throw new Error(`memory: ${words.join(' ')} ended without saying what it took`);
  return Number(kilobytes) * 1024;
}

async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}
