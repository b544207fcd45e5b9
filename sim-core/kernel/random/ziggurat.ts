/**
 * Exponential and normal variates by the ziggurat method (Marsaglia & Tsang, "The ziggurat method for generating
 * random variables", 2000): the area under the density is cut into 256 pieces of equal size, one layer is chosen
 * uniformly, and a uniform point of that layer nearly always lies under the curve, so that no logarithm is needed.
 *
 * The original takes layer and abscissa from the same bits of a 32-bit number, which correlates them (Doornik, "An
 * improved ziggurat method to generate normal random samples", 2005). Here one 53-bit uniform gives the layer by its
 * upper 8 bits and the abscissa by the other 45. The tables are built by exact maths when the module loads.
 */
import type { RandomStream } from '../random-stream.ts';
import { exp, ln } from '../maths.ts';

/**
 * Layers from the widest to the peak. Layer i spans abscissae 0 to `edges[i]` and heights `heights[i]` to
 * `heights[i + 1]`, except that layer 0 is the strip below the curve's value at `edges[1]` with the whole tail,
 * `edges[0]` being the width of a rectangle of its area.
 */
export interface Ziggurat {
  readonly edges: Float64Array;
  readonly heights: Float64Array;
}

const LAYERS = 256;
/** Where the tail begins: the root at which 256 equal areas end exactly at the peak. */
const EXPONENTIAL_TAIL = 7.69711747013105;
const NORMAL_TAIL = 3.6541528853610088;

export const exponentialZiggurat: Ziggurat = build(
  EXPONENTIAL_TAIL,
  exp(-EXPONENTIAL_TAIL),
  (x) => exp(-x),
  (height) => -ln(height),
);
export const normalZiggurat: Ziggurat = build(
  NORMAL_TAIL,
  normalTailArea(NORMAL_TAIL),
  (x) => exp(-0.5 * x * x),
  (height) => Math.sqrt(-2 * ln(height)),
);

const exponentialEdges = exponentialZiggurat.edges;
const exponentialHeights = exponentialZiggurat.heights;
const normalEdges = normalZiggurat.edges;
const normalHeights = normalZiggurat.heights;

/** An exponential variate of mean 1. Its tail has no end. */
export function standardExponential(random: RandomStream): number {
  const uniform = random.next() * LAYERS;
  const layer = uniform | 0;
  const x = (uniform - layer) * exponentialEdges[layer];
  return x < exponentialEdges[layer + 1] ? x : exponentialNearEdge(layer, x, random);
}

/** A normal variate of mean 0 and variance 1. */
export function standardNormal(random: RandomStream): number {
  const uniform = random.next() * LAYERS;
  const layer = uniform | 0;
  const x = (2 * (uniform - layer) - CENTRE) * normalEdges[layer];
  return Math.abs(x) < normalEdges[layer + 1] ? x : normalNearEdge(layer, x, random);
}

/** The one point in eighty that needs to know the curve: apart, so that the rest stays small enough to be inlined. */
function exponentialNearEdge(layer: number, x: number, random: RandomStream): number {
  // What lies beyond a point is the same distribution again, moved there.
  if (layer === 0) return EXPONENTIAL_TAIL + standardExponential(random);
  return heightWithin(exponentialHeights, layer, random) < exp(-x) ? x : standardExponential(random);
}

function normalNearEdge(layer: number, x: number, random: RandomStream): number {
  if (layer === 0) return x < 0 ? -normalTail(random) : normalTail(random);
  return heightWithin(normalHeights, layer, random) < exp(-0.5 * x * x) ? x : standardNormal(random);
}

/** Half a step less than 1, so that the 2^45 fractions map to points that are symmetric about 0. */
const CENTRE = 1 - 1 / 35_184_372_088_832;

/** A normal variate, given that it is beyond `NORMAL_TAIL` (Marsaglia 1964), out of exponentials in place of logarithms. */
function normalTail(random: RandomStream): number {
  for (;;) {
    const beyond = standardExponential(random) / NORMAL_TAIL;
    if (2 * standardExponential(random) > beyond * beyond) return NORMAL_TAIL + beyond;
  }
}

function heightWithin(heights: Float64Array, layer: number, random: RandomStream): number {
  return heights[layer] + random.next() * (heights[layer + 1] - heights[layer]);
}

function build(
  tail: number,
  tailArea: number,
  density: (x: number) => number,
  abscissa: (height: number) => number,
): Ziggurat {
  const edges = new Float64Array(LAYERS + 1);
  const heights = new Float64Array(LAYERS + 1);
  const area = tail * density(tail) + tailArea;
  edges[0] = area / density(tail);
  edges[1] = tail;
  heights[1] = density(tail);
  for (let layer = 1; layer < LAYERS - 1; layer++) {
    heights[layer + 1] = heights[layer] + area / edges[layer];
    edges[layer + 1] = abscissa(heights[layer + 1]);
  }
  heights[LAYERS] = 1;
  return { edges, heights };
}

/** The integral of exp(-t²/2) from x on, by Laplace's continued fraction for Mills' ratio. */
function normalTailArea(x: number): number {
  let ratio = x;
  for (let term = 100; term >= 1; term--) ratio = x + term / ratio;
  return exp(-0.5 * x * x) / ratio;
}
