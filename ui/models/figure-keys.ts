/**
 * What keys do in a figure that follows the page's cursor: left and right move the cursor by rows, Page up and down by ten, Home and End
 * to either end; up and down pick one of the things that it shows; `T` opens its numbers as a table.
 */
import { rowAt, rowMiddle, type Rows } from './rows.ts';

export type FigureAction = { readonly seek: number } | { readonly pick: 1 | -1 } | 'table';

type Key = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'altKey' | 'ctrlKey' | 'metaKey'>;

/** Undefined for a key that is none of the figure's. */
export function figureAction(
  { key, shiftKey, altKey, ctrlKey, metaKey }: Key,
  rows: Rows,
  time: number,
): FigureAction | undefined {
  if (altKey || ctrlKey || metaKey) return undefined;
  const row = rowAt(rows, time);
  const step = shiftKey ? 10 : 1;
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: row - step,
    ArrowRight: row + step,
    PageUp: row - 10,
    PageDown: row + 10,
    Home: 0,
    End: rows.count - 1,
  };
  if (Object.hasOwn(moves, key)) {
    return { seek: rowMiddle(rows, Math.min(rows.count - 1, Math.max(0, moves[key]))) };
  }
  if (key === 'ArrowDown') return { pick: 1 };
  if (key === 'ArrowUp') return { pick: -1 };
  return key.toLowerCase() === 't' ? 'table' : undefined;
}

/** The next of `count` things to be picked, or none, -1, which lies between the last and the first. */
export const pickedAfter = (picked: number, way: 1 | -1, count: number): number =>
  ((picked + 1 + way + count + 1) % (count + 1)) - 1;
