/** The trace readers against the keys that the traces were written from, and the words they have for damage. */
import fc from 'fast-check';
import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { formatOfFileName, traceFormats } from '../../../../sim-core/workload/traces/readers.ts';
import { csvField, cut, denseIds, idsOf, lines, oracleGeneral, sizesOf, someKeys, textKey } from './encodings.ts';

const { lines: linesFormat, csv, 'oracle-general': oracle, arc, lirs } = traceFormats;

describe('every format gives the keys as they were written, wherever the file is cut', () => {
  it('lines, with either ending, the last one optional', () => {
    const traces = fc.tuple(someKeys(textKey), fc.constantFrom('\n', '\r\n'), fc.boolean());
    fc.assert(
      fc.property(
        traces.chain(([keys, ending, isLastEnded]) =>
          fc.tuple(fc.constant(keys), cut(lines(keys, ending, isLastEnded))),
        ),
        ([keys, pieces]) => {
          expect(idsOf(linesFormat.create(), pieces)).toEqual(denseIds(keys));
        },
      ),
    );
  });

  it('lines of any bytes but NUL and line ends', () => {
    const key = fc
      .uint8Array({ min: 1, minLength: 1, maxLength: 20 })
      .map((bytes) => bytes.map((byte) => (byte === 10 || byte === 13 ? 65 : byte)));
    fc.assert(
      fc.property(fc.array(key, { minLength: 1 }), (keys) => {
        const bytes = Buffer.concat(keys.flatMap((one) => [one, Buffer.from('\n')]));
        expect(idsOf(linesFormat.create(), [bytes])).toEqual(
          denseIds(keys.map((one) => Buffer.from(one).toString('latin1'))),
        );
      }),
    );
  });

  it('CSV with the key in any column, quoted or not', () => {
    const traces = fc.record({
      keys: someKeys(fc.oneof(textKey, fc.constantFrom('two\nlines', 'two\r\nlines', '"', ',', '""'))),
      columns: fc.constantFrom(['key'], ['time', 'key'], ['ID', 'size'], ['t', 'obj_id', 's', 'next "use"']),
      quote: fc.boolean(),
      ending: fc.constantFrom('\n', '\r\n'),
      isLastEnded: fc.boolean(),
      hasMark: fc.boolean(),
    });
    const write = ({
      keys,
      columns,
      quote,
      ending,
      isLastEnded,
      hasMark,
    }: typeof traces extends fc.Arbitrary<infer T> ? T : never): Buffer => {
      const at = columns.findIndex((name) => /^(key|id|obj_id)$/i.test(name));
      const rows = [columns, ...keys.map((key) => columns.map((name, column) => (column === at ? key : `${name}\n,`)))];
      const text = rows.map((row) => row.map((field) => csvField(field, quote)).join(',')).join(ending);
      return Buffer.from((hasMark ? '\uFEFF' : '') + text + (isLastEnded ? ending : ''));
    };
    fc.assert(
      fc.property(
        traces.chain((trace) => fc.tuple(fc.constant(trace.keys), cut(write(trace)))),
        ([keys, pieces]) => {
          expect(idsOf(csv.create(), pieces)).toEqual(denseIds(keys));
        },
      ),
    );
  });

  it("libCacheSim's oracleGeneral, with ids of 64 bits", () => {
    const id = fc.oneof(fc.bigInt({ min: 0n, max: 9n }), fc.bigInt({ min: (1n << 64n) - 9n, max: (1n << 64n) - 1n }));
    fc.assert(
      fc.property(
        fc.array(id, { minLength: 1 }).chain((ids) => fc.tuple(fc.constant(ids), cut(oracleGeneral(ids)))),
        ([ids, pieces]) => {
          expect(idsOf(oracle.create(), pieces)).toEqual(denseIds(ids.map(String)));
        },
      ),
    );
  });

  it("the ARC authors' runs of blocks", () => {
    const run = fc.tuple(fc.oneof(fc.nat(50), fc.constant(4_294_967_290)), fc.integer({ min: 1, max: 30 }));
    fc.assert(
      fc.property(
        fc.array(run, { minLength: 1 }).chain((runs) => {
          const text = runs.map(([start, count], index) => `${start} ${count} 0 ${index}\n`).join('');
          return fc.tuple(fc.constant(runs), cut(Buffer.from(text)));
        }),
        ([runs, pieces]) => {
          const blocks = runs.flatMap(([start, count]) =>
            Array.from({ length: count }, (_, index) => String(start + index)),
          );
          expect(idsOf(arc.create(), pieces)).toEqual(denseIds(blocks));
        },
      ),
    );
  });

  it('a run of blocks far longer than a batch', () => {
    const ids = idsOf(arc.create(), [Buffer.from('7 100000 0 0\n99999 10 0 1')]);
    expect(ids.slice(0, 100_000)).toEqual(Array.from({ length: 100_000 }, (_, index) => index));
    expect(ids.slice(100_000)).toEqual([
      99_992, 99_993, 99_994, 99_995, 99_996, 99_997, 99_998, 99_999, 100_000, 100_001,
    ]);
  });

  it("the LIRS authors' block numbers, between their markers", () => {
    const entry = fc.oneof(
      fc.bigInt({ min: 0n, max: 20n }),
      fc.bigInt({ min: 1n << 60n, max: (1n << 60n) + 3n }),
      fc.constant('*'),
    );
    fc.assert(
      fc.property(
        fc
          .array(entry, { minLength: 1 })
          .chain((entries) => fc.tuple(fc.constant(entries), cut(lines(entries.map((one) => `${one} `))))),
        ([entries, pieces]) => {
          expect(idsOf(lirs.create(), pieces)).toEqual(denseIds(entries.filter((one) => one !== '*').map(String)));
        },
      ),
    );
  });
});

describe('sizes of objects', () => {
  const anySizes = fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: 1, maxLength: 5000 });

  it('are read of CSV, from the usual column or the one named, quoted or not', () => {
    const cutCsv = anySizes.chain((sizes) => {
      const rows = sizes.map((size, index) => `${index},"k""${index}",${index % 2 === 0 ? size : `"${size}"`}`);
      return fc.tuple(fc.constant(sizes), cut(Buffer.from(`size of it,key,Bytes\r\n${rows.join('\r\n')}\r\n`)));
    });
    fc.assert(
      fc.property(cutCsv, ([sizes, pieces]) => {
        expect(sizesOf(csv.create({ withSizes: true }), pieces)).toEqual(sizes);
        const named = csv.create({ withSizes: true, sizeColumn: 'size of it' });
        expect(sizesOf(named, pieces)).toEqual(sizes.map((_, index) => index));
      }),
      { numRuns: 30 },
    );
  });

  it('are read of oracleGeneral', () => {
    const cutBinary = anySizes.chain((sizes) =>
      fc.tuple(
        fc.constant(sizes),
        cut(
          oracleGeneral(
            sizes.map((_, index) => BigInt(index)),
            sizes,
          ),
        ),
      ),
    );
    fc.assert(
      fc.property(cutBinary, ([sizes, pieces]) => {
        expect(sizesOf(oracle.create({ withSizes: true }), pieces)).toEqual(sizes);
      }),
      { numRuns: 30 },
    );
  });

  it.each(['', '-1', '1.5', '1e3', 'big', '0x10', '12345678901234567'])('are damage where they read "%s"', (size) => {
    const trace = `key,size\na,1\nb,${size}\n`;
    expect(() => sizesOf(csv.create({ withSizes: true }), [Buffer.from(trace)])).toThrow(
      `line 3: has "${size}" for a "size"; expected a size, an integer from 0 (1 good request before it)`,
    );
  });

  it('are asked for in a column that has to be there', () => {
    expect(() => sizesOf(csv.create({ withSizes: true }), [Buffer.from('key,weight\na,1\n')])).toThrow(
      'line 1: names none of the columns size, obj_size, object_size, bytes, length; it names key, weight',
    );
    const named = csv.create({ withSizes: true, sizeColumn: 'wieght' });
    expect(() => sizesOf(named, [Buffer.from('key,weight\na,1\n')])).toThrow('line 1: names no column "wieght"');
  });
});

describe('damage is reported with its place and the count of good requests', () => {
  const good = Array.from({ length: 1233 }, (_, index) => String(index % 50)).join('\n');
  const header = 'time,key,size';
  const rows = Array.from({ length: 1233 }, (_, index) => `${index},k${index % 50},9`).join('\n');
  const runs = Array.from({ length: 411 }, (_, index) => `${index} 3 0 ${index}`).join('\n');
  const cases: [string, keyof typeof traceFormats, string | Buffer, string][] = [
    [
      'an empty line',
      'lines',
      `${good}\n\n7\n`,
      'line 1234: is empty; expected one key a line (1,233 good requests before it)',
    ],
    [
      'an empty line of CR LF',
      'lines',
      `${good}\n\r\n7\n`,
      'line 1234: is empty; expected one key a line (1,233 good requests before it)',
    ],
    [
      'a blank line at the end',
      'lines',
      'a\n\n',
      'line 2: is empty; expected one key a line (1 good request before it)',
    ],
    [
      'NUL in a line',
      'lines',
      `${good}\na\0b\n`,
      'line 1234: holds NUL; expected one key a line (1,233 good requests before it)',
    ],
    [
      'NUL after digits',
      'lines',
      `${good}\n12\0\n`,
      'line 1234: holds NUL; expected one key a line (1,233 good requests before it)',
    ],
    [
      'a line without end',
      'lines',
      `a\n${'x'.repeat(70_000)}`,
      'line 2: is longer than 65,536 bytes, which no key is (1 good request before it)',
    ],
    [
      'a long line',
      'lines',
      `a\n${'x'.repeat(70_000)}\nb\n`,
      'line 2: is longer than 65,536 bytes, which no key is (1 good request before it)',
    ],
    [
      'no such column',
      'csv',
      'time,size\n1,2\n',
      'line 1: names none of the columns key, id, obj_id, object_id, object; it names time, size',
    ],
    [
      'a row without the column',
      'csv',
      `${header}\n${rows}\n1234\n`,
      'line 1235: has 1 field; expected 3, of which "key" is number 2 (1,233 good requests before it)',
    ],
    [
      'a row too long',
      'csv',
      `${header}\n${rows}\n1,2,3,4\n`,
      'line 1235: has 4 fields; expected 3, of which "key" is number 2 (1,233 good requests before it)',
    ],
    [
      'an empty row',
      'csv',
      `${header}\n${rows}\n\n`,
      'line 1235: is empty; expected 3, of which "key" is number 2 (1,233 good requests before it)',
    ],
    [
      'an empty key',
      'csv',
      `${header}\n${rows}\n1,"",3\n`,
      'line 1235: has an empty "key" (1,233 good requests before it)',
    ],
    ['NUL in a field', 'csv', `${header}\n${rows}\n1,a\0b,3\n`, 'line 1235: holds NUL (1,233 good requests before it)'],
    [
      'NUL in quotes',
      'csv',
      `${header}\n${rows}\n1,"a\0b",3\n`,
      'line 1235: holds NUL (1,233 good requests before it)',
    ],
    [
      'an open quote',
      'csv',
      `${header}\n${rows}\n1,"a,3\n4,5,6\n`,
      'line 1235: has a quote that is never closed (1,233 good requests before it)',
    ],
    [
      'text after a quote',
      'csv',
      `${header}\n${rows}\n1,"a"b,3\n`,
      'line 1235: has text between a closing quote and the next comma (1,233 good requests before it)',
    ],
    [
      'a quote in the open',
      'csv',
      `${header}\n${rows}\n1,a"b,3\n`,
      'line 1235: has a quote inside a field that is not quoted (1,233 good requests before it)',
    ],
    [
      'damage behind a key of two lines',
      'csv',
      'key\n"a\nb"\nc\n\n',
      'line 5: is empty; expected a key (2 good requests before it)',
    ],
    [
      'a record cut in two',
      'oracle-general',
      oracleGeneral([1n, 2n, 3n]).subarray(0, 58),
      'record 3: is cut after 10 of its 24 bytes (2 good requests before it)',
    ],
    [
      'an empty ARC line',
      'arc',
      `${runs}\n\n`,
      'line 412: is empty; expected "start count ignored ignored" (1,233 good requests before it)',
    ],
    [
      'an ARC line without a count',
      'arc',
      `${runs}\n77\n`,
      'line 412: has no count of at least 1 as its second number; expected "start count ignored ignored" (1,233 good requests before it)',
    ],
    [
      'an ARC line that is no number',
      'arc',
      `${runs}\nx 1 0 0\n`,
      'line 412: does not start with a block number; expected "start count ignored ignored" (1,233 good requests before it)',
    ],
    [
      'an ARC line that is cut',
      'arc',
      `${runs}\n1 2 3\n`,
      'line 412: has only three fields; expected "start count ignored ignored" (1,233 good requests before it)',
    ],
    [
      'NUL in an ARC line',
      'arc',
      `${runs}\n1 1 0 \0\n`,
      'line 412: holds NUL; expected "start count ignored ignored" (1,233 good requests before it)',
    ],
    [
      'an empty LIRS line',
      'lirs',
      `${good}\n*\n\n`,
      'line 1235: is empty; expected a block number or a lone * (1,233 good requests before it)',
    ],
    [
      'a LIRS line that is no number',
      'lirs',
      `${good}\n*\n1x\n`,
      'line 1235: is not a number; expected a block number or a lone * (1,233 good requests before it)',
    ],
    [
      'NUL in a LIRS line',
      'lirs',
      `${good}\n1\0\n`,
      'line 1234: holds NUL; expected a block number or a lone * (1,233 good requests before it)',
    ],
  ];
  it.each(cases)('%s (%s)', (_, format, content, message) => {
    const bytes = Buffer.from(content as string);
    expect(() => idsOf(traceFormats[format].create(), [bytes])).toThrow(
      expect.objectContaining({ name: 'TraceError', message }),
    );
    // The same, whatever pieces the file comes in.
    fc.assert(
      fc.property(cut(bytes), (pieces) => {
        expect(() => idsOf(traceFormats[format].create(), pieces)).toThrow(message);
      }),
      { numRuns: 8 },
    );
  });

  it('names the columns where the one asked for is missing', () => {
    expect(() => idsOf(csv.create({ column: 'kye' }), [Buffer.from('time,"clé, key"\n1,2\n')])).toThrow(
      'line 1: names no column "kye"; it names time, clé, key',
    );
    expect(idsOf(csv.create({ column: 'clé, key' }), [Buffer.from('time,"clé, key"\n1,2\n1,2')])).toEqual([0, 0]);
  });
});

describe('formatOfFileName', () => {
  it.each([
    ['P1.lis.gz', 'arc'],
    ['multi1.trace', 'lirs'],
    ['w106.oracleGeneral.zst', 'oracle-general'],
    ['msr.oracleGeneral.bin', 'oracle-general'],
    ['requests.CSV', 'csv'],
    ['multi1.txt.gz', 'lines'],
    ['-', 'lines'],
  ])('%s is read as %s', (name, format) => {
    expect(formatOfFileName(name)).toBe(format);
  });
});
