/**
 * What of a node is shown on the stage, and how large it is then: the card, and below it the tray, where those are drawn
 * who are with it. A card's height follows from the lines it shows, so nothing has to be measured in the document.
 */
import type { Figure, StageModel } from './moment.ts';
import type { TopologyNode } from './topology.ts';

export interface Box {
  readonly node: TopologyNode;
  /** Number of its column, or of its row on a narrow stage. */
  readonly band: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Where what is drawn below the card ends. */
  readonly bottom: number;
  /** Whether the picture of its kind stands beside its name. */
  readonly icon: boolean;
  /** Of several copies: whether each is listed by name, or all are shown as bars in one line. */
  readonly copies: 'listed' | 'bars' | 'none';
  /** Whether it says of what kind it is, where it has nothing else to say. */
  readonly kind: boolean;
  /** How many of its figures are shown. */
  readonly figures: number;
  /** Whether a figure's name stands above it where both do not fit in one line. */
  readonly above: boolean;
  /** Below the card, where those are drawn who are with it; undefined for who is called by nobody. */
  readonly tray: Tray | undefined;
  /** Whether how many they are is written below the tray. */
  readonly counted: boolean;
}

/** Rows of places for requests, in pixels; what is in it is written in a line below them, where there is room. */
export interface Tray {
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
}

/** Around all cards. */
export const MARGIN = 12;

const CARD = { head: 30, line: 19, pad: 8 } as const;
/** What a figure takes in a line: what stands around it, or around its name if that is above it, each letter of its name, and its value. */
const FIGURE = { around: 34, above: 12, letter: 6.4, value: 50, limited: 52 } as const;
const NAME = { beside: 44, alone: 19, copies: 26 } as const;
/** What letters of a name take, at most, in the fonts of the common systems. */
const LETTER = { narrow: 6, wide: 13.5, other: 9.1 } as const;
/** The least width of a card that says no more than its name, of one with its copies' rates, and of one with figures. */
const WIDTH_MIN = { name: 72, rates: 86, figures: 92 } as const;
/** Distance of two glyphs in a tray. */
export const TRAY_PITCH = 6;
const TRAY = { rowsWithoutLine: 2, gap: 4, line: 18, edge: 2 } as const;

/** How much is shown of a node. */
export interface Density {
  /** Copies at most that its card lists by name. */
  readonly members: number;
  readonly figures: number;
  /** Whether cards without figures say of what kind they are. */
  readonly kind: boolean;
  /** Whether a figure's name stands above it where both do not fit in one line; else it is cut. */
  readonly above: boolean;
  /** Rows of places for requests, where they may have to stand in line. */
  readonly rows: number;
  /** Whether how many requests there are is written below them. */
  readonly counted: boolean;
  /** Between two cards of a layer, one above the other. */
  readonly space: number;
}

const ROWS_MAX = 9;

/** The most first: the first that fits is taken. Where cards are stacked, height is always dear. */
export const ACROSS: readonly Density[] = [
  ...dense({ members: 6, figures: Infinity, kind: true, above: true, counted: true, space: 12 }, 5),
  ...dense({ members: 0, figures: 2, kind: true, above: true, counted: true, space: 12 }, 4),
  ...dense({ members: 0, figures: 1, kind: true, above: true, counted: true, space: 12 }, 4),
  ...dense({ members: 0, figures: 1, kind: false, above: true, counted: true, space: 12 }, 2),
  ...dense({ members: 0, figures: 1, kind: false, above: false, counted: true, space: 12 }, 2),
  ...dense({ members: 0, figures: 0, kind: false, above: false, counted: true, space: 4 }, 1),
  { members: 0, figures: 0, kind: false, above: false, counted: false, space: 4, rows: 1 },
];
export const UPRIGHT: Density = { members: 0, figures: 1, kind: true, above: true, counted: true, rows: 4, space: 12 };

function dense(card: Omit<Density, 'rows'>, rowsMin: number): Density[] {
  return Array.from({ length: ROWS_MAX - rowsMin + 1 }, (_, i) => ({ ...card, rows: ROWS_MAX - i }));
}

const trayHeight = (rows: number, isCounted: boolean): number =>
  TRAY.gap + rows * TRAY_PITCH + (isCounted ? TRAY.line : TRAY.edge);

/** Few for who has nobody wait. */
function trayRows({ lines }: StageModel, node: TopologyNode, { rows }: Density): number {
  return lines.has(node) ? rows : Math.min(Math.ceil(rows / 2), TRAY.rowsWithoutLine);
}

/** A card at a place, with its tray, if it has one. */
export function boxAt(
  model: StageModel,
  node: TopologyNode,
  density: Density,
  place: Pick<Box, 'band' | 'left' | 'top' | 'width'>,
): Box {
  const height = cardHeight(model, node, density, place.width);
  return {
    ...place,
    node,
    height,
    bottom: place.top + wholeHeight(model, node, density, place.width),
    icon: place.width >= widthForName(node),
    copies: copiesShown(node, density),
    kind: density.kind,
    figures: figuresShown(model, node, density),
    above: density.above,
    tray: isCalled(model, node)
      ? {
          left: place.left + 1,
          top: place.top + height + TRAY.gap,
          columns: Math.floor((place.width - 2) / TRAY_PITCH),
          rows: trayRows(model, node, density),
        }
      : undefined,
    counted: density.counted,
  };
}

export const isCalled = ({ topology }: StageModel, node: TopologyNode): boolean =>
  topology.edges.some(({ to }) => to === node);

function copiesShown({ members }: TopologyNode, density: Density): Box['copies'] {
  if (members.length <= 1) return 'none';
  return members.length <= density.members ? 'listed' : 'bars';
}

function figuresShown(model: StageModel, node: TopologyNode, density: Density): number {
  return Math.min(model.figures.get(node)?.length ?? 0, density.figures);
}

/** Whether a figure and its name do not fit in one line of a card. */
export function isWide({ label, limit }: Figure, cardWidth: number): boolean {
  return (
    FIGURE.around + FIGURE.letter * label.length + (limit === undefined ? FIGURE.value : FIGURE.limited) > cardWidth
  );
}

export function cardHeight(model: StageModel, node: TopologyNode, density: Density, cardWidth: number): number {
  const copies = { listed: node.members.length, bars: 1, none: 0 }[copiesShown(node, density)];
  const figures = model.figures.get(node)?.slice(0, density.figures) ?? [];
  const above = density.above ? figures.filter((figure) => isWide(figure, cardWidth)).length : 0;
  const lines = Math.max(density.kind ? 1 : 0, copies + figures.length + above);
  return CARD.head + lines * CARD.line + CARD.pad;
}

/** With its tray, if it has one. */
export function wholeHeight(model: StageModel, node: TopologyNode, density: Density, cardWidth: number): number {
  const tray = isCalled(model, node) ? trayHeight(trayRows(model, node, density), density.counted) : 0;
  return cardHeight(model, node, density, cardWidth) + tray;
}

/** What a name takes beside its picture, and the number of its copies: by the letter, without measuring. */
export const widthForName = (node: TopologyNode): number => NAME.beside + lettersWidth(node);

/** What a card takes at least: its name without its picture, and its values. */
export function leastCardWidth({ figures }: Pick<StageModel, 'figures'>, node: TopologyNode): number {
  const says = (figures.get(node)?.length ?? 0) > 0 ? 'figures' : node.members.length > 1 ? 'rates' : 'name';
  return Math.max(WIDTH_MIN[says], NAME.alone + lettersWidth(node));
}

/** What a card takes for the names of its figures to be whole, each in a line by itself if need be. */
export function widthForFigures({ figures }: Pick<StageModel, 'figures'>, node: TopologyNode): number {
  const letters = Math.max(0, ...(figures.get(node) ?? []).map(({ label }) => label.length));
  return letters === 0 ? 0 : Math.ceil(FIGURE.above + FIGURE.letter * letters);
}

function lettersWidth({ name, members }: TopologyNode): number {
  const narrow = name.match(/[-.fijlrt ]/g)?.length ?? 0;
  const wide = name.match(/[mw]/g)?.length ?? 0;
  const all = narrow * LETTER.narrow + wide * LETTER.wide + (name.length - narrow - wide) * LETTER.other;
  return Math.ceil(all + (members.length > 1 ? NAME.copies : 0));
}
