/**
 * Which rows of a table are about a request, in their order. The first question about a table sorts its rows by request
 * once, by counting (Knuth, TAOCP 3, 5.2, algorithm D); every further one is a look-up.
 */
export interface RowsByRequest {
  of(request: number): Uint32Array;
}

const NONE = new Uint32Array(0);
const sorted = new WeakMap<object, RowsByRequest>();

/** `table`: whose rows they are, for which they are sorted once; `requests`: the request of each, below 0 for none. */
export function rowsByRequest(table: object, requests: Float64Array, count: number): RowsByRequest {
  let rows = sorted.get(table);
  if (rows === undefined) {
    rows = sortRows(requests, count);
    sorted.set(table, rows);
  }
  return rows;
}

function sortRows(requests: Float64Array, count: number): RowsByRequest {
  const groups = new Map<number, number>();
  const groupOf = new Int32Array(count);
  const sizes: number[] = [];
  for (let row = 0; row < count; row++) {
    const request = requests[row];
    if (request < 0) {
      groupOf[row] = -1;
      continue;
    }
    let group = groups.get(request);
    if (group === undefined) {
      group = sizes.push(0) - 1;
      groups.set(request, group);
    }
    groupOf[row] = group;
    sizes[group]++;
  }
  let end = 0;
  const ends = sizes.map((size) => (end += size));
  const rows = new Uint32Array(end);
  const next = ends.map((after, group) => after - sizes[group]);
  for (let row = 0; row < count; row++) if (groupOf[row] >= 0) rows[next[groupOf[row]]++] = row;
  return {
    of(request) {
      const group = groups.get(request);
      return group === undefined ? NONE : rows.subarray(ends[group] - sizes[group], ends[group]);
    },
  };
}
