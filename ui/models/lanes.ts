/**
 * The ways of dots over a stage: each edge has two lanes beside its curve, one there and one back, so that one sees
 * which way a message goes. Curves are cut into pieces of equal length once, so that a message moves at one speed and a
 * frame only looks up.
 */
import type { Tray } from './stage-cards.ts';
import type { StageGeometry } from './stage-geometry.ts';
import { piecesOf, pointOn, type Curve } from './stage-wires.ts';

const PIECES = 32;
/** Points of one lane, two numbers each. */
export const LANE_POINTS = PIECES + 1;
/** Distance of a lane from the curve, in pixels. */
const ASIDE = 4.5;
/** Points by which a piece of a curve is measured. */
const MEASURED = 64;

export interface Lanes {
  /** For each edge two lanes of `LANE_POINTS` points from start to end of the message's way: there, then back. */
  readonly points: Float32Array;
  /** By the topology's nodes. */
  readonly trays: readonly (Tray | undefined)[];
}

export function lanesOf({ wires, boxes }: Pick<StageGeometry, 'wires' | 'boxes'>): Lanes {
  const points = new Float32Array(wires.length * 2 * LANE_POINTS * 2);
  wires.forEach(({ curve }, edge) => {
    const even = evenly(curve);
    for (let point = 0; point < LANE_POINTS; point++) {
      const before = Math.max(0, point - 1) * 2;
      const after = Math.min(PIECES, point + 1) * 2;
      const [dx, dy] = [even[after] - even[before], even[after + 1] - even[before + 1]];
      const length = Math.sqrt(dx * dx + dy * dy) || 1;
      const [asideX, asideY] = [(dy / length) * ASIDE, (-dx / length) * ASIDE];
      const there = (edge * 2 * LANE_POINTS + point) * 2;
      const back = ((edge * 2 + 1) * LANE_POINTS + PIECES - point) * 2;
      points[there] = even[point * 2] + asideX;
      points[there + 1] = even[point * 2 + 1] + asideY;
      points[back] = even[point * 2] - asideX;
      points[back + 1] = even[point * 2 + 1] - asideY;
    }
  });
  return { points, trays: boxes.map(({ tray }) => tray) };
}

/** Points at equal distances along a curve. */
function evenly(curve: Curve): Float64Array {
  const all = MEASURED * piecesOf(curve);
  const measured = new Float64Array((all + 1) * 2);
  const lengths = new Float64Array(all + 1);
  for (let i = 0; i <= all; i++) {
    const piece = Math.min(Math.floor(i / MEASURED), piecesOf(curve) - 1);
    const [x, y] = pointOn(curve, piece, i / MEASURED - piece);
    measured[i * 2] = x;
    measured[i * 2 + 1] = y;
    if (i === 0) continue;
    const [dx, dy] = [x - measured[i * 2 - 2], y - measured[i * 2 - 1]];
    lengths[i] = lengths[i - 1] + Math.sqrt(dx * dx + dy * dy);
  }
  const even = new Float64Array(LANE_POINTS * 2);
  let i = 1;
  for (let point = 0; point < LANE_POINTS; point++) {
    const wanted = (lengths[all] * point) / PIECES;
    while (i < all && lengths[i] < wanted) i++;
    const share = (wanted - lengths[i - 1]) / (lengths[i] - lengths[i - 1] || 1);
    for (const axis of [0, 1]) {
      const before = measured[i * 2 - 2 + axis];
      even[point * 2 + axis] = before + share * (measured[i * 2 + axis] - before);
    }
  }
  return even;
}
