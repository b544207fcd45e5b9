/** The formats by name; `codecs` makes each version's codec once. */
import type { Version } from '../versions.ts';
import { avro } from './avro.ts';
import type { Format } from './format.ts';
import { closedJson, openJson } from './json.ts';
import { protobuf } from './protobuf.ts';
import { thrift } from './thrift.ts';

export const FORMATS = {
  avro,
  protobuf,
  'json-open': openJson,
  'json-closed': closedJson,
  thrift,
} as const satisfies Readonly<Record<string, Format>>;
export type FormatName = keyof typeof FORMATS;

export function codecs(format: FormatName): Format {
  const known = new Map<Version, ReturnType<Format>>();
  return (version) => {
    const codec = known.get(version) ?? FORMATS[format](version);
    known.set(version, codec);
    return codec;
  };
}
