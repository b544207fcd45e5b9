/**
 * An element of the page, as it looks now, as SVG: whoever takes a figure away gets what was on the screen, and no
 * component needs to know of it. Boxes become rectangles, texts become texts where the browser has set them, SVGs come
 * along with their computed styles written into them, canvases as images.
 *
 * Left out: shadows, generated content, controls without a text, and borders that differ from side to side. Headings that
 * the page cuts off for want of room are written whole, for a figure has it.
 */
import { escaped, type Picture } from '../models/figure-frame.ts';

interface Origin {
  readonly left: number;
  readonly top: number;
}

export function drawElement(element: Element): Picture {
  const box = element.getBoundingClientRect();
  // A part that scrolls is drawn whole.
  let [right, bottom] = [box.right, box.bottom];
  for (const inner of element.querySelectorAll('*')) {
    if (isUnseen(inner, getComputedStyle(inner))) continue;
    const { right: farther, bottom: lower } = inner.getBoundingClientRect();
    [right, bottom] = [Math.max(right, farther), Math.max(bottom, lower)];
  }
  const body = [...element.childNodes].map((child) => drawNode(child, box)).join('');
  return { body, width: right - box.left, height: bottom - box.top };
}

/** The colour that an element stands on: its own, or the nearest one behind it. */
export function groundOf(element: Element): string {
  for (let behind: Element | null = element; behind; behind = behind.parentElement) {
    const { backgroundColor } = getComputedStyle(behind);
    if (!isClear(backgroundColor)) return backgroundColor;
  }
  return '#fff';
}

function drawNode(node: Node, origin: Origin): string {
  if (node instanceof Text) return drawText(node, origin);
  if (!(node instanceof Element)) return '';
  const style = getComputedStyle(node);
  if (isUnseen(node, style)) return '';
  if (node instanceof SVGSVGElement) return drawSvg(node, origin);
  if (node instanceof HTMLCanvasElement) return drawCanvas(node, origin);
  const inner = drawBox(node, style, origin) + [...node.childNodes].map((child) => drawNode(child, origin)).join('');
  return style.opacity === '1' || inner === '' ? inner : `<g opacity="${style.opacity}">${inner}</g>`;
}

function isUnseen(element: Element, style: CSSStyleDeclaration): boolean {
  if (style.display === 'none' || style.visibility === 'hidden' || style.opacity === '0') return true;
  if (element.matches('input, select, textarea')) return true;
  if (element.matches('button, button *') && element.closest('button')?.textContent?.trim() === '') return true;
  // What is for screen readers only is cut down to nothing.
  return element instanceof HTMLElement && element.closest('.unseen') !== null;
}

function drawBox(element: Element, style: CSSStyleDeclaration, origin: Origin): string {
  const { left, top, width, height } = element.getBoundingClientRect();
  const border = style.borderTopStyle === 'none' ? 0 : Number.parseFloat(style.borderTopWidth);
  const isFramed = border > 0 && style.borderTopWidth === style.borderBottomWidth;
  const isFilled = !isClear(style.backgroundColor);
  if ((!isFramed && !isFilled) || width === 0 || height === 0) return '';
  const half = isFramed ? border / 2 : 0;
  const radius = Math.min(Number.parseFloat(style.borderTopLeftRadius) || 0, height / 2, width / 2);
  const fill = isFilled ? style.backgroundColor : 'none';
  const stroke = isFramed ? ` stroke="${escaped(style.borderTopColor)}" stroke-width="${border}"` : '';
  return (
    `<rect x="${place(left - origin.left + half)}" y="${place(top - origin.top + half)}" ` +
    `width="${place(width - 2 * half)}" height="${place(height - 2 * half)}" rx="${place(radius)}" fill="${escaped(fill)}"${stroke}/>`
  );
}

function drawText(node: Text, origin: Origin): string {
  const parent = node.parentElement;
  if (!parent || node.data.trim() === '') return '';
  const style = getComputedStyle(parent);
  const { ascent, descent } = metricsOf(style);
  const common =
    `font-family="${escaped(style.fontFamily)}" font-size="${Number.parseFloat(style.fontSize)}" ` +
    `font-weight="${style.fontWeight}" font-style="${style.fontStyle}" fill="${escaped(style.color)}"`;
  return linesOf(node, parent, style)
    .map(({ text, box }) => {
      const baseline = box.top + (box.height - ascent - descent) / 2 + ascent;
      const at = `x="${place(box.left - origin.left)}" y="${place(baseline - origin.top)}"`;
      return `<text ${at} ${common}>${escaped(text)}</text>`;
    })
    .join('');
}

interface Line {
  readonly text: string;
  readonly box: DOMRect;
}

/** A text in the lines into which the browser has broken it, cut where the page cuts it. */
function linesOf(node: Text, parent: Element, style: CSSStyleDeclaration): Line[] {
  const range = document.createRange();
  const lines: { from: number; to: number; top: number }[] = [];
  for (const { index, 0: word } of node.data.matchAll(/\S+/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    const { top } = range.getBoundingClientRect();
    const last = lines.at(-1);
    if (last && Math.abs(last.top - top) < 2) last.to = index + word.length;
    else lines.push({ from: index, to: index + word.length, top });
  }
  const isCut = style.textOverflow === 'ellipsis' && !parent.matches('h1, h2, h3');
  const limit = isCut ? parent.getBoundingClientRect().right : Infinity;
  return lines.map(({ from, to }) => {
    range.setStart(node, from);
    range.setEnd(node, to);
    const box = range.getBoundingClientRect();
    let end = to;
    while (end > from && range.getBoundingClientRect().right > limit + 0.5) range.setEnd(node, --end);
    const text = node.data.slice(from, end).replaceAll(/\s+/g, ' ');
    return { text: transformed(end < to ? `${text.slice(0, -1)}…` : text, style), box };
  });
}

function transformed(text: string, { textTransform }: CSSStyleDeclaration): string {
  return textTransform === 'uppercase' ? text.toUpperCase() : text;
}

let measuring: CanvasRenderingContext2D | null = null;

/** How far a font reaches above and below its line, which no element says. */
function metricsOf(style: CSSStyleDeclaration): { ascent: number; descent: number } {
  measuring ??= document.createElement('canvas').getContext('2d');
  if (!measuring) return { ascent: Number.parseFloat(style.fontSize) * 0.9, descent: 0 };
  measuring.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  const { fontBoundingBoxAscent: ascent, fontBoundingBoxDescent: descent } = measuring.measureText('x');
  return { ascent, descent };
}

/** The properties of SVG's that style sheets may set; as attributes they hold without any. */
const PRESENTATION = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'stroke-opacity',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'shape-rendering',
  'paint-order',
];

function drawSvg(svg: SVGSVGElement, origin: Origin): string {
  const { left, top, width, height } = svg.getBoundingClientRect();
  if (width === 0 || height === 0) return '';
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const copies = [copy, ...copy.querySelectorAll('*')];
  for (const [i, element] of [svg, ...svg.querySelectorAll('*')].entries()) {
    const style = getComputedStyle(element);
    const one = copies[i];
    if (style.display === 'none' && element.closest('defs') === null) {
      one.remove();
      continue;
    }
    for (const name of ['class', 'style', 'role', 'aria-hidden', 'aria-label']) one.removeAttribute(name);
    for (const name of PRESENTATION) {
      // A reference within the page is written as one within the figure.
      const value = style
        .getPropertyValue(name)
        .replace(/url\("[^"#]*#/, 'url("#')
        .replaceAll('"', "'");
      if (value !== '') one.setAttribute(name, value);
    }
  }
  for (const [name, value] of Object.entries({ x: left - origin.left, y: top - origin.top, width, height })) {
    copy.setAttribute(name, place(value));
  }
  copy.setAttribute('overflow', 'visible');
  return new XMLSerializer().serializeToString(copy);
}

function drawCanvas(canvas: HTMLCanvasElement, origin: Origin): string {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  if (canvas.width === 0 || canvas.height === 0) return '';
  const at = `x="${place(left - origin.left)}" y="${place(top - origin.top)}" width="${place(width)}" height="${place(height)}"`;
  return `<image ${at} href="${canvas.toDataURL()}"/>`;
}

const isClear = (colour: string): boolean => colour === 'transparent' || /^rgba\(.*, 0\)$/.test(colour);

const place = (value: number): string => String(Math.round(value * 100) / 100);
