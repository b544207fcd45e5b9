/** How a figure is written in a sentence: no more digits than carry meaning. */

/** Three digits, or all of a larger whole part; a dash where there is no number. */
export function readable(value: number): string {
  if (Number.isNaN(value)) return '–';
  return Math.abs(value) >= 1000 ? grouped(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** `1234567` as `1,234,567`. */
export const grouped = (whole: number): string => String(whole).replace(/\B(?=(\d{3})+$)/g, ',');
