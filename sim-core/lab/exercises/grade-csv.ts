/** A teacher's sheet for a spreadsheet: a header and a line a row (RFC 4180). */

/** Of rows with the same fields in the same order. Empty where there are no rows. */
export function csvOf(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const [first] = rows;
  if (first === undefined) return '';
  return [Object.keys(first), ...rows.map((row) => Object.values(row))]
    .map((line) => `${line.map(csvCell).join(',')}\n`)
    .join('');
}

/**
 * A cell of CSV (RFC 4180). A text that a spreadsheet would take for a formula, as one may stand in a learner's explanation, has an
 * apostrophe before it.
 */
function csvCell(value: unknown): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
