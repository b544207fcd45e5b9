/**
 * When each method would say that something is wrong: the first of two rows in a row in which one of its signals is beyond its
 * threshold, of any component. Thresholds are those that teams begin with; where one is a multiple, it is of the mean of the
 * rows before the fault, or before the first of several.
 *
 * | method | says so if |
 * |---|---|
 * | RED | more than 1 % fail, the 95th percentile has doubled, or the rate has halved |
 * | USE | more than 80 % is in use, more than one waits in the mean, or somebody found no room |
 * | golden | latency, errors or traffic as RED; saturation: more than 80 % is in use |
 */
import type { Time } from '../../kernel/time.ts';
import type { RunEvidence, SeenSignal } from '../health/run-evidence.ts';

export const METHODS = ['red', 'use', 'golden'] as const;
export type Method = (typeof METHODS)[number];

export const ERRORS_MOST = 0.01;
export const SLOWER = 2;
export const QUIETER = 0.5;
export const UTILIZATION_MOST = 0.8;
export const WAITING_MOST = 1;
const ROWS_IN_A_ROW = 2;

export interface Detection {
  /** The signal that was beyond its threshold first. */
  readonly signal: string;
  /** The end of the second row. */
  readonly at: Time;
}

/** Of several faults: when this one is over, and until when nothing was wrong. */
export interface FaultAmongOthers {
  readonly until: Time;
  readonly usualUntil: Time;
}

/** The first that a method says from a moment on; undefined if it says nothing to the end, or until the fault is over. */
export function detectedBy(
  evidence: RunEvidence,
  method: Method,
  from: Time,
  { until, usualUntil }: FaultAmongOthers = { until: Infinity, usualUntil: from },
): Detection | undefined {
  const { interval, warmUp } = evidence.header;
  const [first, fault] = [Math.ceil(warmUp / interval), Math.ceil(from / interval)];
  const usual = Math.ceil(usualUntil / interval);
  let found: Detection | undefined;
  for (const signal of evidence.signals) {
    const breach = breachOf(signal, method, first, usual);
    if (breach === undefined) continue;
    let rows = 0;
    for (let row = fault; row < breach.rows; row++) {
      rows = breach.isBeyond(row) ? rows + 1 : 0;
      const at = (row + 1) * interval;
      if (at > until) break;
      if (rows < ROWS_IN_A_ROW || (found !== undefined && found.at <= at)) continue;
      found = { signal: signal.name, at };
      break;
    }
  }
  return found;
}

interface Breach {
  readonly rows: number;
  readonly isBeyond: (row: number) => boolean;
}

/** What a signal's rows are held against by a method; undefined if the method does not look at it. */
function breachOf(signal: SeenSignal, method: Method, first: number, usualRows: number): Breach | undefined {
  const [, looks, last] = /^(red|use)\..+\.(\w+)$/.exec(signal.name) ?? [];
  const { columns } = signal;
  const held = (column: Float64Array, isBeyond: (value: number) => boolean): Breach => ({
    rows: column.length,
    isBeyond: (row) => isBeyond(column[row]),
  });
  if (looks === 'red' && method !== 'use') {
    if (last === 'error_ratio') return held(columns.mean, (share) => share > ERRORS_MOST);
    if (last === 'duration') {
      const usual = meanOf(columns.p95, first, usualRows);
      return held(columns.p95, (seconds) => seconds > SLOWER * usual);
    }
    const usual = meanOf(columns.mean, first, usualRows);
    return held(columns.mean, (rate) => rate < QUIETER * usual);
  }
  if (looks !== 'use' || method === 'red') return undefined;
  if (last === 'utilization') return held(columns.mean, (share) => share > UTILIZATION_MOST);
  if (method === 'golden') return undefined;
  if (last === 'saturation') return held(columns.mean, (waiting) => waiting > WAITING_MOST);
  return held(columns.count, (refused) => refused > 0);
}

function meanOf(column: Float64Array, from: number, to: number): number {
  const rows = column.slice(from, to).filter((value) => !Number.isNaN(value));
  return rows.reduce((sum, value) => sum + value, 0) / rows.length;
}
