/**
 * A figure to be taken away, as one SVG text that needs nothing else: the picture under its title, and below it what one
 * has to know to get it again: the run, its digest and the link.
 */

/** SVG elements within a box at the origin. */
export interface Picture {
  readonly body: string;
  readonly width: number;
  readonly height: number;
}

export interface Caption {
  readonly title: string;
  /** Lines in words, each wrapped where it is too long. */
  readonly facts: readonly string[];
  readonly digest: string;
  /** Undefined where the run is too long for a link. */
  readonly link: string | undefined;
}

export interface FigureColours {
  readonly ground: string;
  readonly ink: string;
  readonly soft: string;
}

export interface FigureFile {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

const EDGE = 20;
const WIDTH_MIN = 600;
const TITLE = { size: 16, line: 22, character: 8.8 };
const FACT = { size: 12, line: 17, character: 6.6 };
const CODE = { size: 10, line: 14, character: 6.1 };
const SANS = 'system-ui, sans-serif';
const MONO = 'ui-monospace, monospace';

export function frameFigure(picture: Picture, caption: Caption, colours: FigureColours): FigureFile {
  const inner = Math.max(WIDTH_MIN, picture.width);
  const width = Math.ceil(inner + 2 * EDGE);
  let y = EDGE;
  const lines = (
    texts: readonly string[],
    { size, line }: typeof TITLE,
    attributes: string,
    around = (text: string): string => text,
  ): string =>
    texts
      .map((text) => {
        y += line;
        return around(
          `<text x="${EDGE}" y="${y - line / 4}" font-size="${size}" ${attributes}>${escaped(text)}</text>`,
        );
      })
      .join('');
  const perLine = ({ character }: typeof TITLE): number => Math.floor(inner / character);

  const title = lines(
    words(caption.title, perLine(TITLE)),
    TITLE,
    `font-family="${SANS}" font-weight="700" fill="${escaped(colours.ink)}"`,
  );
  y += EDGE / 2;
  const body = `<g transform="translate(${EDGE} ${y})">${picture.body}</g>`;
  y += picture.height + EDGE / 2;
  const soft = `fill="${escaped(colours.soft)}"`;
  const facts = lines(
    caption.facts.flatMap((fact) => words(fact, perLine(FACT))),
    FACT,
    `font-family="${SANS}" ${soft}`,
  );
  const code = `font-family="${MONO}" ${soft}`;
  const digest = lines(pieces(caption.digest, perLine(CODE)), CODE, code);
  const { link } = caption;
  const address =
    link === undefined
      ? ''
      : lines(pieces(link, perLine(CODE)), CODE, code, (text) => `<a href="${escaped(link)}">${text}</a>`);
  const height = Math.ceil(y + EDGE);
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">` +
    `<title>${escaped(caption.title)}</title><desc>${escaped(caption.facts.join(' '))}</desc>` +
    `<rect width="${width}" height="${height}" fill="${escaped(colours.ground)}"/>${title}${body}${facts}${digest}${address}</svg>`;
  return { svg, width, height };
}

/** Text as it stands in XML, in an attribute or not; characters that XML does not have are left out. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[^\t\n\r\u0020-\uFFFD]/g, '');
}

/** Lines of whole words of at most so many characters; a longer word has a line to itself. */
export function words(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > most) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

function pieces(text: string, most: number): string[] {
  return text.match(new RegExp(`.{1,${most}}`, 'g')) ?? [];
}
