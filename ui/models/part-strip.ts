/**
 * A gauge that is a sum, part by part: a strip below its chart with a line of cells for each part, by colour how much it was. Which
 * partition is the hot one is seen here and nowhere in the sum. Two runs have one scale, from nothing to the most of any part.
 */
import type { SignalParts } from '../../sim-core/index.ts';
import type { HeatCell } from './cividis.ts';
import { rowAt, type Rows } from './rows.ts';

export interface PartStrip {
  /** What the parts are: `partition`. */
  readonly of: string;
  readonly names: readonly string[];
  /** What they are called beside the strip: what differs in their names. */
  readonly labels: readonly string[];
  readonly rows: Rows;
  /** By part one value a row; NaN where there is none. */
  readonly values: readonly Float64Array[];
  readonly max: number;
}

/** Pixels of a part's line, where there is room for its label; and of all lines together where there is not. */
const LINE = 12;
const ALL = 144;
const LINE_MIN = 3;

export function partStrip({ of, names, mean }: SignalParts, rows: Rows): PartStrip {
  const length = mean.length / names.length;
  const values = names.map((_, part) => mean.subarray(part * length, (part + 1) * length));
  const max = mean.reduce((most, value) => (value > most ? value : most), 0);
  return { of, names, labels: labelsOf(names), rows, values, max };
}

/** Names without what all of them begin with, but for a last word or number that would be cut in two. */
function labelsOf(names: readonly string[]): string[] {
  const [first = ''] = names;
  let common = 0;
  while (common < first.length && names.every((name) => name[common] === first[common])) common++;
  const word = first.slice(0, common).search(/[^-_./ ]*$/);
  return names.map((name) => name.slice(word));
}

export const lineHeight = ({ names }: PartStrip): number =>
  names.length * LINE <= ALL ? LINE : Math.max(LINE_MIN, Math.floor(ALL / names.length));

export const stripHeight = (strip: PartStrip): number => strip.names.length * lineHeight(strip);

/** Lines of parts that have a label: all of them, or the first and the last. */
export function labelledLines(strip: PartStrip): number[] {
  const all = strip.names.map((_, part) => part);
  return lineHeight(strip) >= LINE ? all : [0, all.length - 1];
}

/** The cells that hold anything, from `top` on; of rows that share a pixel the most, for a moment's heap must not vanish. */
export function partCells(
  strip: PartStrip,
  place: { readonly left: number; readonly width: number; readonly top: number; readonly max: number },
): HeatCell[] {
  const { rows, values } = strip;
  const height = lineHeight(strip);
  const columns = Math.max(1, Math.min(rows.count, Math.floor(place.width)));
  const width = place.width / columns;
  return values.flatMap((column, part): HeatCell[] => {
    const most = new Float64Array(columns);
    column.forEach((value, row) => {
      const at = Math.floor((row * columns) / rows.count);
      if (value > most[at]) most[at] = value;
    });
    const top = place.top + part * height;
    return [...most].flatMap((value, at) => {
      if (value === 0) return [];
      return [{ left: place.left + at * width, width, top, height: height - 1, weight: value / place.max }];
    });
  });
}

/** The part that has most at an instant, and how much that is; undefined where none has anything. */
export function mostAt({ names, values, rows }: PartStrip, time: number): { name: string; value: number } | undefined {
  const row = rowAt(rows, time);
  let found: { name: string; value: number } | undefined;
  values.forEach((column, part) => {
    if (column[row] > (found?.value ?? 0)) found = { name: names[part], value: column[row] };
  });
  return found;
}
