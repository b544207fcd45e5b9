/** HTML and SVG put together as text; whatever is not markup is escaped. */

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character]);

/** A name in code, which may go on in the next line where its words end. */
export const code = (name: string): string => `<code>${escaped(name).replaceAll(/([._])/g, '$1<wbr>')}</code>`;

/** A table whose cells are markup; the first of each row is its head, and a column of figures stands to the right. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  figures: readonly number[] = [],
): string {
  const classOf = (column: number): string => (figures.includes(column) ? ' class="figure"' : '');
  const heads = head.map((cell, column) => `<th scope="col"${classOf(column)}>${cell}</th>`).join('');
  const body = rows.map(([first, ...rest]) => {
    const cells = rest.map((cell, column) => `<td${classOf(column + 1)}>${cell}</td>`).join('');
    return `<tr><th scope="row">${first}</th>${cells}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr>${heads}</tr></thead><tbody>${body.join('\n')}</tbody></table></div>`;
}

/** A coordinate in an SVG. */
export const at = (value: number): string => String(Number(value.toFixed(1)));

/** An SVG that is read out as one picture. */
export const picture = (width: number, height: number, label: string, content: string): string =>
  `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(label)}">${content}</svg>`;
