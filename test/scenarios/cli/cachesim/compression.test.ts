/** Compressed traces come out as they went in, in any pieces; a cut or damaged archive gives what it holds and says so. */
import fc from 'fast-check';
import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decompressed } from '../../../../scenarios/cli/cachesim/compression.ts';
import { Xxh64 } from '../../../../scenarios/cli/cachesim/xxh64.ts';
import { cut } from '../../../sim-core/workload/traces/encodings.ts';

const hasZstd = (() => {
  try {
    execFileSync('zstd', ['--version']);
    return true;
  } catch {
    return false;
  }
})();

const zstd = (bytes: Uint8Array, ...options: string[]): Buffer =>
  execFileSync('zstd', ['-q', '-c', ...options], { input: bytes, maxBuffer: 1 << 28 });

async function* arriving(pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

/** Everything that comes out, and the error that ends it. */
async function read(pieces: Iterable<Uint8Array>): Promise<{ bytes: Buffer; error?: string }> {
  const output: Uint8Array[] = [];
  try {
    for await (const piece of decompressed(arriving(pieces))) output.push(Uint8Array.from(piece));
    return { bytes: Buffer.concat(output) };
  } catch (error) {
    return { bytes: Buffer.concat(output), error: (error as Error).message };
  }
}

const text = Buffer.from(Array.from({ length: 60_000 }, (_, index) => `key-${(index * 7919) % 5003}\n`).join(''));

describe('what is not compressed', () => {
  it('comes through as it is, in any pieces, however short', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ max: 0x1e, maxLength: 30 }).chain((bytes) => fc.tuple(fc.constant(bytes), cut(bytes))),
        async ([bytes, pieces]) => {
          expect(await read(pieces)).toEqual({ bytes: Buffer.from(bytes) });
        },
      ),
    );
  });

  it.each([
    ['xz', 'fd377a585a000004e6d6b446'],
    ['bzip2', '425a6839314159265359aabb'],
    ['zip', '504b030414000000080021000000'],
  ])('unless it is %s, which is named', async (name, bytes) => {
    const { error } = await read([Buffer.from(bytes, 'hex')]);
    expect(error).toBe(`is compressed with ${name}; expected gzip, zstd or no compression`);
  });
});

describe('gzip', () => {
  const archive = gzipSync(text);

  it('of several members, in any pieces', async () => {
    const members = Buffer.concat([gzipSync(text.subarray(0, 1000)), gzipSync(''), gzipSync(text.subarray(1000))]);
    await fc.assert(
      fc.asyncProperty(cut(members), async (pieces) => {
        const { bytes, error } = await read(pieces);
        expect(error).toBeUndefined();
        expect(bytes.equals(text)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('that is cut gives all that it still holds, then says so', async () => {
    let most = 0;
    for (const length of [5, 200, archive.length >> 1, archive.length - 9, archive.length - 1]) {
      const { bytes, error } = await read([archive.subarray(0, length)]);
      expect(error).toBe('the gzip archive is cut short');
      expect(bytes.equals(text.subarray(0, bytes.length))).toBe(true);
      expect(bytes.length).toBeGreaterThanOrEqual(most);
      most = bytes.length;
    }
    expect(most).toBe(text.length);
  });

  it('with a flipped bit is corrupt, unless it makes no difference', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 200, max: archive.length - 5 }), fc.nat(7), async (at, bit) => {
        const damaged = Buffer.from(archive);
        damaged[at] ^= 1 << bit;
        const { bytes, error } = await read([damaged]);
        if (error === undefined) expect(bytes.equals(text)).toBe(true);
        else expect(error).toMatch(/^the gzip archive is (corrupt|cut short)/);
      }),
      { numRuns: 30 },
    );
  });

  it('with something behind it is corrupt', async () => {
    expect((await read([archive, Buffer.from('more')])).error).toBe(
      'the gzip archive is corrupt (incorrect header check)',
    );
  });
});

describe.skipIf(!hasZstd)('zstd, written by the zstd program (skipped where there is none)', () => {
  it.each([
    ['as usual', ['-3']],
    ['hard', ['-19']],
    ['without checksum', ['--no-check']],
    ['fast', ['--fast=5']],
  ])('written %s, in any pieces', async (_, options) => {
    const archive = zstd(text, ...options);
    await fc.assert(
      fc.asyncProperty(cut(archive), async (pieces) => {
        const { bytes, error } = await read(pieces);
        expect(error).toBeUndefined();
        expect(bytes.equals(text)).toBe(true);
      }),
      { numRuns: 5 },
    );
  });

  it('of several frames, of skippable, empty and tiny ones, in any pieces', async () => {
    const skippable = Buffer.from('5a2a4d1805000000aabbccddee', 'hex');
    const parts = [
      skippable,
      zstd(text.subarray(0, 2)),
      zstd(Buffer.alloc(0)),
      zstd(text.subarray(2, 5000)),
      skippable,
    ];
    await fc.assert(
      fc.asyncProperty(cut(Buffer.concat(parts)), async (pieces) => {
        expect(await read(pieces)).toEqual({ bytes: text.subarray(0, 5000) });
      }),
      { numRuns: 30 },
    );
  });

  it('that is cut gives every whole block, then says so', async () => {
    const archive = zstd(text);
    for (const length of [5, archive.length >> 1, archive.length - 1]) {
      const { bytes, error } = await read([archive.subarray(0, length)]);
      expect(error).toBe('the zstd archive is cut short');
      expect(bytes.equals(text.subarray(0, bytes.length))).toBe(true);
    }
    expect((await read([archive.subarray(0, -1)])).bytes.length).toBe(text.length);
  });

  it('with a flipped bit is corrupt, thanks to the checksum that the decoder does not look at, unless it makes no difference', async () => {
    const archive = zstd(text);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 20, max: archive.length - 1 }), fc.nat(7), async (at, bit) => {
        const damaged = Buffer.from(archive);
        damaged[at] ^= 1 << bit;
        const { bytes, error } = await read([damaged]);
        if (error === undefined) expect(bytes.equals(text)).toBe(true);
        else expect(error).toMatch(/^the zstd archive is (corrupt|cut short)/);
      }),
      { numRuns: 30 },
    );
  });

  it('with something behind it is corrupt', async () => {
    const { error } = await read([zstd(text), Buffer.from('more')]);
    expect(error).toBe('the zstd archive is corrupt (no frame where one should start)');
  });
});

describe('zstd, kept here', () => {
  /** 400 lines `key-(7919 i mod 23)` by `zstd -19`. */
  const archive = Buffer.from(
    'KLUv/QRoPQIA+GtleS0wCmtleS03MTQyMTUyOTMwNzgyNjI0MTI5NgoWqHB0+wbQMhQbAxBKvf///2eo0cQON9uAtSim/0ZiAyf9Vaa4mALCLg5I',
    'base64',
  );
  const lines = Buffer.from(Array.from({ length: 400 }, (_, index) => `key-${(index * 7919) % 23}\n`).join(''));

  it('is read', async () => {
    expect(await read([archive])).toEqual({ bytes: lines });
  });

  it('is cut short without its last byte, and corrupt with a wrong checksum', async () => {
    expect(await read([archive.subarray(0, -1)])).toEqual({ bytes: lines, error: 'the zstd archive is cut short' });
    const wrong = Buffer.from(archive);
    wrong[wrong.length - 1] ^= 1;
    expect(await read([wrong])).toEqual({ bytes: lines, error: 'the zstd archive is corrupt (wrong checksum)' });
  });
});

describe('Xxh64', () => {
  // From the specification: the hash of nothing is ef46db3751d8e999.
  it('of nothing', () => {
    expect(new Xxh64().lowHalf()).toBe(0x51d8e999);
  });

  it('equals a plain computation with big integers, for every length and in any pieces', () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(
        bytes.chain((all) => fc.tuple(fc.constant(all), cut(all))),
        ([all, pieces]) => {
          const hash = new Xxh64();
          for (const piece of pieces) hash.update(piece);
          expect(hash.lowHalf()).toBe(Number(xxh64(all) & 0xffff_ffffn));
        },
      ),
    );
  });
});

/** XXH64 with seed 0 as its specification writes it down. */
function xxh64(bytes: Uint8Array): bigint {
  const mask = (1n << 64n) - 1n;
  const [p1, p2, p3, p4, p5] = [
    0x9e3779b185ebca87n,
    0xc2b2ae3d27d4eb4fn,
    0x165667b19e3779f9n,
    0x85ebca77c2b2ae63n,
    0x27d4eb2f165667c5n,
  ] as const;
  const rotate = (x: bigint, by: bigint): bigint => ((x << by) | (x >> (64n - by))) & mask;
  const round = (lane: bigint, input: bigint): bigint => (rotate((lane + input * p2) & mask, 31n) * p1) & mask;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  let hash: bigint = p5;
  if (bytes.length >= 32) {
    let lanes = [p1 + p2, p2, 0n, -p1].map((lane) => lane & mask);
    for (; bytes.length - at >= 32; at += 32)
      lanes = lanes.map((lane, i) => round(lane, view.getBigUint64(at + 8 * i, true)));
    hash = lanes.map((lane, i) => rotate(lane, [1n, 7n, 12n, 18n][i])).reduce((a, b) => a + b) & mask;
    for (const lane of lanes) hash = ((hash ^ round(0n, lane)) * p1 + p4) & mask;
  }
  hash = (hash + BigInt(bytes.length)) & mask;
  for (; bytes.length - at >= 8; at += 8) {
    hash = (rotate(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * p1 + p4) & mask;
  }
  if (bytes.length - at >= 4) {
    hash = (rotate(hash ^ ((BigInt(view.getUint32(at, true)) * p1) & mask), 23n) * p2 + p3) & mask;
    at += 4;
  }
  for (; at < bytes.length; at++) hash = (rotate(hash ^ ((BigInt(bytes[at]) * p5) & mask), 11n) * p1) & mask;
  hash = ((hash ^ (hash >> 33n)) * p2) & mask;
  hash = ((hash ^ (hash >> 29n)) * p3) & mask;
  return hash ^ (hash >> 32n);
}
