/**
 * Where nodes and edges lie on a stage of a given size, in pixels. Layers run from left to right; on a narrow stage
 * from top to bottom, a full layer in several rows. A card's height follows from the lines it shows, so nothing has to be
 * measured in the document; where there is too little height for all of them, cards show fewer.
 */
import { groupBy } from './grouping.ts';
import type { StageModel } from './moment.ts';
import { wiresBetween, type Wire } from './stage-wires.ts';
import type { TopologyNode } from './topology.ts';

export interface Box {
  readonly node: TopologyNode;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Of several copies: whether each is listed by name, or all are shown as bars in one line. */
  readonly copies: 'listed' | 'bars' | 'none';
  /** Whether it says of what kind it is, where it has nothing else to say. */
  readonly kind: boolean;
  /** How many of its figures are shown. */
  readonly figures: number;
  /** Below the card, where those are drawn who are with it; undefined for who is called by nobody. */
  readonly tray: Tray | undefined;
}

/** Rows of places for requests, in pixels; what is in it is written in a line below them. */
export interface Tray {
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
}

export interface StageGeometry {
  readonly boxes: readonly Box[];
  readonly wires: readonly Wire[];
  /** What it needs, which may be more than was given. */
  readonly width: number;
  readonly height: number;
  readonly upright: boolean;
}

const CARD = { head: 30, line: 19, pad: 8, widthMax: 168, widthMin: 96 } as const;
const NAME = { beside: 44, letter: 8 } as const;
/** Below this width layers run from top to bottom. */
const UPRIGHT_BELOW = 440;
const MARGIN = 12;
/** Between two cards, at least, for an edge to be seen. */
const GAP = 44;
/** Between two nodes of a layer, one above the other. */
const SPACE = 12;
/** Distance of two glyphs in a tray. */
export const TRAY_PITCH = 6;
const TRAY = { rowsWithoutLine: 2, gap: 4, line: 18 } as const;

/** How much is shown of a node. */
interface Density {
  /** Copies at most that its card lists by name. */
  readonly members: number;
  readonly figures: number;
  /** Whether cards without figures say of what kind they are. */
  readonly kind: boolean;
  /** Rows of places for requests, where they may have to stand in line. */
  readonly rows: number;
}

const ROWS_MAX = 9;

/** The most first: the first that fits is taken. Where cards are stacked, height is always dear. */
const ACROSS: readonly Density[] = [
  ...dense({ members: 6, figures: Infinity, kind: true }, 5),
  ...dense({ members: 0, figures: 2, kind: true }, 4),
  ...dense({ members: 0, figures: 1, kind: true }, 4),
  ...dense({ members: 0, figures: 1, kind: false }, 2),
];
const UPRIGHT: Density = { members: 0, figures: 1, kind: true, rows: 4 };

function dense(card: Omit<Density, 'rows'>, rowsMin: number): Density[] {
  return Array.from({ length: ROWS_MAX - rowsMin + 1 }, (_, i) => ({ ...card, rows: ROWS_MAX - i }));
}

const trayHeight = (rows: number): number => TRAY.gap + rows * TRAY_PITCH + TRAY.line;

/** Few for who has nobody wait. */
function trayRows({ lines }: StageModel, node: TopologyNode, { rows }: Density): number {
  return lines.has(node) ? rows : Math.min(Math.ceil(rows / 2), TRAY.rowsWithoutLine);
}

/** A card at a place, with its tray, if it has one. */
function boxAt(
  model: StageModel,
  node: TopologyNode,
  density: Density,
  place: Pick<Box, 'left' | 'top' | 'width'>,
): Box {
  const height = cardHeight(model, node, density);
  return {
    ...place,
    node,
    height,
    copies: copiesShown(node, density),
    kind: density.kind,
    figures: figuresShown(model, node, density),
    tray: isCalled(model, node)
      ? {
          left: place.left + 1,
          top: place.top + height + TRAY.gap,
          columns: Math.floor((place.width - 2) / TRAY_PITCH),
          rows: trayRows(model, node, density),
        }
      : undefined,
  };
}

const isCalled = ({ topology }: StageModel, node: TopologyNode): boolean =>
  topology.edges.some(({ to }) => to === node);

function copiesShown({ members }: TopologyNode, density: Density): Box['copies'] {
  if (members.length <= 1) return 'none';
  return members.length <= density.members ? 'listed' : 'bars';
}

function figuresShown(model: StageModel, node: TopologyNode, density: Density): number {
  return Math.min(model.figures.get(node)?.length ?? 0, density.figures);
}

function cardHeight(model: StageModel, node: TopologyNode, density: Density): number {
  const copies = { listed: node.members.length, bars: 1, none: 0 }[copiesShown(node, density)];
  const lines = Math.max(density.kind ? 1 : 0, copies + figuresShown(model, node, density));
  return CARD.head + lines * CARD.line + CARD.pad;
}

/** With its tray, if it has one. */
function wholeHeight(model: StageModel, node: TopologyNode, density: Density): number {
  const tray = isCalled(model, node) ? trayHeight(trayRows(model, node, density)) : 0;
  return cardHeight(model, node, density) + tray;
}

export function placeStage(model: StageModel, given: number, height: number): StageGeometry {
  const { topology } = model;
  const upright = given < UPRIGHT_BELOW;
  const { layers } = topology;
  const width = upright ? given : Math.max(given, layers * CARD.widthMin + (layers - 1) * GAP + 2 * MARGIN);
  const density = upright ? UPRIGHT : (ACROSS.find((one) => heightAcross(model, one) <= height) ?? ACROSS.at(-1)!);
  const boxes = upright ? placeUpright(model, width) : placeAcross(model, width, height, density);
  const wires = wiresBetween(topology, boxes, upright);
  const bottom = Math.max(...boxes.map((box) => box.top + wholeHeight(model, box.node, density))) + MARGIN;
  return { boxes, wires, width, height: upright ? bottom : Math.max(height, bottom), upright };
}

/** What the fullest layer needs, one node below the other. */
function heightAcross(model: StageModel, density: Density): number {
  const layers = [...groupBy(model.topology.nodes, ({ x }) => x).values()];
  return Math.max(
    ...layers.map((layer) =>
      layer.reduce((sum, node) => sum + wholeHeight(model, node, density) + SPACE, 2 * MARGIN - SPACE),
    ),
  );
}

function placeAcross(model: StageModel, width: number, height: number, density: Density): Box[] {
  const { topology } = model;
  const room = width - 2 * MARGIN;
  const most = (room - (topology.layers - 1) * GAP) / topology.layers;
  const cardWidth = clampWidth(
    Math.max(room / (topology.layers + (topology.layers - 1) * 0.45), Math.min(most, widthForNames(model))),
  );
  const pitch = topology.layers > 1 ? (width - 2 * MARGIN - cardWidth) / (topology.layers - 1) : 0;
  const start = topology.layers > 1 ? MARGIN : (width - cardWidth) / 2;
  const middles = middlesAcross(model, height, density);
  return topology.nodes.map((node) =>
    boxAt(model, node, density, {
      left: Math.round(start + node.x * pitch),
      top: Math.round(middles.get(node)! - wholeHeight(model, node, density) / 2),
      width: Math.floor(cardWidth),
    }),
  );
}

/**
 * Where the middle of each node lies from the top: by its place in the layer, spread over the height, pushed apart as
 * far as needed, and each layer's whole about the stage's middle.
 */
function middlesAcross(model: StageModel, height: number, density: Density): Map<TopologyNode, number> {
  const { topology } = model;
  const pitch = (height - 2 * MARGIN) / topology.tallest;
  const layers = [...groupBy(topology.nodes, ({ x }) => x).values()];
  const placed = layers.map((layer) => {
    let bottom = -Infinity;
    return layer.map((node) => {
      const tall = wholeHeight(model, node, density);
      const middle = Math.max(node.y * Math.min(pitch, 1.6 * tall), bottom + tall / 2);
      bottom = middle + tall / 2 + SPACE;
      return { node, tall, middle };
    });
  });
  const extents = placed.map(
    (layer) => layer.at(-1)!.middle + layer.at(-1)!.tall / 2 - (layer[0].middle - layer[0].tall / 2),
  );
  const centre = Math.max(height, ...extents.map((extent) => extent + 2 * MARGIN)) / 2;
  return new Map(
    placed.flatMap((layer, i) => {
      const top = centre - extents[i] / 2 - (layer[0].middle - layer[0].tall / 2);
      // A layer that was placed by hand off the middle stays there if there is room.
      const step = Math.min(pitch, 1.6 * Math.max(...layer.map(({ tall }) => tall)));
      const wanted = top + layerOffset(layer.map(({ node }) => node)) * step;
      const shift = Math.min(
        Math.max(wanted, top - centre + MARGIN + extents[i] / 2),
        top + centre - MARGIN - extents[i] / 2,
      );
      return layer.map(({ node, middle }) => [node, middle + shift] as const);
    }),
  );
}

const layerOffset = (nodes: readonly TopologyNode[]): number => (nodes[0].y + nodes.at(-1)!.y) / 2;

function placeUpright(model: StageModel, width: number): Box[] {
  const { topology } = model;
  const cardWidth = clampWidth(Math.max((width - 2 * MARGIN) / topology.tallest - 16, widthForNames(model)));
  const perRow = Math.max(1, Math.floor((width - 2 * MARGIN) / (cardWidth + 12)));
  const boxes: Box[] = [];
  let top = MARGIN;
  const lines = [...groupBy(topology.nodes, ({ x }) => x).values()].flatMap((layer) =>
    Array.from({ length: Math.ceil(layer.length / perRow) }, (_, i) => layer.slice(i * perRow, (i + 1) * perRow)),
  );
  for (const nodes of lines) {
    const tallest = Math.max(...nodes.map((node) => wholeHeight(model, node, UPRIGHT)));
    const pitch = Math.min(width / nodes.length, cardWidth + 48);
    nodes.forEach((node, place) => {
      const centre = width / 2 + (place - (nodes.length - 1) / 2) * pitch;
      const left = Math.round(centre - cardWidth / 2);
      boxes.push(boxAt(model, node, UPRIGHT, { left, top, width: Math.floor(cardWidth) }));
    });
    top += tallest + (nodes.some((node) => isCalled(model, node)) ? 22 : 44);
  }
  return boxes;
}

/** What the longest name takes beside its picture, and the number of its copies: by the letter, without measuring. */
function widthForNames({ topology }: StageModel): number {
  const lengths = topology.nodes.map(({ name, members }) => name.length + (members.length > 1 ? 3 : 0));
  return NAME.beside + NAME.letter * Math.max(0, ...lengths);
}

const clampWidth = (width: number): number => Math.min(CARD.widthMax, Math.max(CARD.widthMin, width));
