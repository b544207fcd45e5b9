/**
 * The real traces of the shared data and what the reference simulators missed on them. The folder is `../shared` beside
 * the repository, or what BROWNOUT_SHARED names; the traces are other projects' and never copied here.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const shared = process.env.BROWNOUT_SHARED ?? join(import.meta.dirname, '../../../../../shared');
const folder = join(shared, 'data/traces');

export const haveTraces = existsSync(join(folder, 'reference.csv'));

export interface ReferenceRow {
  readonly trace: string;
  readonly policy: string;
  readonly capacity: number;
  readonly requests: number;
  readonly misses: number;
}

/** The reference's rows: miss ratios of six decimals, enough to tell the count of misses of any of the traces. */
export function referenceRows(): ReferenceRow[] {
  const [, ...lines] = readFileSync(join(folder, 'reference.csv'), 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [trace, policy, capacity, requests, missRatio] = line.split(',') as [string, string, string, string, string];
    const misses = Math.round(Number(missRatio) * Number(requests));
    return { trace, policy, capacity: Number(capacity), requests: Number(requests), misses };
  });
}

export interface InternedTrace {
  /** The requests, as dense ids in the order of first appearance. */
  readonly ids: Int32Array;
  /** Of each id its key in the file, a number. */
  readonly keys: readonly number[];
}

export function readTrace(name: string): InternedTrace {
  const lines = gunzipSync(readFileSync(join(folder, `${name}.txt.gz`)))
    .toString()
    .trim()
    .split('\n');
  const idOf = new Map<number, number>();
  const keys: number[] = [];
  const ids = Int32Array.from(lines, (line) => {
    const key = Number(line);
    let id = idOf.get(key);
    if (id === undefined) {
      id = keys.push(key) - 1;
      idOf.set(key, id);
    }
    return id;
  });
  return { ids, keys };
}
