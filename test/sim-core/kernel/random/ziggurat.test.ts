/** The ziggurat’s variates against the distribution functions they stand for. */
import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../../../sim-core/kernel/random-streams.ts';
import {
  exponentialZiggurat,
  normalZiggurat,
  standardExponential,
  standardNormal,
} from '../../../../sim-core/kernel/random/ziggurat.ts';
import { chiSquareUniform, kolmogorovSmirnov, normalCdf, pairCounts } from '../distributions/goodness-of-fit.ts';

const SIGNIFICANCE = 1e-4;

const exponentialCdf = (x: number): number => 1 - Math.exp(-x);

describe.each([
  { name: 'exponential', table: exponentialZiggurat, density: (x: number) => Math.exp(-x), total: 1 },
  {
    name: 'normal',
    table: normalZiggurat,
    density: (x: number) => Math.exp((-x * x) / 2),
    total: Math.sqrt(Math.PI / 2),
  },
])('the $name tables', ({ table: { edges, heights }, density, total }) => {
  it('follow the density from the tail to the peak', () => {
    for (let i = 1; i <= 256; i++) expect(heights[i]).toBeCloseTo(density(edges[i]), 14);
    for (let i = 0; i < 256; i++) expect(edges[i]).toBeGreaterThan(edges[i + 1]);
    expect([edges[256], heights[256]]).toEqual([0, 1]);
  });

  it('cut it into layers of one area, the last of which ends at the peak', () => {
    const area = edges[0] * heights[1];
    for (let i = 1; i < 256; i++) {
      expect(Math.abs((edges[i] * (heights[i + 1] - heights[i])) / area - 1)).toBeLessThan(1e-11);
    }
  });

  it('hold a little more than the area under the curve, by what the wedges reject', () => {
    expect(256 * edges[0] * heights[1]).toBeGreaterThan(total);
    expect(256 * edges[0] * heights[1]).toBeLessThan(total * 1.02);
  });
});

describe.each([1, 2, 3])('variates of seed %i', (seed) => {
  it('fit the exponential and the normal distribution', () => {
    const random = new RandomStreams(seed).stream('ziggurat');
    const exponentials = Array.from({ length: 100_000 }, () => standardExponential(random));
    const normals = Array.from({ length: 100_000 }, () => standardNormal(random));
    expect(kolmogorovSmirnov(exponentials, exponentialCdf)).toBeGreaterThan(SIGNIFICANCE);
    expect(kolmogorovSmirnov(normals, normalCdf)).toBeGreaterThan(SIGNIFICANCE);
  });

  it('fit within the central layers and in the tails', () => {
    const random = new RandomStreams(seed).stream('ziggurat');
    const tail: number[] = [];
    const centre: number[] = [];
    for (let i = 0; i < 1_000_000; i++) {
      const x = standardNormal(random);
      if (Math.abs(x) > 3) tail.push(x);
      else if (Math.abs(x) < 0.3) centre.push(x);
    }
    const beyond = 2 * normalCdf(-3);
    expect(
      kolmogorovSmirnov(tail, (x) => (x < 0 ? normalCdf(x) / beyond : 1 - normalCdf(-x) / beyond)),
    ).toBeGreaterThan(SIGNIFICANCE);
    const within = 1 - 2 * normalCdf(-0.3);
    expect(kolmogorovSmirnov(centre, (x) => (normalCdf(x) - normalCdf(-0.3)) / within)).toBeGreaterThan(SIGNIFICANCE);
  });

  it('are independent of the one before', () => {
    const random = new RandomStreams(seed).stream('ziggurat');
    const uniforms = Array.from({ length: 100_000 }, () => exponentialCdf(standardExponential(random)));
    const pairs = uniforms.slice(1).map((u, i) => [uniforms[i], u] as const);
    expect(chiSquareUniform(pairCounts(pairs, 32))).toBeGreaterThan(SIGNIFICANCE);
  });
});

describe('the layer and the abscissa', () => {
  it('come from different bits: in no layer do the abscissae lean to one side', () => {
    // Doornik's flaw: the abscissa within a layer depends on the layer's index.
    const counts = new Uint32Array(256 * 16);
    const random = new RandomStreams(1).stream('layers');
    let asked = 0;
    const spy = {
      next: () => {
        asked = random.next();
        return asked;
      },
      integer: random.integer.bind(random),
    };
    for (let i = 0; i < 200_000; i++) {
      const x = standardExponential(spy);
      const layer = Math.floor(asked * 256);
      const along = x / exponentialZiggurat.edges[layer + 1];
      if (layer < 255 && along < 1) counts[layer * 16 + Math.floor(along * 16)]++;
    }
    for (let layer = 1; layer < 255; layer++) {
      expect(chiSquareUniform(counts.subarray(layer * 16, layer * 16 + 16))).toBeGreaterThan(SIGNIFICANCE / 100);
    }
  });
});
