/** What a format makes of a version: the seam of formats. */
import type { Schema } from '../../../../sim-core/index.ts';
import type { FieldValues, Version } from '../versions.ts';

export interface VersionCodec {
  /** What the registry is given. */
  readonly schema: Schema;
  encode(values: FieldValues): Uint8Array;
  /** Reads what was written by a schema, which most formats do not ask for. */
  decode(bytes: Uint8Array, writtenBy: Schema): FieldValues;
}

export type Format = (version: Version) => VersionCodec;
