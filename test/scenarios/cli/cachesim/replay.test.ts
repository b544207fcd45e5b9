/** The replay in blocks, and through the temporary file, against the same policies asked request by request in memory. */
import fc from 'fast-check';
import { Buffer } from 'node:buffer';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { replay, type Replay, type ReplayOutcome } from '../../../../scenarios/cli/cachesim/replay.ts';
import { parseSize } from '../../../../scenarios/cli/cachesim/sizes.ts';
import { evictionPolicies, RandomStreams, traceFormats } from '../../../../sim-core/index.ts';
import { KnownFuture } from '../../../../sim-core/cache/eviction/known-future.ts';
import { denseIds, lines } from '../../../sim-core/workload/traces/encodings.ts';

async function* arriving(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const job = (bytes: Uint8Array, policies: string[], sizes: string[], more: Partial<Replay> = {}): Replay => ({
  pieces: arriving(bytes),
  reader: traceFormats.lines.create(),
  policies: new Map(policies.map((name) => [name, evictionPolicies[name]])),
  sizes: sizes.map((size) => parseSize(size, more.inBytes === true ? 'bytes' : 'objects')),
  seed: '1',
  interrupted: new AbortController().signal,
  progress: () => {},
  ...more,
});

const hits = ({ caches }: ReplayOutcome): number[] => caches.map((cache) => cache.hits);

/** The hits of one policy over a trace of small numbers in memory, request by request. */
function hitsInMemory(name: string, keys: number[], capacity: number): number {
  const ids = denseIds(keys.map(String));
  const future = new KnownFuture(Int32Array.from(ids));
  const random =
    evictionPolicies[name].sourceStream?.(1) ?? new RandomStreams(1).stream(`cachesim/${name}/${capacity}`);
  const keyHash = (id: number): number => keys[ids.indexOf(id)];
  const policy = evictionPolicies[name].create({ capacity, future, random, keyHash });
  return ids.filter((id, position) => {
    future.position = position;
    return policy.request(id);
  }).length;
}

/** The same where objects have sizes, and the bytes of the hits. */
function sizedInMemory(name: string, keys: number[], taken: number[], capacity: number) {
  const ids = denseIds(keys.map(String));
  const future = new KnownFuture(Int32Array.from(ids));
  const random =
    evictionPolicies[name].sourceStream?.(1) ?? new RandomStreams(1).stream(`cachesim/${name}/${capacity}`);
  const keyHash = (id: number): number => keys[ids.indexOf(id)];
  let now = 0;
  const policy = evictionPolicies[name].create({ capacity, future, random, keyHash, sizeOf: () => taken[now] });
  let hits = 0;
  let bytes = 0;
  for (; now < ids.length; now++) {
    future.position = now;
    if (!policy.request(ids[now])) continue;
    hits++;
    bytes += taken[now];
  }
  return { hits, bytes };
}

/** A folder for temporary files of this test alone. */
const own = mkdtempSync(join(tmpdir(), 'brownout-test-'));
vi.stubEnv('TMPDIR', own);
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(own, { recursive: true });
});
const temporary = (): string[] => readdirSync(own);

/** A trace of several blocks, with popular and rare keys. */
const longTrace = Array.from({ length: 200_000 }, (_, index) => String((index * (index % 7) * 31) % 5003));

describe('replay', () => {
  it('gives every policy what it gets request by request, in one pass, in two, and through the temporary file', async () => {
    const names = Object.keys(evictionPolicies);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(20), { minLength: 1, maxLength: 300 }),
        fc.integer({ min: 1, max: 9 }),
        async (keys, size) => {
          const expected = names.map((name) => hitsInMemory(name, keys, size));
          const outcome = await replay(job(lines(keys.map(String)), names, [String(size)]));
          expect(hits(outcome)).toEqual(expected);
          expect([outcome.requests, outcome.objects]).toEqual([keys.length, new Set(keys).size]);
          const blind = names.filter((name) => evictionPolicies[name].needsFuture !== true);
          const direct = await replay(job(lines(keys.map(String)), blind, [String(size)]));
          expect(hits(direct)).toEqual(expected.slice(0, blind.length));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('gives every policy the size that the object has at that request, in one pass and in two', async () => {
    const names = Object.keys(evictionPolicies);
    const anyRequests = fc.array(fc.tuple(fc.nat(20), fc.integer({ min: 0, max: 30 })), {
      minLength: 1,
      maxLength: 300,
    });
    await fc.assert(
      fc.asyncProperty(anyRequests, fc.integer({ min: 1, max: 120 }), async (requests, capacity) => {
        const csv = `key,size\n${requests.map(([key, size]) => `${key},${size}`).join('\n')}\n`;
        const sized = (policies: string[], size: string): Promise<ReplayOutcome> => {
          const reader = traceFormats.csv.create({ withSizes: true });
          return replay(job(Buffer.from(csv), policies, [size], { inBytes: true, reader }));
        };
        const taken = requests.map(([, size]) => Math.max(1, size));
        const asked = taken.reduce((sum, size) => sum + size, 0);
        const expected = names.map((name) =>
          sizedInMemory(
            name,
            requests.map(([key]) => key),
            taken,
            capacity,
          ),
        );
        const outcome = await sized(names, String(capacity));
        expect(outcome.caches.map(({ hits, bytes }) => [hits, bytes])).toEqual(
          expected.map(({ hits, bytes }) => [hits, { asked, hit: bytes }]),
        );
        const first = new Map([...requests.keys()].reverse().map((index) => [requests[index][0], taken[index]]));
        expect(outcome.bytes).toBe([...first.values()].reduce((sum, size) => sum + size, 0));
        expect(outcome.ofSizeZero).toBe(requests.filter(([, size]) => size === 0).length);
        const whole = await sized(['lru'], '100%');
        expect(whole.caches[0].size).toBe(outcome.bytes);
      }),
      { numRuns: 40 },
    );
  });

  it('carries OPT and the others over the borders of blocks, sizes in the order asked for', async () => {
    const keys = longTrace.map(Number);
    const names = ['opt', 'lru', 'opt-bypass'];
    const outcome = await replay(job(lines(longTrace), names, ['100', '10%']));
    expect(outcome.objects).toBe(new Set(longTrace).size);
    const tenth = Math.floor(outcome.objects / 10);
    expect(outcome.caches.map(({ policyName, size }) => `${policyName} ${size}`)).toEqual(
      names.flatMap((name) => [`${name} 100`, `${name} ${tenth}`]),
    );
    expect(hits(outcome)).toEqual(
      names.flatMap((name) => [hitsInMemory(name, keys, 100), hitsInMemory(name, keys, tenth)]),
    );
    expect(temporary()).toEqual([]);
  });

  it.each(['reading', 'looking ahead', 'replaying'] as const)('interrupted while %s, leaves no file', async (when) => {
    const abort = new AbortController();
    const progress: Replay['progress'] = (stage) => {
      expect(temporary()).toEqual([]);
      if (stage === when) abort.abort();
    };
    const outcome = await replay(
      job(lines(longTrace), ['opt', 'fifo'], ['5%'], { interrupted: abort.signal, progress }),
    );
    expect(outcome.isInterrupted).toBe(true);
    const replayed = outcome.caches.map((cache) => cache.requests);
    expect(replayed).toEqual(when === 'replaying' ? [131_072, 131_072] : []);
    expect(temporary()).toEqual([]);
  });

  it('interrupted in a single pass, has the results of the requests so far', async () => {
    const abort = new AbortController();
    const outcome = await replay(
      job(lines(longTrace), ['fifo'], ['50'], { interrupted: abort.signal, progress: () => abort.abort() }),
    );
    expect(outcome.isInterrupted).toBe(true);
    const [{ requests, hits }] = outcome.caches;
    expect(requests).toBeGreaterThan(60_000);
    expect(requests).toBeLessThan(longTrace.length);
    expect(hits).toBe(hitsInMemory('fifo', longTrace.slice(0, requests).map(Number), 50));
  });

  it('leaves no file where the trace is damaged', async () => {
    const damaged = lines([...longTrace, '', '1']);
    await expect(replay(job(damaged, ['opt'], ['5%']))).rejects.toThrow('line 200001: is empty');
    expect(temporary()).toEqual([]);
  });

  it('as a curve has for every policy and size what a replay at that size has, in whichever order', async () => {
    const names = ['sieve', 'lru', 'opt', 'opt-bypass'];
    const sizes = ['10%', '7', '300', '100%'];
    const direct = await replay(job(lines(longTrace), names, sizes));
    const curve = await replay(job(lines(longTrace), names, sizes, { isCurve: true }));
    const rows = ({ caches }: ReplayOutcome): string[] =>
      caches.map(({ policyName, size, requests, hits }) => [policyName, size, requests, hits].join());
    expect(rows(curve)).toEqual(rows(direct));
    // LRU alone needs no first pass for sizes in per cent.
    const stages = new Set<string>();
    const progress: Replay['progress'] = (stage) => stages.add(stage);
    const alone = await replay(job(lines(longTrace), ['lru'], sizes, { isCurve: true, progress }));
    expect(rows(alone)).toEqual(rows(direct).filter((row) => row.startsWith('lru')));
    expect([...stages]).toEqual(['reading']);
  });

  it('from a sample of the objects estimates every policy at every size', async () => {
    const names = ['lru', 'sieve', 'opt'];
    const direct = await replay(job(lines(longTrace), names, ['5%', '20%']));
    const sampled = await replay(job(lines(longTrace), names, ['5%', '20%'], { isCurve: true, sampleRate: 0.25 }));
    expect(sampled.requests).toBe(direct.requests);
    expect(Math.abs(sampled.objects / direct.objects - 1)).toBeLessThan(0.15);
    for (const [index, { requests, hits }] of sampled.caches.entries()) {
      expect(requests).toBe(direct.requests);
      expect(Math.abs(hits - direct.caches[index].hits) / requests).toBeLessThan(0.06);
    }
    const all = await replay(job(lines(longTrace), names, ['5%', '20%'], { isCurve: true, sampleRate: 1 }));
    expect(hits(all)).toEqual(hits(direct));
  });
});
