/** A linter of schemas before the registry: judges one version of a Protobuf file against the one before, and nothing else. */
import { breakingChanges, type BufCategory, type Schema } from '../../../sim-core/index.ts';

export type Linter = BufCategory | 'off';

/** What it holds against a version. */
export function lint(linter: Linter, after: Schema, before: Schema): string[] {
  if (linter === 'off' || before.format !== 'protobuf' || after.format !== 'protobuf') return [];
  return breakingChanges(linter, after.schema, before.schema);
}
