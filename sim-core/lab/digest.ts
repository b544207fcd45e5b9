/**
 * The digest of a run: SHA-256 over canonical bytes of its input and of all it left, so that equal digests mean the
 * same run and not merely the same summary.
 *
 * The bytes: the input as JSON with sorted names; then for every signal its name, columns and heat map (of parts their sum is
 * a column); the flows; the
 * facts told by kind; the number of events and their streaming hash. Numbers are little-endian doubles, and every NaN
 * has one bit pattern, for engines disagree on it. A pure implementation of SHA-256 is used because pages served over
 * plain http, such as a classroom's, have no `crypto.subtle`.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { RecordedFacts, RecordedFlow, RecordedSignal, RecordingHeader } from './recording.ts';

export interface DigestInput {
  readonly header: Omit<RecordingHeader, 'digest'>;
  readonly signals: readonly RecordedSignal[];
  readonly flows: readonly RecordedFlow[];
  readonly facts: RecordedFacts;
  readonly events: number;
  readonly eventHash: readonly [number, number];
}

/** `sha256:` and 64 hexadecimal digits. The engine's version and the definition's hash stand beside it, not in it. */
export function digestOf(input: DigestInput): string {
  const hash = sha256.create();
  const text = (value: unknown): void => {
    hash.update(utf8ToBytes(`${canonicalJson(value)}\n`));
  };
  const numbers = (column: ArrayLike<number>): void => {
    hash.update(littleEndianDoubles(column));
  };
  const { scenario, variant, params, seed, interventions, duration, warmUp, interval } = input.header;
  text({ scenario, variant, params, seed: String(seed), interventions, duration, warmUp, interval });
  for (const { name, columns, heat } of input.signals) {
    text([name, Object.keys(columns)]);
    for (const column of Object.values(columns)) numbers(column);
    if (heat !== undefined) numbers(heat.counts);
  }
  for (const { from, to, requests, replies } of input.flows) {
    text([from, to]);
    numbers(requests);
    numbers(replies);
  }
  text(input.facts.told);
  text([input.events, ...input.eventHash]);
  return `sha256:${bytesToHex(hash.digest())}`;
}

/** JSON with the names of every object sorted, so that the order in which they were set does not matter. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = value as Readonly<Record<string, unknown>>;
  const pairs = Object.keys(fields)
    .filter((name) => fields[name] !== undefined)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(fields[name])}`);
  return `{${pairs.join(',')}}`;
}

function littleEndianDoubles(column: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(column.length * 8);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < column.length; i++) {
    const value = column[i];
    if (Number.isNaN(value)) view.setUint32(i * 8 + 4, 0x7ff80000, true);
    else view.setFloat64(i * 8, value, true);
  }
  return bytes;
}
