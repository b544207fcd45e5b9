/** A recording as a file for other tools, made beside the simulator: it takes as long as a run, and the page draws on. */
import { catalogue } from '../../scenarios/index.ts';
import { ExportedRun, exportForms, type ExportName, type Recording } from '../../sim-core/index.ts';

export function exportRun(name: ExportName, recording: Recording): Blob {
  const id = recording.header.scenario;
  const entry = catalogue.find(({ scenario }) => scenario.id === id);
  if (!entry) throw new Error(`there is no scenario ${id}`);
  const { write, mediaType } = exportForms[name];
  return new Blob([write(new ExportedRun(recording, entry.scenario))], { type: mediaType });
}
