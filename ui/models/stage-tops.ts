/** How far down each card lies in its column, on a stage whose layers run from left to right. */
import type { StageModel } from './moment.ts';
import { cardHeight, MARGIN, wholeHeight, type Density } from './stage-cards.ts';
import type { Cell, Columns } from './stage-columns.ts';
import type { TopologyNode } from './topology.ts';

/** A node in its column, by its distance from the line on which the middles of single cards lie. */
interface Standing {
  readonly node: TopologyNode;
  readonly top: number;
  readonly bottom: number;
}

/**
 * Where each node begins from the top. The middle of its card lies by its place in the column, spread over the height and
 * pushed apart as far as needed, so that an edge between two who stand alone is level.
 */
export function topsAcross(
  model: StageModel,
  columns: Columns,
  height: number,
  density: Density,
  widths: readonly number[],
): Map<TopologyNode, number> {
  const taken = columns.flatMap((column, i) => (column.length > 0 ? [{ column, cardWidth: widths[i] }] : []));
  const pitch = (height - 2 * MARGIN) / Math.max(...taken.map(({ column }) => column.length));
  const layers = taken.map(({ column, cardWidth }): Standing[] => {
    const sizes = column.map(({ node, y }) => ({
      node,
      y,
      card: cardHeight(model, node, density, cardWidth),
      whole: wholeHeight(model, node, density, cardWidth),
    }));
    const step = Math.min(pitch, 1.6 * Math.max(...sizes.map(({ whole }) => whole)));
    let free = -Infinity;
    const pushed = sizes.map(({ node, y, card, whole }) => {
      const top = Math.max(y * step - card / 2, free);
      free = top + whole + density.space;
      return { node, top, bottom: top + whole, middle: top + card / 2 };
    });
    const astray = (pushed[0].middle + pushed.at(-1)!.middle) / 2 - offset(column) * step;
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
        below = top - density.space;
        return { ...one, top, whole: one.bottom - one.top };
      });
      return raised.toReversed().map(({ node, top, whole }) => {
        const at = Math.max(top, free);
        free = at + whole + density.space;
        return [node, at] as const;
      });
    }),
  );
}

const offset = (column: readonly Cell[]): number => (column[0].y + column.at(-1)!.y) / 2;
