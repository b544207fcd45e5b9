/**
 * The replay of a trace through any number of caches at once. The trace is read once, in blocks, and each block goes
 * through every cache in turn, so that it is parsed and interned once and each cache's loop stays hot. Where a size is
 * a percentage of the objects, or a policy knows the future, the trace is first put into a temporary file (`Spool`).
 *
 * Memory grows with the trace's distinct objects and with the caches, not with its requests. For a miss-ratio curve LRU
 * and OPT take one pass whatever the number of sizes, and the other policies a cache for each size; a sample of the objects
 * (SHARDS) makes both as much smaller, at the price of an estimate.
 */
import { setImmediate } from 'node:timers/promises';
import {
  countOfGood,
  estimatedHits,
  KeySampler,
  KeyTable,
  RandomStreams,
  type EvictionPolicyEntry,
  type KeyBatch,
  type TraceReader,
} from '../../../sim-core/index.ts';
import { SimulatedCurve, takesOnePass } from './curve.ts';
import { KeyHashes } from './key-hashes.ts';
import { SimulatedCache } from './simulated-cache.ts';
import { unitsOf, type CacheSize } from './sizes.ts';
import { Spool, type Block } from './spool.ts';
import { TraceFileError } from './trace-file-error.ts';

export interface Replay {
  readonly pieces: AsyncIterable<Uint8Array>;
  readonly reader: TraceReader;
  readonly policies: ReadonlyMap<string, EvictionPolicyEntry>;
  readonly sizes: readonly CacheSize[];
  /** Are sizes in bytes, of objects as large as the trace says? The reader then reads those. */
  readonly inBytes?: boolean;
  /**
   * Of the policies that draw, a whole number from 0; undefined: 1, or the source's own where a policy draws from the
   * stream of its source.
   */
  readonly seed: string | undefined;
  /** Are policies to take one pass for all sizes, where they can? */
  readonly isCurve?: boolean;
  /** Of the objects the share to look at, above 0 and at most 1; undefined: all, and no estimate. */
  readonly sampleRate?: number | undefined;
  readonly interrupted: AbortSignal;
  /** Told between blocks what is under way. */
  readonly progress: (stage: ReplayStage, requests: number) => void;
}

export type ReplayStage = 'reading' | 'looking ahead' | 'replaying';

/** What became of one policy at one size. */
export interface CacheOutcome {
  readonly policyName: string;
  /** Objects that it may hold, or bytes. */
  readonly size: number;
  readonly requests: number;
  readonly hits: number;
  /** Where sizes are in bytes: how many were asked for, and how many of them hit. */
  readonly bytes?: { readonly asked: number; readonly hit: number };
  /** Spent in this cache alone, or in the one pass of its curve. */
  readonly seconds: number;
}

export interface ReplayOutcome {
  /** Requests and distinct objects read; the objects are an estimate where they are sampled. */
  readonly requests: number;
  readonly objects: number;
  /** Where sizes are in bytes: of all objects together, each as large as when it was first requested; */
  readonly bytes?: number;
  /** and the requests for objects of size zero, which are taken for one byte. */
  readonly ofSizeZero?: number;
  /** By policy, then by size, in the order asked for; none if interrupted before the replay began. */
  readonly caches: readonly CacheOutcome[];
  /** Whether it was stopped: the caches' figures are then of the requests replayed so far. */
  readonly isInterrupted: boolean;
}

/** Requests that are interned before they go through the caches. */
const BLOCK = 65_536;

/** Throws `TraceError` and `TraceFileError` where the trace is damaged. */
export async function replay(job: Replay): Promise<ReplayOutcome> {
  const objects = new Objects(job);
  const simulations: Simulation[] = [];
  const knowsFuture = [...job.policies.values()].some((policy) => policy.needsFuture === true);
  const isRelative = job.sizes.some((size) => !('units' in size));
  const isCurveAlone = [...job.policies.keys()].every((name) => isOnePass(job, name));
  let isInterrupted = false;
  try {
    if (knowsFuture || (isRelative && !isCurveAlone)) await replaySpooled(job, objects, simulations, knowsFuture);
    else await replayDirectly(job, objects, simulations);
  } catch (error) {
    isInterrupted = job.interrupted.aborted && (error as Error).name === 'AbortError';
    if (!isInterrupted) throw error;
  }
  const { requests } = job.reader;
  const caches = simulations.flatMap((simulation) => outcomes(simulation, job, objects, isInterrupted));
  const { bytes, ofSizeZero } = objects;
  return { requests, objects: objects.size, ...(job.inBytes && { bytes, ofSizeZero }), caches, isInterrupted };
}

/** One pass for all sizes: of a stack algorithm, if the objects count alike; with sizes there is none (`curve.ts`). */
const isOnePass = ({ isCurve, inBytes }: Replay, policy: string): boolean =>
  isCurve === true && inBytes !== true && takesOnePass(policy);

async function replayDirectly(job: Replay, objects: Objects, simulations: Simulation[]): Promise<void> {
  simulations.push(...createSimulations(job, false, objects));
  for await (const block of internedBlocks(job, objects)) {
    for (const { simulated } of simulations) simulated.replay(block);
    await pause(job, 'reading', job.reader.requests);
  }
}

async function replaySpooled(
  job: Replay,
  objects: Objects,
  simulations: Simulation[],
  knowsFuture: boolean,
): Promise<void> {
  const spool = await Spool.create();
  try {
    for await (const block of internedBlocks(job, objects)) {
      await spool.append(block);
      await pause(job, 'reading', job.reader.requests);
    }
    const ofAll = (sampled: number): number => Math.round(sampled / objects.rate);
    if (knowsFuture) {
      await spool.findNextUses(objects.interned, (sampled) => pause(job, 'looking ahead', ofAll(sampled)));
    }
    simulations.push(...createSimulations(job, true, objects));
    for await (const block of spool.blocks(knowsFuture)) {
      for (const { simulated } of simulations) simulated.replay(block);
      await pause(job, 'replaying', ofAll(simulations[0].simulated.requests));
    }
  } finally {
    await spool.close();
  }
}

/** The trace as dense ids. A block holds until the next one is asked for. */
async function* internedBlocks({ pieces, reader, inBytes }: Replay, objects: Objects): AsyncGenerator<Block> {
  const ids = new Int32Array(BLOCK);
  const sizes = inBytes === true ? new Float64Array(BLOCK) : undefined;
  let count = 0;
  const filled = (): Block => ({ ids: ids.subarray(0, count), ...(sizes && { sizes: sizes.subarray(0, count) }) });
  const intern = function* (batches: Iterable<KeyBatch>): Generator<Block> {
    for (const batch of batches) {
      if (count + batch.count > BLOCK) {
        yield filled();
        count = 0;
      }
      const chosen = objects.intern(batch, ids, count);
      if (sizes !== undefined) objects.measure(batch, ids, sizes, count);
      count += chosen;
    }
  };
  try {
    for await (const piece of pieces) yield* intern(reader.read(piece));
  } catch (error) {
    if (!(error instanceof TraceFileError)) throw error;
    throw new TraceFileError(`${error.message} (${countOfGood(reader.requests)} before it)`, { cause: error });
  }
  yield* intern(reader.end());
  if (count > 0) yield filled();
}

/** The trace's objects: their ids, and the hashes of their keys if a policy asks for them. */
class Objects {
  readonly #table = new KeyTable();
  readonly #hashes = new KeyHashes();
  readonly #areHashed: boolean;
  readonly #sampler: KeySampler | undefined;
  readonly keyHash = this.#hashes.of;
  /** Bytes of all objects, and requests for those of size zero, of the batches that were measured. */
  bytes = 0;
  ofSizeZero = 0;
  #measured = 0;

  constructor({ policies, sampleRate }: Replay) {
    this.#areHashed = [...policies.values()].some((policy) => policy.hashesKeys === true);
    this.#sampler = sampleRate === undefined ? undefined : new KeySampler(sampleRate);
  }

  /** Of the trace's objects the share that is looked at. */
  get rate(): number {
    return this.#sampler?.rate ?? 1;
  }

  /** How many objects are looked at, */
  get interned(): number {
    return this.#table.size;
  }

  /** and how many there are. */
  get size(): number {
    return Math.round(this.#table.size / this.rate);
  }

  /** Writes the ids of those of the batch's keys that are looked at, and returns how many that are. */
  intern(batch: KeyBatch, ids: Int32Array, offset: number): number {
    const chosen = this.#sampler?.select(batch) ?? batch;
    this.#table.intern(chosen, ids, offset);
    if (this.#areHashed) this.#hashes.add(chosen, ids, offset);
    return chosen.count;
  }

  /** Writes the sizes of the batch's objects, which was interned without being sampled. Zero is taken for one. */
  measure(batch: KeyBatch, ids: Int32Array, sizes: Float64Array, offset: number): void {
    if (batch.sizes === undefined) throw new TypeError('sizes are wanted of a reader that reads none');
    for (let i = 0; i < batch.count; i++) {
      const size = batch.sizes[i];
      if (size === 0) this.ofSizeZero++;
      sizes[offset + i] = size === 0 ? 1 : size;
      if (ids[offset + i] < this.#measured) continue;
      this.#measured++; // ids are given in order of first appearance
      this.bytes += sizes[offset + i];
    }
  }
}

/** A policy's simulation: at one size, or its curve at all of them. */
type Simulation =
  | { readonly size: CacheSize; readonly simulated: SimulatedCache }
  | { readonly size: undefined; readonly simulated: SimulatedCurve };

/** `isCounted` says that all objects have been seen. */
function createSimulations(job: Replay, isCounted: boolean, objects: Objects): Simulation[] {
  const { policies, sizes, seed } = job;
  const streams = new RandomStreams(seed ?? '1');
  const sourceSeed = seed === undefined ? undefined : Number(BigInt(seed) % SOURCE_SEEDS);
  return [...policies].flatMap(([name, entry]): Simulation[] => {
    if (isOnePass(job, name)) return [{ size: undefined, simulated: new SimulatedCurve(name) }];
    return sizes.map((size) => {
      const capacity = capacityOf(size, job, objects);
      const random = entry.sourceStream?.(sourceSeed) ?? streams.stream(`cachesim/${name}/${capacity}`);
      const scaled = Math.max(1, Math.round(capacity * objects.rate));
      const room = isCounted ? objects.interned : 0;
      const hasSizes = job.inBytes === true;
      const cache = { name, entry, size: scaled, hasSizes, objects: room, random, keyHash: objects.keyHash };
      return { size, simulated: new SimulatedCache(cache) };
    });
  });
}

const capacityOf = (size: CacheSize, job: Replay, objects: Objects): number =>
  unitsOf(size, job.inBytes === true ? objects.bytes : objects.size);

/** The seeds that a source's stream takes. */
const SOURCE_SEEDS = 2n ** 48n;

function outcomes(
  { size, simulated }: Simulation,
  job: Replay,
  objects: Objects,
  isInterrupted: boolean,
): CacheOutcome[] {
  const { seconds, requests: seen } = simulated;
  const { rate } = objects;
  const requests = isInterrupted ? Math.round(seen / rate) : job.reader.requests;
  const ofAll = (hits: number): number => (rate === 1 ? hits : estimatedHits(requests, rate, seen, hits));
  if (size !== undefined) {
    const { policyName, hits, bytes, hitBytes } = simulated;
    const one = { policyName, size: capacityOf(size, job, objects), requests, hits: ofAll(hits), seconds };
    return [{ ...one, ...(job.inBytes && { bytes: { asked: bytes, hit: hitBytes } }) }];
  }
  const capacities = job.sizes.map((one) => unitsOf(one, objects.size));
  const hits = simulated.hits(capacities.map((capacity) => capacity * rate));
  return capacities.map((capacity, index) => {
    return { policyName: simulated.policyName, size: capacity, requests, hits: ofAll(hits[index]), seconds };
  });
}

/** Between two blocks Ctrl-C and the progress display get their turn. */
async function pause({ interrupted, progress }: Replay, stage: ReplayStage, requests: number): Promise<void> {
  await setImmediate(undefined, { signal: interrupted });
  progress(stage, requests);
}
