/**
 * The curves between the cards of the stage, and where along each its rate is written: where neither a card nor another
 * rate would cover it, if there is such a place.
 */
import type { Topology, TopologyEdge, TopologyNode } from './topology.ts';

export interface Wire {
  readonly edge: TopologyEdge;
  /** A cubic curve: x and y of its start, its two handles and its end. */
  readonly curve: Curve;
  /** Where its rate is written, and whether there is so little room that the unit is left to the legend. */
  readonly label: Point;
  readonly tight: boolean;
}

export type Curve = readonly [number, number, number, number, number, number, number, number];

type Point = readonly [x: number, y: number];

/** A node's card. */
interface Card {
  readonly node: TopologyNode;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** How far each of two edges, there and back, lies off the middle: their labels stand one above the other. */
const BESIDE = 11;
/** Below this distance a label has no room for its unit. */
const TIGHT = 76;
/** What a label takes to either side of its place. */
const LABEL = { x: 20, y: 10 } as const;
/** Places along a curve, the best first. */
const ALONG = [0.5, 0.6, 0.4, 0.7, 0.3, 0.82, 0.2, 0.9, 0.12];

export function wiresBetween({ edges }: Topology, cards: readonly Card[], upright: boolean): Wire[] {
  const cardOf = new Map(cards.map((card) => [card.node, card]));
  const curves = edges.map((edge) => {
    const isPair = edges.some(({ from, to }) => from === edge.to && to === edge.from);
    return curveBetween(edge, cardOf.get(edge.from)!, cardOf.get(edge.to)!, upright, isPair);
  });
  const labels = new Map<Curve, Point>();
  // Short curves first: they have the least choice.
  for (const curve of curves.toSorted((a, b) => span(a) - span(b))) {
    labels.set(curve, labelPlace(curve, cards, [...labels.values()]));
  }
  return edges.map((edge, i) => {
    const curve = curves[i];
    return { edge, curve, label: labels.get(curve)!, tight: !upright && Math.abs(curve[6] - curve[0]) < TIGHT };
  });
}

const span = (curve: Curve): number => Math.abs(curve[6] - curve[0]) + Math.abs(curve[7] - curve[1]);

/** As SVG writes it. */
export function pathText([x1, y1, x2, y2, x3, y3, x4, y4]: Curve): string {
  return `M${x1},${y1}C${x2},${y2} ${x3},${y3} ${x4},${y4}`;
}

/** From the side that faces the other; one that goes back runs beside the one that comes. */
function curveBetween(edge: TopologyEdge, from: Card, to: Card, upright: boolean, isPair: boolean): Curve {
  const isBack = edge.to.x < edge.from.x;
  const aside = isPair ? (isBack ? BESIDE : -BESIDE) : 0;
  const [near, far] = isBack ? [0, 1] : [1, 0];
  const [x1, y1, x2, y2] = upright
    ? [
        from.left + from.width / 2 + aside,
        from.top + near * from.height,
        to.left + to.width / 2 + aside,
        to.top + far * to.height,
      ]
    : [
        from.left + near * from.width,
        from.top + from.height / 2 + aside,
        to.left + far * to.width,
        to.top + to.height / 2 + aside,
      ];
  const [bendX, bendY] = upright ? [0, (y2 - y1) / 2] : [(x2 - x1) / 2, 0];
  return [x1, y1, x1 + bendX, y1 + bendY, x2 - bendX, y2 - bendY, x2, y2];
}

function labelPlace(curve: Curve, cards: readonly Card[], placed: readonly Point[]): Point {
  const places = ALONG.map((t) => pointAt(curve, t));
  const isClear = ([x, y]: Point): boolean =>
    cards.every(
      ({ left, top, width, height }) =>
        x + LABEL.x <= left || x - LABEL.x >= left + width || y + LABEL.y <= top || y - LABEL.y >= top + height,
    );
  const isFree = ([x, y]: Point): boolean =>
    placed.every(([otherX, otherY]) => Math.abs(x - otherX) >= 2 * LABEL.x || Math.abs(y - otherY) >= 2 * LABEL.y);
  return places.find((place) => isClear(place) && isFree(place)) ?? places.find(isClear) ?? places[0];
}

function pointAt([x1, y1, x2, y2, x3, y3, x4, y4]: Curve, t: number): Point {
  const s = 1 - t;
  const weights = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
  const mixed = (...values: number[]): number => values.reduce((sum, value, i) => sum + weights[i] * value, 0);
  return [mixed(x1, x2, x3, x4), mixed(y1, y2, y3, y4)];
}
