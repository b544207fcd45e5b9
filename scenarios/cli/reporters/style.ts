/** Text on a terminal: colours where they are wanted, and columns that line up. */

export interface Style {
  good(text: string): string;
  bad(text: string): string;
  strong(text: string): string;
  faint(text: string): string;
}

const ESCAPE = '\u001B[';
const wrapped =
  (on: number, off: number) =>
  (text: string): string =>
    `${ESCAPE}${on}m${text}${ESCAPE}${off}m`;
const plain = (text: string): string => text;

const COLOURED: Style = { good: wrapped(32, 39), bad: wrapped(31, 39), strong: wrapped(1, 22), faint: wrapped(2, 22) };
const PLAIN: Style = { good: plain, bad: plain, strong: plain, faint: plain };

export const styleFor = (showsColours: boolean | undefined): Style => (showsColours === true ? COLOURED : PLAIN);

/** Rows of cells as lines with aligned columns: those whose number is in `right` to the right. */
export function columns(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
  }
  return rows.map((row) =>
    row
      .map((cell, column) => (right.includes(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join('  ')
      .trimEnd(),
  );
}
