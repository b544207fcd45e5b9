/**
 * The role that a request plays at each instant, by the facts that were told of it: neutral until a cache or a service
 * says how it went. What a lookup, a refusal or a retry says counts until the next one; a plain `ok` only says something
 * of a request of which nothing else is known, so that one that missed stays a miss on its way home.
 *
 * Facts are kept for a sample of the requests; the others stay neutral.
 */
import type { FactTable, RecordedFacts } from '../../sim-core/index.ts';
import { roleByOutcome, toldAgain } from './outcome-roles.ts';
import { roleOf, type Role } from './signal-style.ts';

/** Roles by number, for columns of them. */
export const ROLES: readonly Role[] = ['waiting', 'ok', 'miss', 'stale', 'failed', 'retry'];
export const NEUTRAL = 0;
const RETRY = ROLES.indexOf('retry');

/** Told of few requests, and what one looks for: never lost in a sample. */
export const isRare = (role: number): boolean => ROLES[role] === 'failed' || ROLES[role] === 'retry';

/** What of a table of facts tells roles, and of all of them. */
type RoleTable = Pick<FactTable, 'kind' | 'schema' | 'rows' | 'columns'>;
export type RoleFacts = Pick<RecordedFacts, 'texts' | 'sampledOneIn'> & {
  readonly tables: readonly (RoleTable & Pick<FactTable, 'times'>)[];
};

/** The little of a recording's facts that tells roles: most of its columns do not. */
export function roleFacts({ tables, texts, sampledOneIn }: RecordedFacts): RoleFacts {
  const telling = tables.filter(tellsRoles).map(({ kind, schema, rows, times, columns }) => {
    const asked = Object.entries(columns).filter(([name]) => COLUMNS.has(name));
    return { kind, schema, rows, times, columns: Object.fromEntries(asked) };
  });
  return { tables: telling, texts, sampledOneIn };
}

const COLUMNS: ReadonlySet<string> = new Set(['request', 'outcome', 'attempt']);

/** Changes of role, those of one request together and in order of time. */
export interface RequestRoles {
  /** The role at an instant of the request of this number among `requests`. */
  at(request: number, time: number): number;
  /** The last change of it within (after, upTo], as a place for `times` and `roles`; -1 if there is none. */
  lastChange(request: number, after: number, upTo: number): number;
  readonly times: Float64Array;
  readonly roles: Uint8Array;
}

/** `numberOf` gives each request its place among `count`; undefined for one that is not among them. */
export function requestRoles(
  facts: RoleFacts,
  count: number,
  numberOf: (request: number) => number | undefined,
): RequestRoles {
  const told = facts.tables.flatMap((table) => rolesTold(facts, table) ?? []);
  const offsets = new Uint32Array(count + 1);
  const places = told.map(({ table: { columns, rows } }) => {
    const column = new Int32Array(rows);
    for (let row = 0; row < rows; row++) column[row] = numberOf(columns.request[row]) ?? -1;
    return column;
  });
  told.forEach(({ roles }, t) => {
    for (let row = 0; row < roles.length; row++) if (roles[row] && places[t][row] >= 0) offsets[places[t][row] + 1]++;
  });
  for (let i = 0; i < count; i++) offsets[i + 1] += offsets[i];
  const ends = offsets.slice(0, count);
  const times = new Float64Array(offsets[count]);
  const roles = new Uint8Array(offsets[count]);
  told.forEach((one, t) => {
    for (let row = 0; row < one.roles.length; row++) {
      const request = places[t][row];
      if (!one.roles[row] || request < 0) continue;
      let at = ends[request]++;
      for (; at > offsets[request] && times[at - 1] > one.table.times[row]; at--) {
        times[at] = times[at - 1];
        roles[at] = roles[at - 1];
      }
      times[at] = one.table.times[row];
      roles[at] = one.roles[row];
    }
  });
  const changes = onlyChanges(offsets, times, roles);
  const lastChange = (request: number, after: number, upTo: number): number => {
    for (let at = changes.offsets[request + 1] - 1; at >= changes.offsets[request]; at--) {
      if (changes.times[at] <= upTo) return changes.times[at] > after ? at : -1;
    }
    return -1;
  };
  return {
    at(request, time) {
      const change = lastChange(request, -Infinity, time);
      return change < 0 ? NEUTRAL : changes.roles[change];
    },
    lastChange,
    times: changes.times,
    roles: changes.roles,
  };
}

/** Whether a table speaks of requests, and of how they fare. */
const tellsRoles = (table: RoleTable): boolean =>
  table.schema.request === 'request' &&
  table.rows > 0 &&
  (toldAgain(table) !== undefined || roleOf(table.kind) === 'failed' || table.schema.outcome === 'text');

/** The role that each row of a table tells, 0 for none; undefined if the table speaks of no requests or of no fate. */
function rolesTold<Table extends RoleTable>(
  { texts }: Pick<RecordedFacts, 'texts'>,
  table: Table,
): { table: Table; roles: Uint8Array } | undefined {
  const { kind, columns, rows } = table;
  if (!tellsRoles(table)) return undefined;
  const again = toldAgain(table);
  if (again) return { table, roles: Uint8Array.from({ length: rows }, (_, row) => (again(row) ? RETRY : NEUTRAL)) };
  if (roleOf(kind) === 'failed') return { table, roles: new Uint8Array(rows).fill(ROLES.indexOf('failed')) };
  const known = texts.map((text) => ROLES.indexOf(roleByOutcome(text) ?? 'waiting'));
  const lookup = kind.endsWith('lookup');
  const ok = ROLES.indexOf('ok');
  const roles = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const role = known[columns.outcome[row]] ?? NEUTRAL;
    roles[row] = role === ok && !lookup ? PLAIN_OK : role;
  }
  return { table, roles };
}

/** An `ok` that says nothing against what is known already. */
const PLAIN_OK = 255;

interface Changes {
  readonly offsets: Uint32Array;
  readonly times: Float64Array;
  readonly roles: Uint8Array;
}

/** Leaves out what says nothing new of a request: its role as it was, or a plain `ok` after anything else. */
function onlyChanges(offsets: Uint32Array, times: Float64Array, roles: Uint8Array): Changes {
  const kept = new Uint32Array(offsets.length);
  let to = 0;
  for (let request = 0; request + 1 < offsets.length; request++) {
    let role = NEUTRAL;
    for (let at = offsets[request]; at < offsets[request + 1]; at++) {
      const told = roles[at] !== PLAIN_OK ? roles[at] : role === NEUTRAL ? ROLES.indexOf('ok') : role;
      if (told === role) continue;
      role = told;
      times[to] = times[at];
      roles[to++] = role;
    }
    kept[request + 1] = to;
  }
  return { offsets: kept, times: times.subarray(0, to), roles: roles.subarray(0, to) };
}
