/** The traced runs as telemetry: one small run for all that is exported of it. */
import stampede from '../scenarios/caching/stampede.ts';
import { ExportedRun } from '../sim-core/index.ts';
import { tracedRun } from './traced-runs.ts';

const made = new Map<string, ExportedRun>();

export function exportedRun(variant: string): ExportedRun {
  let exported = made.get(variant);
  if (exported === undefined) {
    exported = new ExportedRun(tracedRun(variant), stampede);
    made.set(variant, exported);
  }
  return exported;
}
