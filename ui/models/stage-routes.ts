/**
 * The ways of edges past cards. The stage is a row of bands, columns where layers run from left to right and rows where
 * they run downwards, with a gutter after each. In a gutter an edge bends as it likes; through a band it goes straight, by
 * a hole between the cards, so it touches no card but those at its ends. Coordinates here are along the bands and across
 * them, whichever way they run on the page.
 */

/** A card in its band, with what is drawn below it. */
export interface Obstacle {
  readonly band: number;
  /** From where to where across the band. */
  readonly from: number;
  readonly to: number;
  /** Where edges that go on leave it, and where those that go back do: along the bands. */
  readonly front: number;
  readonly back: number;
}

/** A band, from its cards' first pixel to their last, along the bands. */
export interface Band {
  readonly from: number;
  readonly to: number;
}

export interface End {
  readonly card: Obstacle;
  /** Where across the band the edge leaves or reaches it. */
  readonly at: number;
}

export interface Connection {
  readonly from: End;
  readonly to: End;
}

/** Along and across the bands. */
export type Waypoint = readonly [along: number, across: number];

/** Between two edges that share a hole, if it is wide enough. */
const LANE = 12;
/** A hole of less is taken only where the next one is further by so many times what it lacks. */
const ROOMY = 24;
const AVOIDED = 3;

/**
 * The waypoints of each connection, its ends included. From one to the next it runs along the bands, or bends within a
 * gutter. `width` is the stage's across the bands.
 */
export function routesOf(
  connections: readonly Connection[],
  obstacles: readonly Obstacle[],
  bands: readonly Band[],
  width: number,
): Waypoint[][] {
  const holes = bands.map((_, band) => holesOf(obstacles, band, width));
  const lanes = lanesThrough(connections, bands, holes);
  return connections.map((connection, i) => {
    const { from, to } = connection;
    const route =
      from.card.band === to.card.band
        ? aroundTheBand(connection, bands[from.card.band])
        : pastTheBands(connection, obstacles, bands, (band) => lanes.get(band)!.get(i)!);
    return route.filter(([along, across], place) => {
      const before = route[place - 1];
      return !before || before[0] !== along || before[1] !== across;
    });
  });
}

function pastTheBands(
  { from, to }: Connection,
  obstacles: readonly Obstacle[],
  bands: readonly Band[],
  laneIn: (band: number) => number,
): Waypoint[] {
  const isBack = to.card.band < from.card.band;
  const entry = (band: number): number => (isBack ? bands[band].to : bands[band].from);
  const exit = (band: number): number => (isBack ? bands[band].from : bands[band].to);
  const between = passed({ from, to }).flatMap((band): Waypoint[] => [
    [entry(band), laneIn(band)],
    [exit(band), laneIn(band)],
  ]);
  /** Where no other card of its band is in the way, an edge bends from its card on. */
  const isClear = ({ card, at }: End, across: number): boolean =>
    !obstacles.some(
      (other) =>
        other.band === card.band &&
        other !== card &&
        other.from < Math.max(at, across) &&
        other.to > Math.min(at, across),
    );
  const after = between.at(0)?.[1] ?? to.at;
  const before = between.at(-1)?.[1] ?? from.at;
  return [
    [isBack ? from.card.back : from.card.front, from.at],
    ...(isClear(from, after) ? [] : [[exit(from.card.band), from.at] as const]),
    ...between,
    ...(isClear(to, before) ? [] : [[entry(to.card.band), to.at] as const]),
    [isBack ? to.card.front : to.card.back, to.at],
  ];
}

/** The bands between a connection's ends, in its order. */
function passed({ from, to }: Connection): number[] {
  const [first, last] = [from.card.band, to.card.band];
  const step = last < first ? -1 : 1;
  return Array.from({ length: Math.max(0, Math.abs(last - first) - 1) }, (_, i) => first + step * (i + 1));
}

/** Out into the gutter after the band and back: between two waypoints that lie equally far along. */
function aroundTheBand({ from, to }: Connection, { to: end }: Band): Waypoint[] {
  return [
    [from.card.front, from.at],
    [end, from.at],
    [end, to.at],
    [to.card.front, to.at],
  ];
}

interface Hole {
  readonly from: number;
  readonly to: number;
}

/** At least one: where cards leave none, as on a stage that is measured before it has a width, edges pass behind them. */
function holesOf(obstacles: readonly Obstacle[], band: number, width: number): Hole[] {
  const cards = obstacles.filter((card) => card.band === band).toSorted((a, b) => a.from - b.from);
  const holes: Hole[] = [];
  let free = 0;
  for (const { from, to } of cards) {
    if (from > free) holes.push({ from: free, to: from });
    free = Math.max(free, to);
  }
  if (free < width) holes.push({ from: free, to: width });
  return holes.length > 0 ? holes : [{ from: 0, to: width }];
}

/** For each band that is passed, where each connection passes it. */
function lanesThrough(
  connections: readonly Connection[],
  bands: readonly Band[],
  holes: readonly (readonly Hole[])[],
): Map<number, Map<number, number>> {
  const lanes = new Map<number, Map<number, number>>();
  bands.forEach((_, band) => {
    const passing = connections.flatMap((connection, i) =>
      passed(connection).includes(band) ? [{ i, wanted: straightAt(connection, bands, band) }] : [],
    );
    const byHole = new Map<Hole, { i: number; wanted: number }[]>();
    for (const one of passing) {
      const hole = nearest(holes[band], one.wanted);
      byHole.set(hole, [...(byHole.get(hole) ?? []), one]);
    }
    const places = new Map<number, number>();
    for (const [hole, some] of byHole) for (const [i, at] of within(hole, some)) places.set(i, at);
    lanes.set(band, places);
  });
  return lanes;
}

/** Where a straight line from end to end would pass a band's middle. */
function straightAt({ from, to }: Connection, bands: readonly Band[], band: number): number {
  const middle = (at: number): number => (bands[at].from + bands[at].to) / 2;
  const [first, last] = [middle(from.card.band), middle(to.card.band)];
  return from.at + ((to.at - from.at) * (middle(band) - first)) / (last - first);
}

function nearest(holes: readonly Hole[], wanted: number): Hole {
  const distance = ({ from, to }: Hole): number =>
    Math.max(from - wanted, wanted - to, 0) + AVOIDED * Math.max(0, ROOMY - (to - from));
  return holes.reduce((best, hole) => (distance(hole) < distance(best) ? hole : best));
}

/** In the order in which they would cross anyway, apart as far as there is room, and none at the hole's very edge. */
function within(
  { from, to }: Hole,
  some: readonly { i: number; wanted: number }[],
): (readonly [i: number, at: number])[] {
  const ordered = some.toSorted((a, b) => a.wanted - b.wanted || a.i - b.i);
  const pitch = Math.min(LANE, (to - from) / (ordered.length + 1));
  const mean = ordered.reduce((sum, { wanted }) => sum + wanted, 0) / ordered.length;
  const span = pitch * (ordered.length - 1);
  const first = Math.min(Math.max(mean - span / 2, from + pitch), to - pitch - span);
  return ordered.map(({ i }, place) => [i, first + place * pitch]);
}
