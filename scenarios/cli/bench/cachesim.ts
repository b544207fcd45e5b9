/**
 * `cachesim` beside the caches of npm, on one trace: decimal keys in a random order of popularity, by Zipf's law with
 * exponent 1 over ten times as many keys as the cache holds.
 *
 * - `cachesim`: end to end, from the file. Everybody reads it by the same reader; the peers are then asked by the key,
 *   as a program would ask them, the command interns it first.
 * - `cachesim-loaded`: the trace is in memory, for the peers as an array of keys, for the command as dense ids; both are
 *   given it in blocks. A policy that knows the future works it out within its time.
 *
 * Every policy stands beside every peer, whatever that peer's own policy is: LRU of mnemonist and lru-cache, SIEVE of
 * @neophi/sieve-cache, W-TinyLFU of transitory. npm has no cache with the other policies, and none that knows the
 * future; a ratio across policies says what the simulation of one costs beside the use of another. Each policy's nearest
 * peer is named: the one that has it too or, where none has, one that keeps books of the same kind.
 *
 * The keys are integers, which suits the peers best: `Map` and objects take them without hashing a string. Each peer
 * has a loop of its own, which the engine can optimise for it, as each policy of the command has.
 */
import { SieveCache } from '@neophi/sieve-cache';
import { LRUCache } from 'lru-cache';
import { LRUMap } from 'mnemonist';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newCache } from 'transitory';
import {
  evictionPolicies,
  KeyTable,
  nextUses,
  RandomStreams,
  traceFormats,
  zipf,
  type KeyBatch,
} from '../../../sim-core/index.ts';
import { KeyHashes } from '../cachesim/key-hashes.ts';
import { replay } from '../cachesim/replay.ts';
import { SimulatedCache } from '../cachesim/simulated-cache.ts';
import { TraceFile } from '../cachesim/trace-file.ts';
import { compareWithFirst, measureInTurn } from './benchmark.ts';
import type { Benchmark, BenchmarkOptions, BenchmarkResult, Contender } from './benchmark.ts';

export const cachesim: Benchmark = {
  name: 'cachesim',
  help:
    'each eviction policy on a Zipf trace from a file (cachesim) and in memory (cachesim-loaded), beside the caches of ' +
    'npm behind the same reader, each with the one policy that it has: mnemonist and lru-cache (LRU), ' +
    '@neophi/sieve-cache (SIEVE), transitory (W-TinyLFU)',
  run,
};

/** Requests that a contender is given at a time where the trace is in memory, as many as the command replays at a time. */
const BLOCK = 65_536;

/** Asks a cache for the first `count` keys, one after the other, and puts in those that it misses. */
type Peer = (keys: Int32Array, count: number) => void;

const PEERS: Readonly<Record<string, (capacity: number) => Peer>> = {
  mnemonist: (capacity) => {
    const cache = new LRUMap<number, boolean>(capacity);
    return (keys, count) => {
      for (let i = 0; i < count; i++) if (cache.get(keys[i]) === undefined) cache.set(keys[i], true);
    };
  },
  'lru-cache': (capacity) => {
    const cache = new LRUCache<number, boolean>({ max: capacity });
    return (keys, count) => {
      for (let i = 0; i < count; i++) if (cache.get(keys[i]) === undefined) cache.set(keys[i], true);
    };
  },
  '@neophi/sieve-cache': (capacity) => {
    const cache = new SieveCache<number, boolean>(capacity);
    return (keys, count) => {
      for (let i = 0; i < count; i++) if (cache.get(keys[i]) === undefined) cache.set(keys[i], true);
    };
  },
  transitory: (capacity) => {
    const cache = newCache<number, boolean>().maxSize(capacity).build();
    return (keys, count) => {
      for (let i = 0; i < count; i++) if (cache.getIfPresent(keys[i]) === null) cache.set(keys[i], true);
    };
  },
};

/** A peer's books: entries in the order of insertion, or by recency, or by how often they are requested. */
const PEERS_OF_KIND = {
  insertion: ['@neophi/sieve-cache'],
  recency: ['mnemonist', 'lru-cache'],
  frequency: ['transitory'],
} as const;

/** Of a policy the kind of its books, and whether the peers with such have the very policy. OPT's are like nobody's. */
const KINDS: Readonly<Record<string, { readonly kind: keyof typeof PEERS_OF_KIND; readonly isSame?: true }>> = {
  fifo: { kind: 'insertion' },
  lru: { kind: 'recency', isSame: true },
  lfu: { kind: 'frequency' },
  'lfu-aging': { kind: 'frequency' },
  random: { kind: 'insertion' },
  clock: { kind: 'insertion' },
  'clock-insert-first': { kind: 'insertion' },
  slru: { kind: 'recency' },
  '2q': { kind: 'recency' },
  arc: { kind: 'recency' },
  lirs: { kind: 'recency' },
  sieve: { kind: 'insertion', isSame: true },
  's3-fifo': { kind: 'insertion' },
  's3-fifo-fills-main': { kind: 'insertion' },
  's3-fifo-small-share': { kind: 'insertion' },
  'w-tinylfu': { kind: 'frequency', isSame: true },
};

/** How near a peer is to a policy; undefined: others are nearer. */
function nearness(policy: string, peer: string): BenchmarkResult['nearest'] {
  const own = KINDS[policy];
  if (own === undefined || !(PEERS_OF_KIND[own.kind] as readonly string[]).includes(peer)) return undefined;
  return own.isSame === true ? 'the same' : 'of its kind';
}

interface Workload {
  readonly requests: number;
  readonly capacity: number;
  readonly path: string;
  readonly keys: Int32Array;
  readonly ids: Int32Array;
  readonly hashes: KeyHashes;
  readonly objects: number;
}

async function* run(options: BenchmarkOptions): AsyncGenerator<BenchmarkResult> {
  const directory = await mkdtemp(join(tmpdir(), 'brownout-bench-'));
  try {
    const workload = await createWorkload(join(directory, 'trace.txt'), options.quick ? 100_000 : 3_000_000);
    const rounds = options.quick ? 1 : 3;
    const secondsAtLeast = options.quick ? 0.2 : 0.3;
    const policies = Object.keys(evictionPolicies);
    const peers = Object.keys(PEERS);

    options.progress(`cachesim: ${workload.requests} requests from a file`);
    const fromFile = [
      ...policies.map((name) => command(name, workload)),
      ...peers.map((name) => peerBehindReader(name, workload)),
    ];
    yield* pairs(
      'cachesim',
      await measureInTurn(fromFile, rounds, options.interrupted, secondsAtLeast),
      workload.requests,
    );

    options.progress(`cachesim-loaded: ${workload.requests} requests in memory`);
    const inMemory = [
      ...policies.map((name) => simulation(name, workload)),
      ...peers.map((name) => peerInMemory(name, workload)),
    ];
    yield* pairs(
      'cachesim-loaded',
      await measureInTurn(inMemory, rounds, options.interrupted, secondsAtLeast),
      workload.requests,
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Every policy beside every peer. */
function* pairs(name: string, rates: ReadonlyMap<string, number[]>, size: number): Generator<BenchmarkResult> {
  const peers = Object.keys(PEERS).map((peer) => [peer, rates.get(peer)!] as const);
  for (const variant of Object.keys(evictionPolicies)) {
    const chosen = new Map([[variant, rates.get(variant)!], ...peers]);
    for (const result of compareWithFirst(chosen, { name, variant, size, unit: 'requests/s' })) {
      const nearest = nearness(variant, result.peer!);
      yield nearest === undefined ? result : { ...result, nearest };
    }
  }
}

/**
 * A new cache of a peer's; and a small one stays for ever, as one of each policy's does (`keepOne`). Where an engine has met
 * one cache at a time it compiles the code for that very one, and throws it away together with the cache: at the collection
 * of garbage before every sample, which then is, of lru-cache, a quarter as fast, and of our LRU two thirds.
 */
function newPeer(name: string, capacity: number): Peer {
  keepOne(name, () => PEERS[name](4));
  return PEERS[name](capacity);
}

function keepOne(name: string, create: () => unknown): void {
  if (!kept.has(name)) kept.set(name, create());
}

const kept = new Map<string, unknown>();

function command(name: string, { path, requests, capacity }: Workload): Contender {
  const interrupted = new AbortController().signal;
  return {
    name,
    work: async () => {
      keepOne(name, () => newSimulation(name, 4, 0));
      const file = await TraceFile.open(path, process.stdin, interrupted);
      await replay({
        pieces: file.pieces(),
        reader: traceFormats.lines.create(),
        policies: new Map([[name, evictionPolicies[name]]]),
        sizes: [{ units: capacity }],
        seed: undefined,
        interrupted,
        progress: () => {},
      });
      return requests;
    },
  };
}

function peerBehindReader(name: string, workload: Workload): Contender {
  const { path, requests, capacity } = workload;
  return {
    name,
    work: async () => {
      const ask = newPeer(name, capacity);
      const askAll = (batches: Iterable<KeyBatch>): void => {
        for (const { count, low } of batches) ask(low, count);
      };
      const file = await TraceFile.open(path, process.stdin, new AbortController().signal);
      const reader = traceFormats.lines.create();
      for await (const piece of file.pieces()) askAll(reader.read(piece));
      askAll(reader.end());
      return requests;
    },
  };
}

function simulation(name: string, { ids, hashes, objects, capacity, requests }: Workload): Contender {
  const policy = evictionPolicies[name];
  return {
    name,
    work: () => {
      keepOne(name, () => newSimulation(name, 4, 0));
      const cache = newSimulation(name, capacity, objects, hashes.of);
      const uses = policy.needsFuture === true ? nextUses(ids) : undefined;
      for (let start = 0; start < requests; start += BLOCK) {
        const end = start + BLOCK;
        cache.replay({ ids: ids.subarray(start, end), ...(uses && { nextUses: uses.subarray(start, end) }) });
      }
      return requests;
    },
  };
}

function newSimulation(name: string, size: number, objects: number, keyHash = (id: number) => id): SimulatedCache {
  const random = new RandomStreams(1).stream(name);
  return new SimulatedCache({ name, entry: evictionPolicies[name], size, objects, random, keyHash });
}

function peerInMemory(name: string, workload: Workload): Contender {
  const { keys, requests, capacity } = workload;
  return {
    name,
    work: () => {
      const ask = newPeer(name, capacity);
      for (let start = 0; start < requests; start += BLOCK) {
        const block = keys.subarray(start, start + BLOCK);
        ask(block, block.length);
      }
      return requests;
    },
  };
}

async function createWorkload(path: string, requests: number): Promise<Workload> {
  const objectsAtMost = Math.floor(requests / 3);
  const popularity = zipf(objectsAtMost, 1);
  const random = new RandomStreams(1).stream('bench/cachesim');
  // Multiplying by a prime that does not divide the count of keys is a permutation of them.
  const keys = Int32Array.from({ length: requests }, () => (popularity.sample(random) * 7919) % objectsAtMost);
  await writeFile(path, `${keys.join('\n')}\n`);
  const table = new KeyTable();
  const hashes = new KeyHashes();
  const ids = new Int32Array(requests);
  const reader = traceFormats.lines.create();
  let count = 0;
  const file = await TraceFile.open(path, process.stdin, new AbortController().signal);
  for await (const piece of file.pieces()) {
    for (const batch of reader.read(piece)) {
      table.intern(batch, ids, count);
      hashes.add(batch, ids, count);
      count += batch.count;
    }
  }
  return { requests, capacity: Math.floor(objectsAtMost / 10), path, keys, ids, hashes, objects: table.size };
}
