/** A trace's file is closed however its reading ends: Node ends programs that leave that to its garbage collector. */
import { existsSync, mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TraceFileError } from '../../../../scenarios/cli/cachesim/trace-file-error.ts';
import { TraceFile } from '../../../../scenarios/cli/cachesim/trace-file.ts';
import { cachesim } from '../../../../scenarios/cli/commands/cachesim.ts';

const DESCRIPTORS = '/proc/self/fd';
const never = new AbortController().signal;

let directory: string;
beforeAll(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'brownout-test-')));
});
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

/** How many of this process's descriptors stand for the file. */
function openDescriptors(path: string): number {
  return readdirSync(DESCRIPTORS).filter((name) => {
    try {
      return readlinkSync(join(DESCRIPTORS, name)) === path;
    } catch {
      return false;
    }
  }).length;
}

const long = 'one\ntwo\n'.repeat(200_000);

describe.skipIf(!existsSync(DESCRIPTORS))('the file of a trace', () => {
  const open = (path: string): Promise<TraceFile> => TraceFile.open(path, process.stdin, never);

  it('is open until it is read to its end', async () => {
    const path = file('whole.txt', long);
    const trace = await open(path);
    const pieces = trace.pieces();
    await pieces.next();
    expect(openDescriptors(path)).toBe(1);
    for await (const _ of pieces);
    expect(openDescriptors(path)).toBe(0);
  });

  it.each([
    ['plain', long],
    ['compressed', gzipSync(long)],
  ])('is closed when a reader of a %s one wants no more after the first piece', async (kind, content) => {
    const path = file(`left-${kind}`, content);
    for await (const _ of (await open(path)).pieces()) break;
    expect(openDescriptors(path)).toBe(0);
  });

  it.each([
    ['a compression that is not read', Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4, 0xe6, 0xd6, 0xb4, 0x46)],
    [
      'a zstd frame with an impossible block',
      Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, 1, 0xff, 0xff, 0xff, 0, 0, 0),
    ],
    ['a gzip archive with a damaged block', Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff, 0xff)],
  ])('is closed by %s', async (name, head) => {
    const path = file(name.replaceAll(' ', '-'), Buffer.concat([head, new Uint8Array(1_000_000)]));
    const trace = await open(path);
    await expect(async () => {
      for await (const _ of trace.pieces());
    }).rejects.toThrow(TraceFileError);
    expect(openDescriptors(path)).toBe(0);
  });

  it('is closed by `close` when nobody has read it, and by closing it again', async () => {
    const path = file('unread.txt', long);
    const trace = await open(path);
    await trace.close();
    await trace.close();
    expect(openDescriptors(path)).toBe(0);
  });

  it('is closed by the command whose trace has a damaged line, and by one that is interrupted', async () => {
    const path = file('damaged.txt', `one\n\n${long}`);
    const cli = { out: () => {}, err: () => {}, isTerminal: false };
    const options = { reader: 'lines', policies: 'lru', sizes: '10', format: 'json' };
    await expect(cachesim(path, options, { ...cli, interrupted: never })).rejects.toThrow('line 2');
    expect(await cachesim(file('sound.txt', long), options, { ...cli, interrupted: AbortSignal.abort() })).toBe(130);
    expect(openDescriptors(path)).toBe(0);
    expect(openDescriptors(join(directory, 'sound.txt'))).toBe(0);
  });
});
