/**
 * Values as texts: what a record of an internal topic carries of another record's value, and what the hash of a value is taken of.
 * A text says which kind of value it is of; fields are in the order that the value has them in, as they are when it is serialized.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { RecordFields, RecordValue } from './stream-record.ts';

export function textOf(value: RecordValue): string {
  if (typeof value === 'string') return `s${value}`;
  if (typeof value === 'number') return `n${value}`;
  return value instanceof Uint8Array ? `b${[...value].join()}` : `f${JSON.stringify(Object.entries(value))}`;
}

/** What `textOf` made the text of. */
export function valueOf(text: string): RecordValue {
  const rest = text.slice(1);
  if (text[0] === 's') return rest;
  if (text[0] === 'n') return Number(rest);
  if (text[0] === 'b') return Uint8Array.from(rest === '' ? [] : rest.split(','), Number);
  return Object.fromEntries(JSON.parse(rest) as [string, number | string][]) satisfies RecordFields;
}

/** 128 bits in hexadecimal digits. */
export function hashOf(value: RecordValue): string {
  const text = textOf(value);
  const units = Uint16Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
  const bytes = Uint8Array.from({ length: 2 * units.length }, (_, at) => (units[at >> 1] >> (8 * (at & 1))) & 0xff);
  return bytesToHex(sha256(bytes)).slice(0, 32);
}
