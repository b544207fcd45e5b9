/**
 * The curves between the cards of the stage, past all others, and where along each its rate is written: where neither a
 * card nor another rate would cover it, if there is such a place.
 */
import type { Box } from './stage-cards.ts';
import { routesOf, type Band, type Obstacle, type Waypoint } from './stage-routes.ts';
import type { Topology, TopologyEdge } from './topology.ts';

export interface Wire {
  readonly edge: TopologyEdge;
  readonly curve: Curve;
  /** Where its rate is written, and whether there is so little room that the unit is left to the legend. */
  readonly label: Point;
  readonly tight: boolean;
}

/** Cubic pieces that join: x and y of its start, then of each piece's two handles and its end. */
export type Curve = readonly number[];

type Point = readonly [x: number, y: number];

/** A node's card, in the column or row of its number. */
type Card = Pick<Box, 'node' | 'band' | 'left' | 'top' | 'width' | 'height' | 'bottom'>;

/** A stage's extent, and which way its bands run. */
interface Extent {
  readonly width: number;
  readonly height: number;
  readonly upright: boolean;
}

/** How far each of two edges, there and back, lies off the middle: their labels stand one above the other. */
const BESIDE = 11;
/** How far an edge between two cards of one band goes out of it. */
export const LOOP = 26;
/** Below this distance a label has no room for its unit. */
const TIGHT = 76;
/** What a label takes to either side of its place: without its unit, and with it. */
const LABEL = { tight: 20, wide: 27, y: 10 } as const;
/** Places along a curve, the best first: the middle, and then whatever is nearest to it. */
const ALONG = [0.5, ...Array.from({ length: 42 }, (_, i) => 0.5 + ((i % 2 === 0 ? 1 : -1) * (1 + (i >> 1))) / 50)];

export function wiresBetween({ edges }: Topology, cards: readonly Card[], extent: Extent): Wire[] {
  const curves = curvesBetween(edges, cards, extent);
  const isTight = (curve: Curve): boolean => !extent.upright && Math.abs(curve.at(-2)! - curve[0]) < TIGHT;
  const labels = new Map<Curve, Label>();
  // Short curves first: they have the least choice.
  for (const curve of curves.toSorted((a, b) => span(a) - span(b))) {
    const half = isTight(curve) ? LABEL.tight : LABEL.wide;
    labels.set(curve, { at: labelPlace(curve, half, cards, [...labels.values()], extent.width), half });
  }
  return edges.map((edge, i) => {
    const curve = curves[i];
    return { edge, curve, label: labels.get(curve)!.at, tight: isTight(curve) };
  });
}

/** Where a label stands, and what it takes to either side. */
interface Label {
  readonly at: Point;
  readonly half: number;
}

const span = (curve: Curve): number => Math.abs(curve.at(-2)! - curve[0]) + Math.abs(curve.at(-1)! - curve[1]);

/** As SVG writes it. */
export function pathText(curve: Curve): string {
  const pieces = Array.from({ length: piecesOf(curve) }, (_, piece) => {
    const [x2, y2, x3, y3, x4, y4] = curve.slice(2 + 6 * piece, 8 + 6 * piece);
    return `C${x2},${y2} ${x3},${y3} ${x4},${y4}`;
  });
  return `M${curve[0]},${curve[1]}${pieces.join('')}`;
}

export const piecesOf = (curve: Curve): number => (curve.length - 2) / 6;

/** The point at `t` of one of its pieces, from 0 to 1. */
export function pointOn(curve: Curve, piece: number, t: number): Point {
  const s = 1 - t;
  const [a, b, c, d] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
  const i = 6 * piece;
  return [
    a * curve[i] + b * curve[i + 2] + c * curve[i + 4] + d * curve[i + 6],
    a * curve[i + 1] + b * curve[i + 3] + c * curve[i + 5] + d * curve[i + 7],
  ];
}

/** Between the sides that face each other; there and back run side by side. */
function curvesBetween(edges: readonly TopologyEdge[], cards: readonly Card[], extent: Extent): Curve[] {
  const { upright } = extent;
  const obstacles = new Map(cards.map((card) => [card.node, obstacleOf(card, upright)]));
  const middles = new Map(
    cards.map((card) => [card.node, upright ? card.left + card.width / 2 : card.top + card.height / 2]),
  );
  const routes = routesOf(
    edges.map((edge) => {
      const [from, to] = [obstacles.get(edge.from)!, obstacles.get(edge.to)!];
      const isPair = edges.some((other) => other.from === edge.to && other.to === edge.from);
      const aside = isPair ? (to.band < from.band ? BESIDE : -BESIDE) : 0;
      return {
        from: { card: from, at: middles.get(edge.from)! + aside },
        to: { card: to, at: middles.get(edge.to)! + aside },
      };
    }),
    [...obstacles.values()],
    bandsOf(cards, upright),
    upright ? extent.width : extent.height,
  );
  return routes.map((route) => curveThrough(route, upright));
}

function obstacleOf({ band, left, top, width, height, bottom }: Card, upright: boolean): Obstacle {
  return upright
    ? { band, from: left, to: left + width, front: top + height, back: top }
    : { band, from: top, to: bottom, front: left + width, back: left };
}

function bandsOf(cards: readonly Card[], upright: boolean): Band[] {
  const bands: Band[] = [];
  for (const { band, left, top, width, bottom } of cards) {
    const [from, to] = upright ? [top, bottom] : [left, left + width];
    const known = bands[band] ?? { from, to };
    bands[band] = { from: Math.min(known.from, from), to: Math.max(known.to, to) };
  }
  return bands;
}

/** It runs along the bands at every waypoint; between two that are equally far along it goes out and comes back. */
function curveThrough(route: readonly Waypoint[], upright: boolean): Curve {
  const point = (along: number, across: number): Point => (upright ? [across, along] : [along, across]);
  const pieces = route.slice(1).flatMap(([along, across], i) => {
    const [before, beside] = route[i];
    const bend = along === before ? along + LOOP : (before + along) / 2;
    return [...point(bend, beside), ...point(bend, across), ...point(along, across)];
  });
  return [...point(...route[0]), ...pieces];
}

/** Beside its curve, where that runs along the edge of a stage of this width: nothing of it is cut off. */
function labelPlace(
  curve: Curve,
  half: number,
  cards: readonly Card[],
  placed: readonly Label[],
  width: number,
): Point {
  const places = ALONG.map((t): Point => {
    const at = t * piecesOf(curve);
    const piece = Math.min(Math.floor(at), piecesOf(curve) - 1);
    const [x, y] = pointOn(curve, piece, at - piece);
    return [Math.max(half, Math.min(width - half, x)), y];
  });
  const isClear = ([x, y]: Point, bottomOf: (card: Card) => number): boolean =>
    cards.every(
      (card) =>
        x + half <= card.left ||
        x - half >= card.left + card.width ||
        y + LABEL.y <= card.top ||
        y - LABEL.y >= bottomOf(card),
    );
  const overlap = ([x, y]: Point): number =>
    placed.reduce((sum, { at: [otherX, otherY], half: other }) => {
      const wide = Math.max(0, half + other - Math.abs(x - otherX));
      return sum + wide * Math.max(0, 2 * LABEL.y - Math.abs(y - otherY));
    }, 0);
  // Rather over a tray, which is empty most of the time, than over another label; and over that rather than over a card.
  const besideCards = places.filter((place) => isClear(place, ({ top, height }) => top + height));
  const besideTrays = besideCards.filter((place) => isClear(place, ({ bottom }) => bottom));
  for (const some of [besideTrays, besideCards]) {
    const free = some.find((place) => overlap(place) === 0);
    if (free !== undefined) return free;
  }
  let [best, least] = [places[0], Infinity];
  for (const place of besideCards.length > 0 ? besideCards : places) {
    const covered = overlap(place);
    if (covered < least) [best, least] = [place, covered];
  }
  return best;
}
