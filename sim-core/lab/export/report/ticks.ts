/** Round numbers along an axis that begins at 0: one, two or five times a power of ten apart. */

/** From 0 on up to `end`, as many as about `wanted`; none where the axis has no length. */
export function ticksUpTo(end: number, wanted: number): number[] {
  if (!(end > 0 && end < Infinity)) return [];
  let step = 1;
  while (end / step > wanted) step *= 10;
  while (end / step < wanted / 10) step /= 10;
  const fine = [step / 5, step / 2, step].find((finer) => end / finer <= wanted) ?? step;
  // Sums of a step that is no binary fraction drift: each tick is a multiple of its own, rounded to what can be read.
  return Array.from({ length: Math.floor(end / fine + 1e-9) + 1 }, (_, place) => Number((place * fine).toPrecision(9)));
}
