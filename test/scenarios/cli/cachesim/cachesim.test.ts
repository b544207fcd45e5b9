/** The command `cachesim` as a user meets it: what it prints where, its exit codes, what it refuses and in which words. */
import { Command } from 'commander';
import { Buffer } from 'node:buffer';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cachesim, cachesimCommand } from '../../../../scenarios/cli/commands/cachesim.ts';
import { oracleGeneral } from '../../../sim-core/workload/traces/encodings.ts';
import { run } from './run-cachesim.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'brownout-test-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const lru = ['--policies', 'lru', '--sizes', '2'];

describe('cachesim', () => {
  it('prints the one JSON document of the contract', async () => {
    const path = file('abc.txt', 'a\nb\na\nc\nb\na\n');
    const { code, out, err } = await run([path, '--policies', 'lru,fifo', '--sizes', '2,50%,1K', '--format', 'json']);
    expect(code).toBe(0);
    const { trace, results } = JSON.parse(out);
    expect(trace).toEqual({ requests: 6, objects: 3 });
    const speed = expect.any(Number);
    const row = (policy: string, size: number, hits: number): object => ({
      policy,
      size,
      requests: 6,
      hits,
      missRatio: (6 - hits) / 6,
      requestsPerSecond: speed,
    });
    expect(results).toEqual([
      row('lru', 2, 1),
      row('lru', 1, 0),
      row('lru', 1000, 3),
      row('fifo', 2, 2),
      row('fifo', 1, 0),
      row('fifo', 1000, 3),
    ]);
    expect(err).toMatch(/^Read as lines \(one key a line\).*\. 6 requests for 3 objects in .*\n$/);
  });

  it('prints a table or CSV', async () => {
    const path = file('abc.txt', 'a\nb\na\nc\nb\na\n');
    const table = await run([path, ...lru]);
    expect(table.out).toMatch(
      /^policy {2}size {2}requests {2}hits {2}miss ratio {2}requests\/s\n *lru {8}2 {9}6 {5}1 {4}0\.833333 {2} *[\d,]+\n$/,
    );
    const csv = await run([path, ...lru, '--format', 'csv']);
    expect(csv.out).toMatch(
      /^policy,size,requests,hits,miss_ratio,requests_per_second\nlru,2,6,1,0\.8333333333333334,\d+\n$/,
    );
  });

  it('knows the format by the name, less its compression, or is told', async () => {
    const paths: [string, string[], string][] = [
      [file('runs.lis.gz', gzipSync('5 3 0 0\n6 2 0 1\n')), [], 'arc'],
      [file('blocks.trace', '5\n6\n7\n*\n6\n7\n'), [], 'lirs'],
      [file('named.csv', 'time,key\n1,5\n2,6\n3,7\n4,6\n5,7\n'), [], 'csv'],
      [file('column.csv', 'key,block\n1,5\n2,6\n3,7\n4,6\n5,7\n'), ['--column', 'block'], 'csv'],
      [file('some.oracleGeneral', oracleGeneral([5n, 6n, 7n, 6n, 7n])), [], 'oracle-general'],
      // By their first bytes, not by their name, files are taken for compressed.
      [file('plain.gz', '5\n6\n7\n6\n7\n'), [], 'lines'],
    ];
    for (const [path, more, format] of paths) {
      const { code, out, err } = await run([path, ...lru, '--format', 'json', ...more]);
      expect([code, JSON.parse(out).trace, JSON.parse(out).results[0].hits]).toEqual([
        0,
        { requests: 5, objects: 3 },
        2,
      ]);
      expect(err).toContain(`as ${format} (`);
    }
    const told = await run([paths[2][0], ...lru, '--reader', 'lines', '--format', 'json']);
    expect(JSON.parse(told.out).trace).toEqual({ requests: 6, objects: 6 });
  });

  it('reads standard input, twice where that is needed', async () => {
    let out = '';
    const cli = {
      out: (text: string) => void (out += text),
      err: () => {},
      interrupted: new AbortController().signal,
      isTerminal: false,
    };
    const options = { reader: 'auto', policies: 'opt', sizes: '50%', seed: '1', format: 'json' };
    expect(await cachesim('-', options, cli, Readable.from([Buffer.from('a\nb\nc\nd\na'), Buffer.from('\nb\n')]))).toBe(
      0,
    );
    expect(JSON.parse(out)).toMatchObject({ trace: { requests: 6, objects: 4 }, results: [{ size: 2, hits: 1 }] });
  });

  it('gives the same draws for the same seed', async () => {
    const path = file('scan.txt', Array.from({ length: 5000 }, (_, index) => (index * index) % 997).join('\n'));
    const hits = async (seed: string): Promise<number> => {
      const { out } = await run([path, '--policies', 'random', '--sizes', '50', '--seed', seed, '--format', 'json']);
      return JSON.parse(out).results[0].hits;
    };
    expect(await hits('7')).toBe(await hits('7'));
    expect(new Set(await Promise.all(['1', '2', '3', '4', '5'].map(hits))).size).toBeGreaterThan(1);
  });

  it('tells in its help whose convention each policy follows', () => {
    let text = '';
    const program = new Command().configureOutput({ writeOut: (part) => (text += part) });
    const cli = { out: () => {}, err: () => {}, interrupted: new AbortController().signal, isTerminal: false };
    cachesimCommand.define(program, cli, () => {});
    program.commands[0].configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
    expect(text).toMatch(/^ {2}clock +FIFO with .*\(libCacheSim\)$/m);
    expect(text).toMatch(/^ {2}w-tinylfu +a window .*Caffeine\)$/m);
    expect(text).toMatch(/^Options of w-tinylfu, after colons, as w-tinylfu:window=0\.2:climb/m);
    expect(text).toMatch(/^ {2}window=0\.01: share of the capacity/m);
  });

  it('takes options of a policy after colons, any of them together', async () => {
    const path = file('zipf.txt', Array.from({ length: 20_000 }, (_, index) => (index * index * 31) % 997).join('\n'));
    const names = ['w-tinylfu', 'w-tinylfu:window=0.5', 'w-tinylfu:climb:doorkeeper:flood-defence=off:sketch=block'];
    const { out } = await run([path, '--policies', names.join(','), '--sizes', '50', '--format', 'csv']);
    const rows = out
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    expect(rows.slice(1).map(([policy]) => policy)).toEqual(names);
    expect(new Set(rows.slice(1).map(([, , , hits]) => hits)).size).toBe(3);
  });

  it('with --bytes takes sizes in bytes, and tells misses by request and by byte', async () => {
    // A large object is asked for between small ones: of 100 bytes it takes all, and LRU then has none of the small.
    const rows = ['a,40', 'b,40', 'a,40', 'big,100', 'a,40', 'a,40', 'huge,101', 'nought,0', 'a,40'];
    const csv = file('sized.csv', `key,size\n${rows.join('\n')}\n`);
    const binary = file(
      'sized.oracleGeneral',
      oracleGeneral([1n, 2n, 1n, 3n, 1n, 1n, 4n, 5n, 1n], [40, 40, 40, 100, 40, 40, 101, 0, 40]),
    );
    for (const path of [csv, binary]) {
      const { out, err } = await run([path, '--bytes', ...lru, '--sizes', '100B', '--format', 'json']);
      const { trace, results } = JSON.parse(out);
      expect(trace).toEqual({ requests: 9, objects: 5, bytes: 282 });
      expect(results).toMatchObject([{ size: 100, requests: 9, hits: 3 }]);
      expect(results[0].missRatio).toBeCloseTo(6 / 9, 12);
      expect(results[0].byteMissRatio).toBeCloseTo((442 - 120) / 442, 12);
      expect(err).toContain('9 requests for 5 objects of 282 bytes');
      expect(err).toContain('1 request was for size zero, taken for one byte.');
    }
    const table = await run([csv, '--bytes', '--policies', 'lru,w-tinylfu,opt', '--sizes', '50%']);
    expect(table.out).toMatch(/^policy +size, bytes +requests +hits +miss ratio +of bytes +requests\/s\nlru +141 /);
    const comma = await run([csv, '--bytes', ...lru, '--format', 'csv', '--size-column', 'size']);
    expect(comma.out).toMatch(/^policy,size,requests,hits,miss_ratio,byte_miss_ratio,requests_per_second\nlru,/);
    const curve = await run([csv, '--bytes', '--curve', '--format', 'json']);
    expect(JSON.parse(curve.out).results.at(-1)).toMatchObject({ policy: 'lru', size: 282, hits: 4 });
  });

  it('draws its progress on a terminal only, and wipes it', async () => {
    const path = file('long.txt', Array.from({ length: 200_000 }, (_, index) => index % 1000).join('\n'));
    const { err } = await run([path, ...lru], undefined, true);
    expect(err.replaceAll('\r\u001B[K', '<wipe>')).toMatch(
      /^<wipe>reading: \d+ %, 6\d,\d+ requests.*<wipe>Read as lines/,
    );
    expect((await run([path, ...lru])).err).not.toContain('\r');
  });

  it('exits 130 when interrupted, with what was replayed', async () => {
    const path = file('long.txt', Array.from({ length: 400_000 }, (_, index) => index % 1000).join('\n'));
    const before = await run([path, ...lru, '--format', 'json'], AbortSignal.abort());
    expect([before.code, before.out]).toEqual([130, '']);
    const abort = new AbortController();
    const running = run([path, ...lru, '--policies', 'lru,fifo', '--format', 'json'], abort.signal);
    setTimeout(() => abort.abort(), 0);
    const { code, out } = await running;
    expect(code).toBe(130);
    for (const { requests } of out === '' ? [] : JSON.parse(out).results) expect(requests).toBeLessThan(400_000);
  });
});

describe('cachesim refuses', () => {
  const good = Array.from({ length: 1233 }, (_, index) => index % 50).join('\n');
  const refused = async (words: readonly string[]): Promise<string> => {
    const { code, out, err } = await run(words);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^[^\n]+\n$/);
    return err.trimEnd();
  };

  it('a damaged line, with its number and the count of good requests', async () => {
    const path = file('damaged.txt', `${good}\n\n1\n`);
    expect(await refused([path, ...lru])).toBe(
      `brownout: trace ${path}: line 1234: is empty; expected one key a line (1,233 good requests before it)`,
    );
  });

  it('a cut archive, with the count of good requests', async () => {
    const whole = gzipSync(good);
    const path = file('cut.gz', whole.subarray(0, -1));
    expect(await refused([path, ...lru])).toBe(
      `brownout: trace ${path}: the gzip archive is cut short (1,232 good requests before it)`,
    );
  });

  it('a file that is not there, a directory, and one without requests', async () => {
    expect(await refused([join(directory, 'none'), ...lru])).toBe(
      `brownout: trace ${join(directory, 'none')}: no such file`,
    );
    expect(await refused([directory, ...lru])).toBe(`brownout: trace ${directory}: is a directory; expected a file`);
    const path = file('empty.txt', '');
    expect(await refused([path, ...lru])).toBe(`brownout: trace ${path}: holds no requests`);
    expect(await refused([path, '--policies', 'opt', '--sizes', '1%'])).toBe(
      `brownout: trace ${path}: holds no requests`,
    );
  });

  it('unknown names, with the nearest, and wrong values, all at once', async () => {
    const path = file('abc.txt', 'a\n');
    const line = await refused([
      path,
      '--policies',
      'lur,fifo',
      '--sizes',
      '0,5,x',
      '--seed',
      '-1',
      '--format',
      'jsn',
      '--reader',
      'csf',
    ]);
    expect(line).toContain('--policies: there is no eviction policy "lur", did you mean lru? (fifo, lru,');
    expect(line).toContain('--sizes: "0" is not from 1 to 1,000M objects; --sizes: "x" is neither');
    expect(line).toContain('--format: there is no "jsn", did you mean json? (table, json, csv)');
    expect(line).toContain('--reader: there is no "csf", did you mean csv?');
    expect(line).toContain('--seed: "-1" is not a whole number');
    expect(line).not.toContain('fifo"');
  });

  it.each([
    [
      'w-tinylfu:windw=0.1',
      'there is no option of w-tinylfu "windw", did you mean window? ' +
        '(window, protected, sketch, sample, flood-defence, warm, warm-admission, climb, doorkeeper)',
    ],
    ['w-tinylfu:window=2', 'window of w-tinylfu "2" is not a value; give a share from 0 to 1, as window=0.01'],
    ['w-tinylfu:window', 'window of w-tinylfu has no value; give a share from 0 to 1, as window=0.01'],
    ['w-tinylfu:sample=0', 'sample of w-tinylfu "0" is not a value; give an integer from 1, as sample=10'],
    ['w-tinylfu:climb=yes', 'climb of w-tinylfu "yes" is not a value; give on or off, as climb=off'],
    ['w-tinylfu:sketch=line', '"line" is not a value; give uniform or block, as sketch=uniform'],
    ['w-tinylfu:climb:climb=off', 'climb of w-tinylfu is given twice'],
    ['lru:window=0.1', 'lru has no options, but "window=0.1" was given'],
  ])('the policy %s', async (policy, message) => {
    const path = file('abc.txt', 'a\n');
    expect(await refused([path, '--policies', `fifo,${policy}`, '--sizes', '1'])).toBe(
      `brownout: --policies: ${message.startsWith('"') ? `sketch of w-tinylfu ${message}` : message}`,
    );
  });

  it('a column where there are none, and a command without policies', async () => {
    const path = file('abc.txt', 'a\n');
    expect(await refused([path, ...lru, '--column', 'key'])).toContain('--column: goes with --reader csv');
    expect(await refused([path, '--sizes', '5'])).toContain('--policies: which ones?');
    expect(await refused([path, '--policies', 'lru'])).toContain('--sizes: which ones?');
  });

  it('bytes of a trace that has none, and a column of them where there are none', async () => {
    const path = file('abc.txt', 'a\n');
    expect(await refused([path, ...lru, '--bytes'])).toContain(
      '--bytes: a trace that is read as lines has no sizes; expected one of csv, oracle-general',
    );
    const csv = file('sized.csv', 'key,size\na,1\n');
    expect(await refused([csv, ...lru, '--size-column', 'size'])).toContain('--size-column: goes with --bytes');
    expect(await refused([csv, '--curve', '--bytes', '--sample', '0.1'])).toContain('--sample: estimates no bytes');
    expect(await refused([csv, ...lru, '--bytes', '--sizes', '5x'])).toContain(
      '"5x" is neither a count of bytes, as 500, 10MB or 4GiB, nor a percentage of them, as 1%',
    );
    const damaged = file('damaged.csv', 'key,size\na,1\nb,large\n');
    expect(await refused([damaged, ...lru, '--bytes'])).toBe(
      `brownout: trace ${damaged}: line 3: has "large" for a "size"; expected a size, an integer from 0 (1 good request before it)`,
    );
  });

  it('a sample without a curve, and one that is no share', async () => {
    const path = file('abc.txt', 'a\n');
    expect(await refused([path, ...lru, '--sample', '0.1'])).toContain('--sample: goes with --curve');
    const line = await refused([path, '--curve', '--sample', '2%']);
    expect(line).toContain('--sample: "2%" is not a share above 0 and at most 1, as 0.01');
  });
});

describe('cachesim --curve', () => {
  it('alone is of lru at many sizes, with the figures of lru at each', async () => {
    const path = file('curve.txt', Array.from({ length: 5000 }, (_, index) => `${(index * index) % 701}\n`).join(''));
    const { code, out } = await run([path, '--curve', '--format', 'json']);
    expect(code).toBe(0);
    const { results } = JSON.parse(out);
    const sizes: number[] = results.map((row: { size: number }) => row.size);
    // Of so few objects several shares are as large.
    const asked = [...new Set(sizes)].join(',');
    expect(sizes.length).toBeGreaterThan(20);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    const direct = await run([path, '--policies', 'lru', '--sizes', asked, '--format', 'json']);
    const figures = (rows: { size: number; missRatio: number }[]) =>
      new Map(rows.map((row) => [row.size, row.missRatio]));
    expect(figures(results)).toEqual(figures(JSON.parse(direct.out).results));
  });

  it('says that a sample makes estimates', async () => {
    const path = file('curve.txt', Array.from({ length: 5000 }, (_, index) => `${(index * index) % 701}\n`).join(''));
    const { code, err } = await run([path, '--curve', '--sample', '0.5', '--sizes', '10%']);
    expect(code).toBe(0);
    expect(err).toContain('The figures are estimates from a sample of 0.5 of them.');
  });
});
