/**
 * The ten keys that are asked for most and the rest, counted up to the cursor: bars grow as the run goes on, in an order
 * and on an axis that are those of the whole run. A is counted in the same order in B. Counted from the facts that were
 * kept: of one request in so many, if the recording says so.
 */
import type { FactTable, Recording } from '../../sim-core/index.ts';
import { groupBy } from './grouping.ts';
import { rowAt, rowsOf, type Rows } from './rows.ts';
import type { Role } from './signal-style.ts';

export const TOP = 10;

/** What the figure is called. */
export const HOT_KEYS_TITLE = 'Keys asked for most';

export interface KeyBar {
  /** `key 17`; `the rest` for all others together. */
  readonly label: string;
  /** What was asked of it from the start to the end of each row, by how it ended. */
  readonly parts: readonly { readonly role: Role; readonly outcome: string; readonly upTo: Float64Array }[];
}

export interface HotKeys {
  /** Kind of the facts that are counted. */
  readonly kind: string;
  /** Those of the bars, in their order. */
  readonly keys: readonly number[];
  readonly rows: Rows;
  readonly bars: readonly KeyBar[];
  /** The most that any bar but the rest's reaches in the run; that one is written and drawn no longer than this. */
  readonly max: number;
  /** One request in so many was counted. */
  readonly sampledOneIn: number;
}

const ROLES: Readonly<Record<string, Role>> = { hit: 'ok', stale: 'stale', miss: 'miss', expired: 'miss' };
/** Outcomes in this order in every bar. */
const ORDER: readonly Role[] = ['ok', 'stale', 'miss', 'waiting'];

/** Undefined where no key was asked for. `order` gives the keys of another run, to be counted in its order. */
export function hotKeys(recording: Recording, order?: readonly number[]): HotKeys | undefined {
  const table = lookups(recording);
  if (!table) return undefined;
  const rows = rowsOf(recording);
  const { texts, sampledOneIn } = recording.facts;
  const { outcome } = table.columns;
  const asked = askedKeys(table);
  const keys = order ?? mostAsked(asked);
  const barOf = new Uint8Array(asked.keys.length).fill(keys.length);
  keys.forEach((key, bar) => {
    const number = asked.numberOf.get(key);
    if (number !== undefined) barOf[number] = bar;
  });
  /** Of each bar, by the number of the outcome's text; one column where there are no outcomes. */
  const counted = Array.from({ length: keys.length + 1 }, (): (Float64Array | undefined)[] => []);
  for (let i = 0; i < table.rows; i++) {
    const ofKey = counted[barOf[asked.numbers[i]]];
    const column = (ofKey[outcome ? outcome[i] : 0] ??= new Float64Array(rows.count));
    column[rowAt(rows, table.times[i])] += 1;
  }
  const bars = counted.map((columnsOf, i): KeyBar => {
    const outcomes = columnsOf.flatMap((column, text) => {
      return column ? [[outcome ? (texts[text] ?? '') : '', column] as const] : [];
    });
    const parts = [...groupBy(outcomes, ([ended]) => ROLES[ended] ?? 'waiting')]
      .map(([role, columns]) => {
        return { role, outcome: columns.map(([ended]) => ended).join(', '), upTo: accumulated(columns, rows) };
      })
      .toSorted((a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role));
    return { label: i < keys.length ? `key ${keys[i]}` : 'the rest', parts };
  });
  const max = Math.max(1, ...bars.slice(0, -1).map((bar) => countAt(bar, rows.count - 1)));
  return { kind: table.kind, keys, rows, bars, max, sampledOneIn };
}

/** The keys of a table, numbered as they came: each is looked for once, for the order as for the bars. */
interface AskedKeys {
  readonly keys: readonly number[];
  readonly numberOf: ReadonlyMap<number, number>;
  /** Of each of the table's rows the number of its key; of each key how many rows are its own. */
  readonly numbers: Uint32Array;
  readonly counts: Uint32Array;
}

function askedKeys({ columns: { key }, rows }: FactTable): AskedKeys {
  const numberOf = new Map<number, number>();
  const keys: number[] = [];
  const numbers = new Uint32Array(rows);
  const counts = new Uint32Array(rows);
  for (let i = 0; i < rows; i++) {
    let number = numberOf.get(key[i]);
    if (number === undefined) numberOf.set(key[i], (number = keys.push(key[i]) - 1));
    numbers[i] = number;
    counts[number]++;
  }
  return { keys, numberOf, numbers, counts };
}

/** The most asked for first; of equals the smaller one. */
function mostAsked({ keys, counts }: AskedKeys): number[] {
  // Of thousands of keys most were asked for less than ten others are: what is sorted is the rest.
  const least = counts.slice(0, keys.length).sort().at(-TOP) ?? 0;
  return keys
    .map((key, number) => ({ key, count: counts[number] }))
    .filter(({ count }) => count >= least)
    .toSorted((a, b) => b.count - a.count || a.key - b.key)
    .slice(0, TOP)
    .map(({ key }) => key);
}

/** What was asked of a key up to the end of a row. */
export const countAt = ({ parts }: KeyBar, row: number): number => parts.reduce((sum, { upTo }) => sum + upTo[row], 0);

/** The facts that say which key was looked up: a lookup's before any other's. */
function lookups({ facts }: Recording): FactTable | undefined {
  const keyed = facts.tables.filter(({ schema, rows }) => schema.key === 'key' && rows > 0);
  return keyed.find(({ kind }) => kind.endsWith('lookup')) ?? keyed.toSorted((a, b) => b.rows - a.rows)[0];
}

function accumulated(columns: readonly (readonly [string, Float64Array])[], rows: Rows): Float64Array {
  const upTo = new Float64Array(rows.count);
  for (const [, counts] of columns) for (let row = 0; row < rows.count; row++) upTo[row] += counts[row];
  for (let row = 1; row < rows.count; row++) upTo[row] += upTo[row - 1];
  return upTo;
}
