/**
 * Which rows of a long list are drawn: those in view and a few beyond. Browsers lay out nothing taller than some 17
 * million pixels (Firefox), so of more rows than fit into that a stretch around the cursor can be scrolled through.
 */
export interface RowWindow {
  /** The rows that can be scrolled to: from `base`, so many. */
  readonly base: number;
  readonly reach: number;
  /** The rows to draw: from the first up to, not including, the second. */
  readonly from: number;
  readonly to: number;
}

/** Rows that can be scrolled through at most. */
export const REACH_MAX = 400_000;
/** Rows drawn beyond those in view, on either side. */
const BEYOND = 8;

export function rowWindow(
  count: number,
  current: number,
  scrollTop: number,
  viewHeight: number,
  rowHeight: number,
): RowWindow {
  const base = baseOf(count, current);
  const reach = Math.min(count, REACH_MAX);
  const first = base + Math.floor(scrollTop / rowHeight);
  const from = Math.min(Math.max(base, first - BEYOND), base + reach);
  const to = Math.min(base + reach, first + Math.ceil(viewHeight / rowHeight) + BEYOND);
  return { base, reach, from, to: Math.max(from, to) };
}

/** It moves in steps of half a reach, so that it stands still while the cursor goes through a stretch. */
function baseOf(count: number, current: number): number {
  if (count <= REACH_MAX) return 0;
  const step = REACH_MAX / 2;
  const base = (Math.round(Math.max(0, current) / step) - 1) * step;
  return Math.min(count - REACH_MAX, Math.max(0, base));
}
