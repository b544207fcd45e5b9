/**
 * Tests of samples against a distribution. Each returns a p-value: how often a sample of the right distribution
 * would look at least as odd as this one. Independent of the kernel's own maths.
 */

/** Kolmogorov and Smirnov's test against a continuous distribution function, with Stephens' correction for size. */
export function kolmogorovSmirnov(samples: readonly number[], cdf: (x: number) => number): number {
  const sorted = Float64Array.from(samples).sort();
  const n = sorted.length;
  let distance = 0;
  for (let i = 0; i < n; i++) {
    const expected = cdf(sorted[i]);
    distance = Math.max(distance, (i + 1) / n - expected, expected - i / n);
  }
  const lambda = (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n)) * distance;
  if (lambda < 0.2) return 1;
  let sum = 0;
  for (let j = 1; j <= 100; j++) sum += (j % 2 === 1 ? 2 : -2) * Math.exp(-2 * j * j * lambda * lambda);
  return Math.min(1, Math.max(0, sum));
}

/**
 * Pearson's test of `observed` counts against `expected` ones of the same sum. Neighbouring cells are merged until
 * each is expected 10 times.
 */
export function chiSquare(observed: ArrayLike<number>, expected: ArrayLike<number>): number {
  const cells: [observed: number, expected: number][] = [];
  let seen = 0;
  let due = 0;
  for (let i = 0; i < expected.length; i++) {
    seen += observed[i];
    due += expected[i];
    if (due >= 10) {
      cells.push([seen, due]);
      [seen, due] = [0, 0];
    }
  }
  if (cells.length === 0) cells.push([0, 0]);
  cells[cells.length - 1][0] += seen;
  cells[cells.length - 1][1] += due;
  if (cells.length === 1) return cells[0][0] === Math.round(cells[0][1]) ? 1 : 0;
  let statistic = 0;
  for (const [o, e] of cells) statistic += ((o - e) * (o - e)) / e;
  return 1 - regularizedGamma((cells.length - 1) / 2, statistic / 2);
}

/** `chiSquare` where all cells are alike. */
export function chiSquareUniform(observed: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < observed.length; i++) total += observed[i];
  return chiSquare(observed, new Float64Array(observed.length).fill(total / observed.length));
}

/** Pairs of uniforms counted in a square of side x side cells: uneven if the second depends on the first. */
export function pairCounts(pairs: Iterable<readonly [number, number]>, side: number): Uint32Array {
  const counts = new Uint32Array(side * side);
  for (const [a, b] of pairs) counts[Math.floor(a * side) * side + Math.floor(b * side)]++;
  return counts;
}

/** The distribution function of the standard normal distribution. */
export function normalCdf(x: number): number {
  const half = regularizedGamma(0.5, (x * x) / 2) / 2;
  return x < 0 ? 0.5 - half : 0.5 + half;
}

/** P(a, x), the distribution function of the gamma distribution of shape a and scale 1: series, or Lentz's fraction. */
export function regularizedGamma(a: number, x: number): number {
  if (x <= 0) return 0;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < 10_000 && term > sum * 1e-16; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return sum * front;
  }
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let i = 1; i < 10_000; i++) {
    const numerator = -i * (i - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return 1 - front * fraction;
}

/** ln Γ(x) by Lanczos' approximation with g = 7. */
export function logGamma(x: number): number {
  const coefficients = [
    676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
    -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
  ];
  const z = x - 1;
  let sum = 0.9999999999998099;
  for (const [i, coefficient] of coefficients.entries()) sum += coefficient / (z + i + 1);
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}
