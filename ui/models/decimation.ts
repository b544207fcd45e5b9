/**
 * Fewer points than rows without losing a peak: of all rows that share a pixel column the lowest and the highest are
 * kept, in order. A line through them covers the same pixels as the line through all. A column without any value keeps
 * one empty row, so that a gap stays a gap.
 */

/** The rows to draw of `values` on `pixels` columns, ascending; all of them while they are at most two a column. */
export function decimate(values: ArrayLike<number>, pixels: number): readonly number[] {
  const count = values.length;
  const columns = Math.max(1, Math.floor(pixels));
  if (count <= 2 * columns) return Array.from({ length: count }, (_, row) => row);
  const rows: number[] = [];
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * count) / columns);
    const to = Math.floor(((column + 1) * count) / columns);
    let lowest = -1;
    let highest = -1;
    for (let row = from; row < to; row++) {
      if (Number.isNaN(values[row])) continue;
      if (lowest < 0 || values[row] < values[lowest]) lowest = row;
      if (highest < 0 || values[row] > values[highest]) highest = row;
    }
    if (lowest < 0) rows.push(from);
    else if (lowest === highest) rows.push(lowest);
    else rows.push(Math.min(lowest, highest), Math.max(lowest, highest));
  }
  return rows;
}
