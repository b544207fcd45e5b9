/** HdrHistogram's percentiles and its correction for coordinated omission, against the Java class as it was observed. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HdrHistogram } from '../../../../sim-core/observability/metrics/hdr-histogram.ts';
import { sharedVectors } from '../../../shared-vectors.ts';

type Percentiles = readonly (readonly [number, number])[];
interface Row {
  readonly values: string;
  readonly significant_digits: number;
  readonly mean?: number;
  readonly percentiles?: Percentiles;
  readonly percentiles_corrected?: Percentiles;
  readonly percentiles_uncorrected?: Percentiles;
}

const vectors = sharedVectors<{ readonly rows: readonly Row[] }>('hdr_percentiles.json');

describe.skipIf(vectors.isLeftOut)('as the Java class answered', () => {
  const { rows } = vectors.isLeftOut ? { rows: [] } : vectors.read();
  for (const row of rows) {
    test(`values ${row.values}`, () => {
      const [plain, corrected] = histogramsOf(row);
      const answers = (histogram: HdrHistogram, asked: Percentiles): Percentiles =>
        asked.map(([percentile]) => [percentile, histogram.valueAtPercentile(percentile)]);
      const uncorrected = row.percentiles ?? row.percentiles_uncorrected!;
      expect(answers(plain, uncorrected)).toEqual(uncorrected);
      if (row.percentiles_corrected)
        expect(answers(corrected, row.percentiles_corrected)).toEqual(row.percentiles_corrected);
      if (row.mean !== undefined) expect(plain.mean).toBeCloseTo(row.mean, 9);
    });
  }
});

/** Of the data that a row describes in words: without and with the correction. */
function histogramsOf({ values, significant_digits: digits }: Row): [HdrHistogram, HdrHistogram] {
  const [plain, corrected] = [new HdrHistogram(digits), new HdrHistogram(digits)];
  const range = /^1\.\.(\d+)$/.exec(values);
  const single = /^single (\d+)$/.exec(values);
  let data: number[];
  if (range) data = Array.from({ length: Number(range[1]) }, (_, i) => i + 1);
  else if (single) data = [Number(single[1])];
  else if (values === '1x1000 + 1x100000') data = [1000, 100_000];
  else if (values.startsWith('coordinated omission: 10000x1ms then one 100s stall, expected interval 10ms (us)')) {
    data = [...Array.from({ length: 10_000 }, () => 1000), 100_000_000];
  } else throw new Error(`a data set that this test cannot make: ${values}`);
  for (const value of data) {
    plain.record(value);
    corrected.recordWithExpectedInterval(value, 10_000);
  }
  return [plain, corrected];
}

test('the correction adds as many values as intervals fit into the wait', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 500 }), (value, interval) => {
      const histogram = new HdrHistogram(3);
      histogram.recordWithExpectedInterval(value, interval);
      expect(histogram.count).toBe(Math.max(1, Math.floor(value / interval)));
    }),
  );
});

test('digits out of range are refused', () => {
  expect(() => new HdrHistogram(0)).toThrow('0 significant digits; expected 1 to 4');
});
