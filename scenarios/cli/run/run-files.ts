/** What `run --out` writes of each run: its recording, and every form that other tools open. */
import {
  ExportedRun,
  exportForms,
  type ExportName,
  quantity,
  type Recording,
  type Scenario,
} from '../../../sim-core/index.ts';
import { UsageError } from '../command.ts';
import { noSuch } from '../nearest.ts';
import { saveRecording, writeWhole } from './recording-store.ts';

const RECORDING = 'recording';
/** What `--export` takes. */
export const FILES: readonly string[] = [RECORDING, ...Object.keys(exportForms)];

/** The names in `--export`, in the order in which they are written; all without it. */
export function filesNamed(words: string | undefined): readonly string[] {
  if (words === undefined) return FILES;
  const names = words.split(',').map((name) => name.trim());
  for (const name of names)
    if (!FILES.includes(name)) throw new UsageError(`--export: ${noSuch('export', name, FILES)}`);
  return FILES.filter((name) => names.includes(name));
}

/** Writes `SCENARIO-VARIANT-SEED.…` into the folder; what was written and how large it is, in words. */
export async function writeRunFiles(
  folder: string,
  recording: Recording,
  scenario: Scenario,
  names: readonly string[],
): Promise<string> {
  const { variant, seed } = recording.header;
  const run = new ExportedRun(recording, scenario);
  const sizes: string[] = [];
  let total = 0;
  for (const name of names) {
    const bytes =
      name === RECORDING ? await saveRecording(folder, recording) : saveExport(folder, run, name as ExportName);
    sizes.push(`${name} ${quantity(bytes, 'By')}`);
    total += bytes;
  }
  const files = sizes.length === 1 ? sizes[0] : `${quantity(total, 'By')}: ${sizes.join(', ')}`;
  return `${scenario.id} ${variant} seed ${seed}: wrote ${files}`;
}

function saveExport(folder: string, run: ExportedRun, name: ExportName): number {
  const { suffix, write } = exportForms[name];
  return writeWhole(folder, run.recording, suffix, Buffer.from(write(run)));
}
