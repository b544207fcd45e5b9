/**
 * The columns of a stage on which layers run from left to right: one a layer, and where there is too little width for all
 * of them, two layers one above the other in one column.
 */
import { groupBy } from './grouping.ts';
import type { Topology, TopologyEdge, TopologyNode } from './topology.ts';

/** A node's place within its column, in nodes, centred on 0. */
export interface Cell {
  readonly node: TopologyNode;
  readonly y: number;
}

/** From left to right; within each from top to bottom. Places by hand can leave one empty. */
export type Columns = readonly (readonly Cell[])[];

export function columnsOf({ nodes, layers }: Topology): Columns {
  const cells = groupBy(nodes, ({ x }) => x);
  return Array.from({ length: layers }, (_, x) => (cells.get(x) ?? []).map((node) => ({ node, y: node.y })));
}

/** With two neighbours in one column, the left one's nodes above. */
export function merged(columns: Columns, left: number): Columns {
  const nodes = [...columns[left], ...columns[left + 1]].map(({ node }) => node);
  const both = nodes.map((node, i) => ({ node, y: i - (nodes.length - 1) / 2 }));
  return [...columns.slice(0, left), both, ...columns.slice(left + 2)];
}

/** Merges neighbours, those first that are the least high together, until `fits`, or until there is one column. */
export function folded(
  columns: Columns,
  fits: (columns: Columns) => boolean,
  heightOf: (column: readonly Cell[]) => number,
): Columns {
  let now = columns;
  while (now.length > 1 && !fits(now)) {
    const heights = now.slice(1).map((_, left) => heightOf(merged(now, left)[left]));
    now = merged(now, heights.lastIndexOf(Math.min(...heights)));
  }
  return now;
}

/** Whether an edge runs between two nodes of the last column. */
export function loopsAtTheEnd(columns: Columns, edges: readonly TopologyEdge[]): boolean {
  const last = new Set(columns.at(-1)?.map(({ node }) => node));
  return edges.some(({ from, to }) => last.has(from) && last.has(to));
}
