/**
 * Where nodes and edges lie on a stage of a given size, in pixels. Layers run from left to right; on a narrow stage
 * from top to bottom, a full layer in several rows. A card's height follows from the lines it shows, so nothing has to be measured in the document.
 */
import { groupBy } from './grouping.ts';
import type { StageModel } from './moment.ts';
import type { TopologyEdge, TopologyNode } from './topology.ts';

export interface Box {
  readonly node: TopologyNode;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** How many of the node's copies are listed by name. */
  readonly listed: number;
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

export interface Wire {
  readonly edge: TopologyEdge;
  /** A cubic curve: x and y of its start, its two handles and its end. */
  readonly curve: Curve;
  /** Where its rate is written, and whether there is so little room that the unit is left to the legend. */
  readonly label: readonly [x: number, y: number];
  readonly tight: boolean;
}

export type Curve = readonly [number, number, number, number, number, number, number, number];

/** As SVG writes it. */
export function pathText([x1, y1, x2, y2, x3, y3, x4, y4]: Curve): string {
  return `M${x1},${y1}C${x2},${y2} ${x3},${y3} ${x4},${y4}`;
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
/** Copies that a card lists by name before it counts the rest. */
const MEMBERS_LISTED = 6;
/** Below this width layers run from top to bottom. */
const UPRIGHT_BELOW = 480;
const MARGIN = 12;
/** Between two cards, at least, for an edge to be seen. */
const GAP = 44;
/** Between two nodes of a layer, one above the other. */
const SPACE = 12;
/** Distance of two glyphs in a tray. */
export const TRAY_PITCH = 6;
const TRAY = { rows: 9, rowsUpright: 4, rowsWithoutLine: 2, gap: 4, line: 18 } as const;

const trayHeight = (rows: number): number => TRAY.gap + rows * TRAY_PITCH + TRAY.line;

/** Few for who has nobody wait. */
function trayRows({ lines }: StageModel, node: TopologyNode, upright: boolean): number {
  if (!lines.has(node)) return TRAY.rowsWithoutLine;
  return upright ? TRAY.rowsUpright : TRAY.rows;
}

function trayBelow(model: StageModel, node: TopologyNode, upright: boolean, card: Omit<Box, 'tray'>): Tray | undefined {
  if (!isCalled(model, node)) return undefined;
  return {
    left: card.left + 1,
    top: card.top + card.height + TRAY.gap,
    columns: Math.floor((card.width - 2) / TRAY_PITCH),
    rows: trayRows(model, node, upright),
  };
}

const isCalled = ({ topology }: StageModel, node: TopologyNode): boolean =>
  topology.edges.some(({ to }) => to === node);

/** How many of a node's copies its card lists, and of its signals. Where cards are stacked, height is dear. */
function listedMembers({ members }: TopologyNode, upright: boolean): number {
  return members.length <= 1 || upright ? 0 : Math.min(members.length, MEMBERS_LISTED);
}

function figuresShown(model: StageModel, node: TopologyNode, upright: boolean): number {
  return Math.min(model.figures.get(node)?.length ?? 0, upright ? 1 : Infinity);
}

function cardHeight(model: StageModel, node: TopologyNode, upright: boolean): number {
  const listed = listedMembers(node, upright);
  const more = listed > 0 && node.members.length > listed ? 1 : 0;
  const lines = Math.max(1, listed + more + figuresShown(model, node, upright));
  return CARD.head + lines * CARD.line + CARD.pad;
}

/** With its tray, if it has one. */
function wholeHeight(model: StageModel, node: TopologyNode, upright: boolean): number {
  const tray = isCalled(model, node) ? trayHeight(trayRows(model, node, upright)) : 0;
  return cardHeight(model, node, upright) + tray;
}

export function placeStage(model: StageModel, given: number, height: number): StageGeometry {
  const { topology } = model;
  const upright = given < UPRIGHT_BELOW;
  const { layers } = topology;
  const width = upright ? given : Math.max(given, layers * CARD.widthMin + (layers - 1) * GAP + 2 * MARGIN);
  const boxes = upright ? placeUpright(model, width) : placeAcross(model, width, height);
  const boxOf = new Map(boxes.map((box) => [box.node, box]));
  const wires = topology.edges.map((edge) => wire(edge, boxOf.get(edge.from)!, boxOf.get(edge.to)!, upright));
  const bottom = Math.max(...boxes.map((box) => box.top + wholeHeight(model, box.node, upright))) + MARGIN;
  return { boxes, wires, width, height: upright ? bottom : Math.max(height, bottom), upright };
}

function placeAcross(model: StageModel, width: number, height: number): Box[] {
  const { topology } = model;
  const cardWidth = clampWidth((width - 2 * MARGIN) / (topology.layers + (topology.layers - 1) * 0.45));
  const pitch = topology.layers > 1 ? (width - 2 * MARGIN - cardWidth) / (topology.layers - 1) : 0;
  const start = topology.layers > 1 ? MARGIN : (width - cardWidth) / 2;
  const middles = middlesAcross(model, height);
  return topology.nodes.map((node) => {
    const box = {
      node,
      left: Math.round(start + node.x * pitch),
      top: Math.round(middles.get(node)! - wholeHeight(model, node, false) / 2),
      width: Math.floor(cardWidth),
      height: cardHeight(model, node, false),
      listed: listedMembers(node, false),
      figures: figuresShown(model, node, false),
    };
    return { ...box, tray: trayBelow(model, node, false, box) };
  });
}

/**
 * Where the middle of each node lies from the top: by its place in the layer, spread over the height, pushed apart as
 * far as needed, and each layer's whole about the stage's middle.
 */
function middlesAcross(model: StageModel, height: number): Map<TopologyNode, number> {
  const { topology } = model;
  const pitch = (height - 2 * MARGIN) / topology.tallest;
  const layers = [...groupBy(topology.nodes, ({ x }) => x).values()];
  const placed = layers.map((layer) => {
    let bottom = -Infinity;
    return layer.map((node) => {
      const tall = wholeHeight(model, node, false);
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
      const wanted = top + layerOffset(layer.map(({ node }) => node)) * pitch;
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
  const cardWidth = clampWidth((width - 2 * MARGIN) / topology.tallest - 16);
  const perRow = Math.max(1, Math.floor((width - 2 * MARGIN) / (cardWidth + 12)));
  const boxes: Box[] = [];
  let top = MARGIN;
  const lines = [...groupBy(topology.nodes, ({ x }) => x).values()].flatMap((layer) =>
    Array.from({ length: Math.ceil(layer.length / perRow) }, (_, i) => layer.slice(i * perRow, (i + 1) * perRow)),
  );
  for (const nodes of lines) {
    const tallest = Math.max(...nodes.map((node) => wholeHeight(model, node, true)));
    const pitch = Math.min(width / nodes.length, cardWidth + 48);
    nodes.forEach((node, place) => {
      const centre = width / 2 + (place - (nodes.length - 1) / 2) * pitch;
      const box = {
        node,
        left: Math.round(centre - cardWidth / 2),
        top,
        width: Math.floor(cardWidth),
        height: cardHeight(model, node, true),
        listed: 0,
        figures: figuresShown(model, node, true),
      };
      boxes.push({ ...box, tray: trayBelow(model, node, true, box) });
    });
    top += tallest + (nodes.some((node) => isCalled(model, node)) ? 22 : 44);
  }
  return boxes;
}

function wire(edge: TopologyEdge, from: Box, to: Box, upright: boolean): Wire {
  const [x1, y1, x2, y2] = upright
    ? [from.left + from.width / 2, from.top + from.height, to.left + to.width / 2, to.top]
    : [from.left + from.width, from.top + from.height / 2, to.left, to.top + to.height / 2];
  const [bendX, bendY] = upright ? [0, (y2 - y1) / 2] : [(x2 - x1) / 2, 0];
  const curve: Curve = [x1, y1, x1 + bendX, y1 + bendY, x2 - bendX, y2 - bendY, x2, y2];
  return { edge, curve, label: labelPlace(edge, [x1, y1], [x2, y2]), tight: !upright && x2 - x1 < 76 };
}

/** The middle of the curve; further along where it passes over a whole layer, whose cards would cover it. */
function labelPlace({ from, to }: TopologyEdge, start: readonly number[], end: readonly number[]): [number, number] {
  const t = to.x - from.x > 1 ? 0.82 : 0.5;
  const s = 1 - t;
  const ease = t * t * (3 * s + t);
  const straight = 1.5 * s * s * t + 1.5 * s * t * t + t * t * t;
  return [start[0] + straight * (end[0] - start[0]), start[1] + ease * (end[1] - start[1])];
}

const clampWidth = (width: number): number => Math.min(CARD.widthMax, Math.max(CARD.widthMin, width));
