/**
 * Where nodes and edges lie on a stage of a given size, in pixels. Layers run from left to right, where they are too many
 * two in a column; on a narrow stage from top to bottom, a full layer in several rows. Where there is too little height for
 * all that cards can show, they show less.
 */
import { groupBy } from './grouping.ts';
import type { StageModel } from './moment.ts';
import { columnsOf, folded, loopsAtTheEnd, type Cell, type Columns } from './stage-columns.ts';
import {
  ACROSS,
  boxAt,
  isCalled,
  leastCardWidth,
  MARGIN,
  UPRIGHT,
  wholeHeight,
  widthForFigures,
  widthForName,
  type Box,
  type Density,
} from './stage-cards.ts';
import { topsAcross } from './stage-tops.ts';
import { LOOP, wiresBetween, type Wire } from './stage-wires.ts';

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
/** Between two cards, for an edge and its rate to be seen; and where there is not even room for that. */
const GAP = 40;
/** For the names of figures to be whole. */
const GAP_WHOLE = 30;
const GAP_LEAST = 20;

export function placeStage(model: StageModel, given: number, height: number): StageGeometry {
  const { topology } = model;
  const upright = given < UPRIGHT_BELOW;
  const columns = upright ? columnsOf(topology) : fitting(model, given);
  const width = upright ? given : Math.max(given, widthWith(GAP_LEAST, model, columns));
  const boxes = upright ? placeUpright(model, width) : placeAcross(model, columns, width, height);
  const bottom = Math.max(...boxes.map((box) => box.bottom)) + MARGIN + (upright ? loopRoom(model, columns) : 0);
  const whole = { width, height: upright ? bottom : Math.max(height, bottom), upright };
  return { boxes, wires: wiresBetween(topology, boxes, whole), ...whole };
}

/** In less width layers that run from left to right stand too close to each other, and in still less they do not fit. */
export const leastWidth = (model: StageModel): number => widthWith(GAP, model, columnsOf(model.topology));

/** A column a layer; fewer where these do not fit: who has to scroll scrolls down. */
function fitting(model: StageModel, given: number): Columns {
  const density = ACROSS.at(-1)!;
  const heightOf = (column: readonly Cell[]): number => columnHeight(model, density, column, CARD.widthMin);
  return folded(columnsOf(model.topology), (some) => widthWith(GAP_LEAST, model, some) <= given, heightOf);
}

function widthWith(gap: number, model: StageModel, columns: Columns): number {
  return sum(leastWidths(model, columns)) + (columns.length - 1) * gap + 2 * MARGIN + loopRoom(model, columns);
}

/** The least width of each column's cards. */
function leastWidths(model: StageModel, columns: Columns): number[] {
  return columns.map((column) => {
    const most = Math.max(0, ...column.map(({ node }) => leastCardWidth(model, node)));
    return Math.min(CARD.widthMax, most);
  });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** Room after the last layer, where one of its nodes calls another. */
const loopRoom = ({ topology }: StageModel, columns: Columns): number =>
  loopsAtTheEnd(columns, topology.edges) ? LOOP : 0;

/** What a column needs, one node below the other. */
function columnHeight(model: StageModel, density: Density, column: readonly Cell[], cardWidth: number): number {
  const heights = column.map(({ node }) => wholeHeight(model, node, density, cardWidth) + density.space);
  return sum(heights) + 2 * MARGIN - density.space;
}

function placeAcross(model: StageModel, columns: Columns, width: number, height: number): Box[] {
  const room = width - 2 * MARGIN - loopRoom(model, columns);
  const widths = cardWidths(model, columns, room);
  const gap = columns.length > 1 ? (room - sum(widths)) / (columns.length - 1) : 0;
  const start = columns.length > 1 ? MARGIN : MARGIN + (room - widths[0]) / 2;
  const heightWith = (density: Density): number =>
    Math.max(...columns.map((column, i) => columnHeight(model, density, column, widths[i])));
  const density = ACROSS.find((one) => heightWith(one) <= height) ?? ACROSS.at(-1)!;
  const tops = topsAcross(model, columns, height, density, widths);
  const taken = columns.filter(({ length }) => length > 0);
  const boxes = columns.flatMap((column, i) =>
    column.map(({ node }) =>
      boxAt(model, node, density, {
        band: taken.indexOf(column),
        left: Math.round(start + i * gap + sum(widths.slice(0, i))),
        top: Math.round(tops.get(node)!),
        width: widths[i],
      }),
    ),
  );
  // In the order of the topology, whose places are the nodes' numbers.
  const boxOf = new Map(boxes.map((box) => [box.node, box]));
  return model.topology.nodes.map((node) => boxOf.get(node)!);
}

/**
 * All columns' cards alike where there is room for that; where a name needs more, its column has more, as far as there is, and so has
 * one with a figure of a long name if there is room for all of these.
 */
function cardWidths(model: StageModel, columns: Columns, room: number): number[] {
  const { length } = columns;
  const most = (room - (length - 1) * GAP) / length;
  const alike = clampWidth(Math.max(room / (length + (length - 1) * 0.45), Math.min(most, widthForNames(model))));
  const least = leastWidths(model, columns);
  const whole = columns.map((column, i) =>
    Math.min(CARD.widthMax, Math.max(least[i], ...column.map(({ node }) => widthForFigures(model, node)))),
  );
  const isFor = (widths: readonly number[], gap: number): boolean => sum(widths) + (length - 1) * gap <= room;
  // No closer than is needed for the names.
  const needed = isFor(whole, GAP_WHOLE) ? whole : least;
  const gap = needed === whole && !isFor(whole, GAP) ? GAP_WHOLE : GAP;
  for (let width = Math.floor(alike); width > 0; width--) {
    const widths = needed.map((one) => Math.max(one, width));
    if (isFor(widths, gap)) return widths;
  }
  return needed;
}

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
