/**
 * Where nodes and edges lie on a stage of a given size, in pixels. Layers run from left to right; on a narrow stage
 * from top to bottom, a full layer in several rows. Where there is too little height for all that cards can show, they
 * show less.
 */
import { groupBy } from './grouping.ts';
import type { StageModel } from './moment.ts';
import {
  ACROSS,
  boxAt,
  cardHeight,
  isCalled,
  leastCardWidth,
  UPRIGHT,
  wholeHeight,
  widthForName,
  type Box,
  type Density,
} from './stage-cards.ts';
import { LOOP, wiresBetween, type Wire } from './stage-wires.ts';
import type { Topology, TopologyNode } from './topology.ts';

export interface StageGeometry {
  readonly boxes: readonly Box[];
  readonly wires: readonly Wire[];
  /** What it needs, which may be more than was given. */
  readonly width: number;
  readonly height: number;
  readonly upright: boolean;
}

const CARD = { widthMax: 168, widthMin: 92 } as const;
/** Below this width layers run from top to bottom. */
const UPRIGHT_BELOW = 440;
const MARGIN = 12;
/** Between two cards, for an edge and its rate to be seen; and where there is not even room for that. */
const GAP = 40;
const GAP_LEAST = 20;
/** Between two nodes of a layer, one above the other. */
const SPACE = 12;

export function placeStage(model: StageModel, given: number, height: number): StageGeometry {
  const { topology } = model;
  const upright = given < UPRIGHT_BELOW;
  const width = upright ? given : Math.max(given, widthWith(GAP_LEAST, model));
  const boxes = upright ? placeUpright(model, width) : placeAcross(model, width, height);
  const bottom = Math.max(...boxes.map((box) => box.bottom)) + MARGIN + (upright ? loopsAtTheEnd(topology) : 0);
  const whole = { width, height: upright ? bottom : Math.max(height, bottom), upright };
  return { boxes, wires: wiresBetween(topology, boxes, whole), ...whole };
}

/** In less width layers that run from left to right stand too close to each other, and in still less they do not fit. */
export const leastWidth = (model: StageModel): number => widthWith(GAP, model);

function widthWith(gap: number, model: StageModel): number {
  const { layers } = model.topology;
  return sum(leastWidths(model)) + (layers - 1) * gap + 2 * MARGIN + loopsAtTheEnd(model.topology);
}

/** The least width of each layer's cards. Places by hand can leave a layer empty. */
function leastWidths(model: StageModel): number[] {
  const { nodes, layers } = model.topology;
  return Array.from({ length: layers }, (_, layer) => {
    const cards = nodes.filter(({ x }) => x === layer).map((node) => leastCardWidth(model, node));
    return cards.length === 0 ? 0 : Math.min(CARD.widthMax, Math.max(...cards));
  });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** Room after the last layer, where one of its nodes calls another. */
function loopsAtTheEnd({ edges, layers }: Topology): number {
  return edges.some(({ from, to }) => from.x === layers - 1 && to.x === layers - 1) ? LOOP : 0;
}

/** What the fullest layer needs, one node below the other. */
function heightAcross(model: StageModel, density: Density, widths: readonly number[]): number {
  const layers = [...groupBy(model.topology.nodes, ({ x }) => x).values()];
  return Math.max(
    ...layers.map((layer) =>
      layer.reduce((all, node) => all + wholeHeight(model, node, density, widths[node.x]) + SPACE, 2 * MARGIN - SPACE),
    ),
  );
}

function placeAcross(model: StageModel, width: number, height: number): Box[] {
  const { topology } = model;
  const room = width - 2 * MARGIN - loopsAtTheEnd(topology);
  const widths = cardWidths(model, room);
  const gap = topology.layers > 1 ? (room - sum(widths)) / (topology.layers - 1) : 0;
  const start = topology.layers > 1 ? MARGIN : MARGIN + (room - widths[0]) / 2;
  const density = ACROSS.find((one) => heightAcross(model, one, widths) <= height) ?? ACROSS.at(-1)!;
  const tops = topsAcross(model, height, density, widths);
  // Places by hand can leave a column empty.
  const columns = [...new Set(topology.nodes.map(({ x }) => x))];
  return topology.nodes.map((node) =>
    boxAt(model, node, density, {
      band: columns.indexOf(node.x),
      left: Math.round(start + node.x * gap + sum(widths.slice(0, node.x))),
      top: Math.round(tops.get(node)!),
      width: widths[node.x],
    }),
  );
}

/** All layers' cards alike where there is room for that; where a name needs more, its layer has more, as far as there is. */
function cardWidths(model: StageModel, room: number): number[] {
  const { layers } = model.topology;
  const most = (room - (layers - 1) * GAP) / layers;
  const alike = clampWidth(Math.max(room / (layers + (layers - 1) * 0.45), Math.min(most, widthForNames(model))));
  const least = leastWidths(model);
  for (let width = Math.floor(alike); width > 0; width--) {
    const widths = least.map((one) => Math.max(one, width));
    if (sum(widths) + (layers - 1) * GAP <= room) return widths;
  }
  return least;
}

/** A node in its layer, by its distance from the line on which the middles of single cards lie. */
interface Standing {
  readonly node: TopologyNode;
  readonly top: number;
  readonly bottom: number;
}

/**
 * Where each node begins from the top. The middle of its card lies by its place in the layer, spread over the height and
 * pushed apart as far as needed, so that an edge between two who stand alone is level.
 */
function topsAcross(
  model: StageModel,
  height: number,
  density: Density,
  widths: readonly number[],
): Map<TopologyNode, number> {
  const { topology } = model;
  const pitch = (height - 2 * MARGIN) / topology.tallest;
  const layers = [...groupBy(topology.nodes, ({ x }) => x).values()].map((layer): Standing[] => {
    const sizes = layer.map((node) => ({
      node,
      card: cardHeight(model, node, density, widths[node.x]),
      whole: wholeHeight(model, node, density, widths[node.x]),
    }));
    const step = Math.min(pitch, 1.6 * Math.max(...sizes.map(({ whole }) => whole)));
    let free = -Infinity;
    const pushed = sizes.map(({ node, card, whole }) => {
      const top = Math.max(node.y * step - card / 2, free);
      free = top + whole + SPACE;
      return { node, top, bottom: top + whole, middle: top + card / 2 };
    });
    const astray = (pushed[0].middle + pushed.at(-1)!.middle) / 2 - layerOffset(layer) * step;
    return pushed.map(({ node, top, bottom }) => ({ node, top: top - astray, bottom: bottom - astray }));
  });
  const all = layers.flat();
  const top = Math.min(...all.map((one) => one.top));
  const bottom = Math.max(...all.map((one) => one.bottom));
  const line = (height - top - bottom) / 2;
  return new Map(
    layers.flatMap((layer) => {
      // A layer that leaves the stage is moved into it, and pushed together where it is longer; what is left begins at the top.
      let [free, below] = [MARGIN, height - MARGIN];
      const raised = layer.toReversed().map((one) => {
        const top = Math.min(line + one.top, below - (one.bottom - one.top));
        below = top - SPACE;
        return { ...one, top, whole: one.bottom - one.top };
      });
      return raised.toReversed().map(({ node, top, whole }) => {
        const at = Math.max(top, free);
        free = at + whole + SPACE;
        return [node, at] as const;
      });
    }),
  );
}

const layerOffset = (nodes: readonly TopologyNode[]): number => (nodes[0].y + nodes.at(-1)!.y) / 2;

function placeUpright(model: StageModel, width: number): Box[] {
  const { topology } = model;
  const cardWidth = Math.floor(
    clampWidth(Math.max((width - 2 * MARGIN) / topology.tallest - 16, widthForNames(model))),
  );
  const perRow = Math.max(1, Math.floor((width - 2 * MARGIN) / (cardWidth + 12)));
  const boxes: Box[] = [];
  let top = MARGIN;
  const lines = [...groupBy(topology.nodes, ({ x }) => x).values()].flatMap((layer) =>
    Array.from({ length: Math.ceil(layer.length / perRow) }, (_, i) => layer.slice(i * perRow, (i + 1) * perRow)),
  );
  for (const [band, nodes] of lines.entries()) {
    const tallest = Math.max(...nodes.map((node) => wholeHeight(model, node, UPRIGHT, cardWidth)));
    const pitch = Math.min(width / nodes.length, cardWidth + 48);
    nodes.forEach((node, place) => {
      const centre = width / 2 + (place - (nodes.length - 1) / 2) * pitch;
      const left = Math.round(centre - cardWidth / 2);
      boxes.push(boxAt(model, node, UPRIGHT, { band, left, top, width: cardWidth }));
    });
    // Below trays a rate still has to fit.
    top += tallest + (nodes.some((node) => isCalled(model, node)) ? 26 : 44);
  }
  return boxes;
}

/** What the longest name takes. */
function widthForNames({ topology }: StageModel): number {
  return Math.max(0, ...topology.nodes.map(widthForName));
}

const clampWidth = (width: number): number => Math.min(CARD.widthMax, Math.max(CARD.widthMin, width));
